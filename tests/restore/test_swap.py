"""The exchange behind reset and restore in place: killed anywhere, it leaves all of the old or all of the new."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from core.errors import DamageError
from core.files import FileError
from core.sync import swap as swap_module
from core.sync.swap import Swap, item, pending, recover, swap
from core.vault.layout import SWAP_JOURNAL
from tests.forked import run_forked

OLD = {"corpus/nodes.json": "old nodes", "vectors/nodes.npy": "old vectors", "sync/manifest.json": "old manifest"}
NEW = {"corpus/nodes.json": "new nodes", "corpus/extra.json": "new extra", "vectors/nodes.npy": "new vectors"}
NAMES = ("corpus", "vectors", "sync/manifest.json")
REPO = Path(__file__).parents[2]
DEATHS = ["test.journaled", "test.aside:1", "test.aside:2", "test.aside:3", "test.in:1", "test.in:2"]
LATE_DEATHS = ["test.swapped", "test.closed"]

SCRIPT = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from core.sync.swap import recover, swap
from tests.restore.test_swap import exchange
root = Path(sys.argv[1])
swap(root, exchange(root)) if sys.argv[2] == "swap" else recover(root)
"""


def fill(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".lock" and path.relative_to(folder).as_posix() != SWAP_JOURNAL
    }


def exchange(root: Path, kind: str = "test") -> Swap:
    incoming, aside = root / "sync/staging/x", root / ".before-x"
    return Swap("x", kind, tuple(item(root / n, aside / n, incoming / n) for n in NAMES), incoming)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    fill(tmp_path, OLD)
    fill(tmp_path / "sync/staging/x", NEW)
    return tmp_path


def run(root: Path, what: str, crash_at: str) -> int:
    environ = {**os.environ, "COGZY_CRASH_AT": crash_at}
    return run_forked(["python", "-c", SCRIPT, str(root), what, str(REPO)], env=environ).returncode


def assert_new(root: Path) -> None:
    assert tree(root) == NEW | {f".before-x/{name}": text for name, text in OLD.items()}
    assert not (root / SWAP_JOURNAL).exists()
    assert not (root / "sync/staging/x").exists()


def test_new_comes_in_and_old_is_kept_whole(root: Path) -> None:
    swap(root, exchange(root))
    assert_new(root)


@pytest.mark.parametrize("crash_at", DEATHS + LATE_DEATHS)
def test_after_kill_recover_completes_the_exchange(root: Path, crash_at: str) -> None:
    assert run(root, "swap", crash_at) == -signal.SIGKILL
    recover(root)
    assert recover(root) is None
    assert {k: v for k, v in tree(root).items() if not k.startswith("sync/staging")} == NEW | {
        f".before-x/{name}": text for name, text in OLD.items()
    }


def test_kill_during_recovery_is_recovered_too(root: Path) -> None:
    assert run(root, "swap", "test.aside:1") == -signal.SIGKILL
    for crash_at in ("test.aside", "test.in", "test.in", "test.swapped"):
        assert run(root, "recover", crash_at) == -signal.SIGKILL
    recover(root)
    assert_new(root)


def test_a_file_made_meanwhile_is_moved_aside_never_overwritten(root: Path) -> None:
    assert run(root, "swap", "test.aside:3") == -signal.SIGKILL
    fill(root, {"corpus/nodes.json": "made by another program"})
    recover(root)
    found = tree(root)
    assert found.pop(".before-x/corpus.stray-1/nodes.json") == "made by another program"
    assert found == NEW | {f".before-x/{name}": text for name, text in OLD.items()}


def test_refusal_half_way_puts_everything_back(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, count = swap_module._rename, iter(range(100))

    def refuse(source: Path, target: Path) -> None:
        if next(count) == 4:
            raise PermissionError(13, "in use", str(source))
        real(source, target)

    before = tree(root)
    monkeypatch.setattr(swap_module, "_rename", refuse)
    with pytest.raises(FileError) as caught:
        swap(root, exchange(root))
    assert caught.value.code == "files.not_writable"
    assert tree(root) == before
    assert pending(root) is None


def test_no_journal_means_nothing_to_recover(root: Path) -> None:
    before = tree(root)
    assert recover(root) is None
    assert tree(root) == before


def test_damaged_journal_is_named_and_nothing_is_touched(root: Path) -> None:
    (root / SWAP_JOURNAL).write_text('{"id": "x", "items": [{"pl')
    before = tree(root)
    with pytest.raises(DamageError) as caught:
        recover(root)
    assert caught.value.code == "swap.journal_damaged"
    assert tree(root) == before


def test_undoing_the_exchange_is_the_exchange_back(root: Path) -> None:
    swap(root, exchange(root))
    incoming, aside = root / ".before-x", root / ".before-y"
    swap(root, Swap("y", "test", tuple(item(root / n, aside / n, incoming / n) for n in NAMES), incoming))
    assert tree(root) == OLD | {f".before-y/{name}": text for name, text in NEW.items()}
