"""Restoring into a folder, one file, and one database in place."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import BusyError, DamageError, RefusedError, UsageError
from core.files import FileError
from core.sources import Source
from core.sync import assemble, swap
from core.sync.entries import FileEntry
from core.sync.restore import restore, restore_in_place
from tests.forked import Forked, run_forked

from .test_fetch import FILES, Slow, packs
from .uploader import Uploader

REPO = Path(__file__).parents[2]


@pytest.fixture
def up(tmp_path: Path) -> Uploader:
    return Uploader(tmp_path / "cloud")


def files_below(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def names_in(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def beside(path: Path, pattern: str) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in path.parent.glob(pattern)}


@pytest.mark.asyncio
async def test_restores_the_latest_into_a_new_folder_and_leaves_nothing_else_there(
    up: Uploader, tmp_path: Path
) -> None:
    manifest = await up.commit(FILES)
    done = await restore(up.remote, "latest", tmp_path / "deep" / "to")
    assert files_below(tmp_path / "deep" / "to") == FILES
    assert names_in(tmp_path / "deep" / "to") == ["sources", "vault"]
    assert (done.upload_id, done.files, done.already_there) == (manifest.upload_id, len(FILES), 0)
    assert done.as_json()["bytes"] == sum(map(len, FILES.values()))


@pytest.mark.asyncio
async def test_an_older_upload_comes_back_as_it_was(up: Uploader, tmp_path: Path) -> None:
    first = await up.commit({"vault/a": b"old", "vault/b": b"same"})
    await up.commit({"vault/a": b"new", "vault/c": b"more"}, removed=["vault/b"])
    await restore(up.remote, first.upload_id, tmp_path / "to")
    assert files_below(tmp_path / "to") == {"vault/a": b"old", "vault/b": b"same"}


@pytest.mark.asyncio
async def test_one_file_or_folder_alone(up: Uploader, tmp_path: Path) -> None:
    await up.commit(FILES)
    await restore(up.remote, "latest", tmp_path / "to", file="vault/traces/empty.json")
    assert files_below(tmp_path / "to") == {"vault/traces/empty.json": b""}
    await restore(up.remote, "latest", tmp_path / "to", file="vault/corpus")
    assert set(files_below(tmp_path / "to")) == {"vault/traces/empty.json", "vault/corpus/nodes.json"}
    with pytest.raises(UsageError) as caught:
        await restore(up.remote, "latest", tmp_path / "to", file="vault/corpus/node")
    assert caught.value.code == "restore.no_such_file"


@pytest.mark.asyncio
async def test_other_content_is_never_overwritten_and_nothing_is_read(up: Uploader, tmp_path: Path) -> None:
    await up.commit({"vault/a": b"mine", "vault/b": b"mine too"})
    to = tmp_path / "to"
    (to / "vault").mkdir(parents=True)
    (to / "vault/b").write_bytes(b"precious")
    with pytest.raises(RefusedError) as caught:
        await restore(up.remote, "latest", to)
    assert caught.value.code == "restore.would_overwrite"
    assert files_below(to) == {"vault/b": b"precious"}
    assert names_in(to) == ["vault"]


@pytest.mark.asyncio
async def test_again_after_a_cut_takes_only_what_is_missing(up: Uploader, tmp_path: Path) -> None:
    await up.commit(FILES)
    to = tmp_path / "to"
    await restore(up.remote, "latest", to)
    (to / "vault/vectors/nodes.npy").unlink()
    again = await restore(up.remote, "latest", to)
    assert (again.files, again.already_there) == (1, len(FILES) - 1)
    assert files_below(to) == FILES
    before = up.remote.store.traffic.received
    third = await restore(up.remote, "latest", to)
    assert third.files == 0
    assert up.remote.store.traffic.received - before < 100_000


@pytest.mark.asyncio
async def test_damage_is_named_and_leaves_no_trace(up: Uploader, tmp_path: Path) -> None:
    await up.commit(FILES)
    packs(up)[0].write_bytes(b"\0" * packs(up)[0].stat().st_size)
    with pytest.raises(DamageError) as caught:
        await restore(up.remote, "latest", tmp_path / "to")
    assert caught.value.code == "restore.damaged"
    assert not (tmp_path / "to").exists()


@pytest.mark.asyncio
async def test_cancel_removes_the_staging_soon(up: Uploader, tmp_path: Path) -> None:
    await up.commit(FILES)
    slow = Slow(up.remote.store, 60)
    task = asyncio.create_task(restore(replace(up.remote, store=slow), "latest", tmp_path / "to"))  # type: ignore[arg-type]
    await slow.waiting.wait()
    started = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - started < 30
    assert not (tmp_path / "to").exists()


@pytest.mark.asyncio
async def test_full_disk_is_told_and_the_staging_removed(
    up: Uploader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await up.commit(FILES)
    real = assemble._write_at

    def full(place: Path, offset: int, data: bytes) -> None:
        if offset:
            with assemble.translated(place):
                raise OSError(28, "No space left on device")
        real(place, offset, data)

    monkeypatch.setattr(assemble, "_write_at", full)
    with pytest.raises(FileError) as caught:
        await restore(up.remote, "latest", tmp_path / "to")
    assert caught.value.code == "files.disk_full"
    assert not (tmp_path / "to").exists()


@pytest.mark.asyncio
async def test_a_target_that_is_a_file_is_refused(up: Uploader, tmp_path: Path) -> None:
    await up.commit({"vault/a": b"1"})
    (tmp_path / "to").write_text("a file")
    with pytest.raises(UsageError) as caught:
        await restore(up.remote, "latest", tmp_path / "to")
    assert caught.value.code == "restore.not_a_folder"


@pytest.mark.asyncio
async def test_a_file_that_would_have_to_be_a_folder_is_refused(up: Uploader, tmp_path: Path) -> None:
    await up.commit({"vault/a": b"1", "vault/a/b": b"2"})
    with pytest.raises(DamageError) as caught:
        await restore(up.remote, "latest", tmp_path / "to")
    assert caught.value.code == "restore.path_twice"


@pytest.mark.asyncio
async def test_names_that_differ_in_case_are_told_where_the_disk_folds_them(
    up: Uploader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await up.commit({"sources/x/Readme": b"1", "sources/x/README": b"2"})
    await restore(up.remote, "latest", tmp_path / "sensitive")
    assert len(files_below(tmp_path / "sensitive")) == 2
    monkeypatch.setattr("core.sync.restore._folds_case", lambda folder: True)
    with pytest.raises(DamageError) as caught:
        await restore(up.remote, "latest", tmp_path / "folding")
    assert caught.value.code == "restore.paths_differ_in_case"


@pytest.mark.asyncio
async def test_a_backslash_path_is_refused_before_anything_is_written(up: Uploader, tmp_path: Path) -> None:
    good = await up.file("vault/a", b"1")
    evil = FileEntry("vault\\..\\..\\evil", 1, good.sha256, 0, good.content)
    await up.commit({}, [good, evil])
    with pytest.raises(DamageError) as caught:
        await restore(up.remote, "latest", tmp_path / "to")
    assert caught.value.code == "files.escapes"
    assert not (tmp_path / "to").exists()


@pytest.mark.asyncio
async def test_two_restores_into_one_folder_do_not_meet(up: Uploader, tmp_path: Path) -> None:
    await up.commit(FILES)
    slow = Slow(up.remote.store, 60)
    first = asyncio.create_task(restore(replace(up.remote, store=slow), "latest", tmp_path / "to"))  # type: ignore[arg-type]
    await slow.waiting.wait()
    with pytest.raises(BusyError):
        await restore(up.remote, "latest", tmp_path / "to")
    first.cancel()
    await asyncio.wait([first])


KILLED = """
import asyncio, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from core.sync.restore import restore
from tests.restore.uploader import remote_of
asyncio.run(restore(remote_of(Path(sys.argv[2])), "latest", Path(sys.argv[3])))
"""


@pytest.mark.asyncio
@pytest.mark.parametrize("crash_at", ["restore.fetched", "restore.moved:1", "restore.moved:3"])
async def test_after_kill_the_same_restore_again_completes_it(up: Uploader, tmp_path: Path, crash_at: str) -> None:
    await up.commit(FILES)
    to = tmp_path / "to"
    command = ["python", "-c", KILLED, str(REPO), str(up.folder), str(to)]
    killed = await asyncio.to_thread(run_forked, command, env={**os.environ, "COGZY_CRASH_AT": crash_at})
    assert killed.returncode == -signal.SIGKILL
    for path, data in files_below(to).items():
        assert path.startswith(".cogzy-restore/") or FILES[path] == data
    await restore(up.remote, "latest", to)
    assert files_below(to) == FILES


# ---------------------------------------------------------------- in place


@pytest.fixture
def vault_root(tmp_path: Path) -> Path:
    (tmp_path / "vault/sync").mkdir(parents=True)
    return tmp_path / "vault"


def sqlite_with(path: Path, value: str) -> bytes:
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE IF NOT EXISTS t(x)")
        db.execute("INSERT INTO t VALUES(?)", (value,))
    db.close()
    return path.read_bytes()


OWNER = """
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1])
db.execute("SELECT * FROM t").fetchall()
print("open", flush=True)
time.sleep(60)
"""


@contextlib.contextmanager
def open_in_another_program(path: Path) -> Iterator[int]:
    owner = Forked(["python", "-c", OWNER, str(path)], stdout=subprocess.PIPE)
    try:
        assert owner.stdout is not None
        owner.stdout.readline()
        yield owner.pid
    finally:
        owner.kill()
        owner.communicate()


@pytest.mark.asyncio
async def test_in_place_brings_the_old_one_back_and_keeps_the_new(
    up: Uploader, tmp_path: Path, vault_root: Path
) -> None:
    path = tmp_path / "notes.db"
    source = Source("notes", "sqlite", path)
    old = sqlite_with(path, "old")
    await up.commit({"sources/notes/notes.db": old})
    new = sqlite_with(path, "new")
    path.chmod(0o640)
    (tmp_path / "notes.db-wal").write_bytes(b"log of the new one")
    done = await restore_in_place(up.remote, "latest", source, root=vault_root)
    assert path.read_bytes() == old
    assert path.stat().st_mode & 0o777 == 0o640
    assert beside(path, "notes.db.before-*") == {
        Path(done.kept[0]).name: b"log of the new one",
        Path(done.kept[1]).name: new,
    }
    assert done.kept[0] == done.kept[1] + "-wal"
    assert not (tmp_path / "notes.db-wal").exists()
    assert not beside(path, ".cogzy*")


@pytest.mark.asyncio
async def test_in_place_works_where_nothing_is_left(up: Uploader, tmp_path: Path, vault_root: Path) -> None:
    await up.commit({"sources/notes/notes.db": b"database"})
    path = tmp_path / "gone" / "notes.db"
    await restore_in_place(up.remote, "latest", Source("notes", "sqlite", path), root=vault_root)
    assert path.read_bytes() == b"database"


@pytest.mark.asyncio
async def test_in_place_is_refused_while_a_program_has_it_open(up: Uploader, tmp_path: Path, vault_root: Path) -> None:
    path = tmp_path / "notes.db"
    old = sqlite_with(path, "old")
    await up.commit({"sources/notes/notes.db": b"other"})
    with open_in_another_program(path) as pid:
        with pytest.raises(BusyError) as caught:
            await restore_in_place(up.remote, "latest", Source("notes", "sqlite", path), root=vault_root)
        assert caught.value.code == "restore.source_in_use"
        assert str(pid) in str(caught.value.params["holder"])
    assert path.read_bytes() == old


@pytest.mark.asyncio
async def test_in_place_refuses_folders_and_unknown_sources(up: Uploader, tmp_path: Path, vault_root: Path) -> None:
    await up.commit({"vault/a": b"1"})
    with pytest.raises(RefusedError):
        await restore_in_place(up.remote, "latest", Source("t", "files", tmp_path), root=vault_root)
    with pytest.raises(UsageError) as caught:
        await restore_in_place(up.remote, "latest", Source("notes", "sqlite", tmp_path / "n.db"), root=vault_root)
    assert caught.value.code == "restore.source_not_in_upload"


IN_PLACE = """
import asyncio, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from core.sources import Source
from core.sync.restore import restore_in_place
from tests.restore.uploader import remote_of
source = Source("notes", "sqlite", Path(sys.argv[3]))
asyncio.run(restore_in_place(remote_of(Path(sys.argv[2])), "latest", source, root=Path(sys.argv[4])))
"""


@pytest.mark.asyncio
@pytest.mark.parametrize("step", ["journaled", "aside:1", "aside:2", "in:1", "swapped", "closed"])
async def test_kill_during_in_place_leaves_the_old_or_the_new_pair(
    up: Uploader, tmp_path: Path, vault_root: Path, step: str
) -> None:
    path = tmp_path / "notes.db"
    new = sqlite_with(path, "new")
    path.with_name("notes.db-wal").write_bytes(b"its log")
    await up.commit({"sources/notes/notes.db": b"the old database"})
    environ = {**os.environ, "COGZY_CRASH_AT": f"in_place.{step}"}
    command = ["python", "-c", IN_PLACE, str(REPO), str(up.folder), str(path), str(vault_root)]
    killed = await asyncio.to_thread(run_forked, command, env=environ)
    assert killed.returncode == -signal.SIGKILL
    swap.recover(vault_root)
    assert path.read_bytes() == b"the old database"
    assert not path.with_name("notes.db-wal").exists()
    assert sorted(beside(path, "notes.db.before-*").values()) == sorted([new, b"its log"])


@pytest.mark.asyncio
async def test_a_target_that_cannot_be_written_is_told(up: Uploader, tmp_path: Path) -> None:
    await up.commit({"vault/a": b"1"})
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FileError) as caught:
        await restore(up.remote, "latest", tmp_path / "file" / "to")
    assert caught.value.code == "files.in_the_way"


def test_reading_back_imports_nothing_heavy_before_it_is_needed() -> None:
    code = "import sys; import core.sync.restore, core.sync.reset, core.sync.verify; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=REPO, capture_output=True, text=True, check=True)
    heavy = {"numpy", "duckdb", "aioboto3", "botocore", "zstandard", "cryptography", "pydantic", "orjson", "keyring"}
    assert heavy & set(done.stdout.split()) == set()
