"""What was acknowledged is there after kill -9, whatever the process was doing: put, upload, checkpoint."""

from __future__ import annotations

import random
import subprocess
import time
from pathlib import Path

import pytest

import core
from core.akosha.store import HubStore, Sizes
from tests.akosha.store.samples import everything, opened, row
from tests.forked import Forked

pytestmark = pytest.mark.asyncio
ROUNDS = 5


async def test_nothing_acknowledged_is_lost_by_kill_9(tmp_path: Path) -> None:
    chosen = random.Random(time.time_ns())
    acknowledged: dict[tuple[str, int], str | None] = {}
    uploads: dict[str, int] = {}
    lines = checkpoints = 0
    for version in range(ROUNDS):
        size = _size(tmp_path)
        must_grow = version == ROUNDS - 1 and not checkpoints
        for line in _killed_after(tmp_path, version, chosen.randint(2, 60), size if must_grow else -1):
            lines += 1
            _note(line.split(), acknowledged, uploads)
        checkpoints += _size(tmp_path) != size
        await _compare(tmp_path, version, acknowledged, uploads)
    assert lines > ROUNDS
    assert checkpoints > 0, "some of the kills came after a checkpoint"


async def test_what_a_killed_process_left_half_done_is_gone(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await store.put("s", [row(1)])
    staging, shards = tmp_path / "staging", tmp_path / "shards"
    await store.close()
    (staging / "left").mkdir(parents=True)
    (staging / "left" / "over").write_bytes(b"x")
    (shards / "00.new").write_bytes(b"half")
    store = await opened(tmp_path)
    assert not (staging / "left").exists()
    assert (await store.counts()).memories == 1
    await store.close()


def _killed_after(folder: Path, version: int, lines: int, size: int) -> list[str]:
    """What was acknowledged until a kill: so many lines at least, and until the database has another size."""
    command = ["python", "-m", "tests.akosha.store.storer", str(folder), str(version)]
    root = Path(core.__file__).parents[1]
    with Forked(command, cwd=root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        said = []
        while len(said) < lines or _size(folder) == size:
            said.append(process.stdout.readline())
        time.sleep(random.uniform(0, 0.05))
        process.kill()
        return [*said, *process.stdout]


def _note(words: list[str], acknowledged: dict[tuple[str, int], str | None], uploads: dict[str, int]) -> None:
    match words:
        case ["put", system, first, last, version]:
            for number in range(int(first), int(last) + 1):
                acknowledged[system, number] = f"{system} {number} {version}"
        case ["delete", system, number]:
            acknowledged[system, int(number)] = None
        case ["upload", _, name, rows]:
            uploads[name] = int(rows)
        case _:
            raise AssertionError(words)


async def _compare(
    folder: Path, version: int, acknowledged: dict[tuple[str, int], str | None], uploads: dict[str, int]
) -> None:
    store = await HubStore.open(folder, sizes=Sizes(memory=64))
    try:
        rows = await everything(store)
        texts = {(one.system_id, int(one.row.id[1:])): one.row.text for one in rows.values()}
        assert len(texts) == len(rows), "no key is there twice"
        for (system, number), text in acknowledged.items():
            found = texts.get((system, number))
            if found != text:  # only what this very round did after its last acknowledgement may be there instead
                later = await store.get(system, "reflection", f"r{number}")
                assert later is None or later.row.text.split()[2].startswith(f"{version}."), (system, number, text)
                assert _is_later(found, text, version), (system, number, text, found)
        marked = {one.upload_id: one.rows for one in await store.uploads("uploading", limit=10_000)}
        assert uploads.items() <= marked.items()
        counted = (await store.counts()).memories
        assert counted == len(rows)
        acknowledged.clear()
        acknowledged.update({key: texts.get(key) for key in texts if key[0] != "uploading"})
        uploads.clear()
        uploads.update(marked)
    finally:
        await store.close()


def _is_later(found: str | None, acknowledged: str | None, version: int) -> bool:
    """Whether `found` was written after `acknowledged`: at most one step of its system was still on its way."""
    if found is None:
        return acknowledged is not None
    step = found.split()[2]
    if acknowledged is None:
        return step.startswith(f"{version}.")
    before = acknowledged.split()[2]
    return step.startswith(f"{version}.") and tuple(map(int, step.split("."))) > tuple(map(int, before.split(".")))


def _size(folder: Path) -> int:
    file = folder / "shards" / "00.duckdb"
    return file.stat().st_size if file.exists() else 0
