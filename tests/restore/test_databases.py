"""Databases out of an upload: an image byte for byte with its log, image and deltas row for row."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from core.database import TableState as State
from core.database import check, scan
from core.errors import BusyError, DamageError
from core.sources import Source
from core.sync.entries import DeltaTable, TableState
from core.sync.events import Progress
from core.sync.restore import restore, restore_in_place
from tests.forked import Forked

from .test_fetch import packs
from .test_restore import files_below
from .uploader import MASTER_KEY, Uploader

PATH = "sources/session-buddy/reflection.duckdb"


def states(found: tuple[State, ...]) -> list[TableState]:
    return [TableState(table.name, table.rows, table.digest) for table in found]


def make(path: Path, *, log: bool = True) -> None:
    """A database of a few thousand rows; with `log` its last changes stand in the write-ahead log only."""
    with duckdb.connect(path) as db:
        db.execute("CREATE TABLE notes(id VARCHAR PRIMARY KEY, text VARCHAR, vector FLOAT[4])")
        db.execute("CREATE TABLE parents(id INTEGER PRIMARY KEY)")
        db.execute("CREATE TABLE children(id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parents(id))")
        db.execute("INSERT INTO parents SELECT range FROM range(50)")
        db.execute("INSERT INTO children SELECT range, range % 50 FROM range(200)")
        db.execute("INSERT INTO notes SELECT 'n' || range, md5(range::VARCHAR), [range, 1, 2, 3] FROM range(3000)")
        db.execute("CHECKPOINT")
        if log:
            db.execute("SET wal_autocheckpoint = '1GB'")
            db.execute("INSERT INTO notes VALUES('logged', 'only in the log', NULL)")
            db.execute("PRAGMA disable_checkpoint_on_shutdown")


def change(path: Path, *statements: str) -> None:
    with duckdb.connect(path) as db:
        for statement in statements:
            db.execute(statement)


class Database:
    """A live database and what a sync would upload of it."""

    def __init__(self, up: Uploader, folder: Path) -> None:
        folder.mkdir()
        self.up, self.folder, self.path = up, folder, folder / "reflection.duckdb"
        self.known: Path | None = None
        self.round = 0

    async def upload(self) -> tuple[State, ...]:
        self.round += 1
        state, out = self.folder / f"state{self.round}", self.folder / f"out{self.round}"
        found = await scan(self.path, known=self.known, next_state=state, out=out)
        self.known = state
        if found.decision == "image":
            entry = await self.up.image(PATH, self.parts(), states(found.tables))
            await self.up.commit({}, [entry])
        else:
            assert found.decision == "delta", found
            tables = [
                DeltaTable(
                    delta.name,
                    await self.up.parquet(delta.rows.read_bytes() if delta.rows else None),
                    delta.rows_count,
                    await self.up.parquet(delta.gone.read_bytes() if delta.gone else None),
                    delta.gone_count,
                    delta.whole,
                )
                for delta in found.deltas
            ]
            await self.up.commit({}, [await self.up.delta(PATH, tables, states(found.tables))])
        return found.tables

    def parts(self) -> list[Path]:
        wal = self.path.with_name(f"{self.path.name}.wal")
        return [self.path, wal] if wal.exists() else [self.path]


@pytest.fixture
def up(tmp_path: Path) -> Uploader:
    return Uploader(tmp_path / "cloud", pack_size=16 << 20)


@pytest.mark.asyncio
@pytest.mark.parametrize("master_key", [None, MASTER_KEY])
async def test_an_image_comes_back_byte_for_byte_with_its_log(tmp_path: Path, master_key: bytes | None) -> None:
    up = Uploader(tmp_path / "cloud", master_key, pack_size=16 << 20)
    database = Database(up, tmp_path / "live")
    make(database.path)
    assert len(database.parts()) == 2
    await database.upload()
    seen: list[Progress] = []
    done = await restore(up.remote, "latest", tmp_path / "to", progress=seen.append)
    expected = {PATH: database.path.read_bytes(), f"{PATH}.wal": database.parts()[1].read_bytes()}
    assert files_below(tmp_path / "to") == expected
    assert done.bytes == sum(map(len, expected.values()))
    assert seen[-1].bytes_done == done.bytes
    again = await restore(up.remote, "latest", tmp_path / "to")
    assert (again.files, again.already_there) == (0, 1)
    (tmp_path / "to" / PATH).unlink()
    await restore(up.remote, "latest", tmp_path / "to")
    assert files_below(tmp_path / "to") == expected


@pytest.mark.asyncio
async def test_image_and_deltas_come_back_row_for_row(up: Uploader, tmp_path: Path) -> None:
    database = Database(up, tmp_path / "live")
    make(database.path, log=False)
    first = await database.upload()
    change(
        database.path,
        "INSERT INTO notes SELECT 'm' || range, 'new', NULL FROM range(20)",
        "UPDATE notes SET text = 'changed' WHERE id = 'n7'",
        "DELETE FROM notes WHERE id = 'n8'",
        "INSERT INTO parents VALUES(900)",
        "INSERT INTO children VALUES(901, 900)",
    )
    await database.upload()
    change(database.path, "INSERT INTO notes VALUES('n8', 'back again', NULL)", "DELETE FROM children WHERE id = 3")
    last = await database.upload()
    done = await restore(up.remote, "latest", tmp_path / "to")
    place = tmp_path / "to" / PATH
    assert files_below(tmp_path / "to").keys() == {PATH}
    assert await check(place, last) == last
    assert last != first
    assert done.left_out == ()
    with duckdb.connect(place) as db:
        db.execute("INSERT INTO notes VALUES('n8x', 'its owner can go on writing', NULL)")
        with pytest.raises(duckdb.ConstraintException):
            db.execute("INSERT INTO notes VALUES('n8', 'twice', NULL)")


@pytest.mark.asyncio
async def test_a_rebuilt_database_that_is_there_already_is_recognised(up: Uploader, tmp_path: Path) -> None:
    database = Database(up, tmp_path / "live")
    make(database.path, log=False)
    await database.upload()
    change(database.path, "DELETE FROM notes WHERE id = 'n8'")
    await database.upload()
    await restore(up.remote, "latest", tmp_path / "to")
    again = await restore(up.remote, "latest", tmp_path / "to")
    assert (again.files, again.already_there) == (0, 1)


@pytest.mark.asyncio
async def test_a_delta_that_does_not_give_the_recorded_state_is_refused(up: Uploader, tmp_path: Path) -> None:
    database = Database(up, tmp_path / "live")
    make(database.path, log=False)
    recorded = states(await database.upload())
    lying = [TableState(state.name, state.rows, "0" * 32) for state in recorded]
    change(database.path, "DELETE FROM notes WHERE id = 'n8'")
    await database.upload()
    await up.commit({}, [await up.delta(PATH, [], lying)])
    with pytest.raises(DamageError):
        await restore(up.remote, "latest", tmp_path / "to")
    assert not (tmp_path / "to").exists()


@pytest.mark.asyncio
async def test_a_damaged_slice_is_named_and_leaves_nothing(up: Uploader, tmp_path: Path) -> None:
    database = Database(up, tmp_path / "live")
    make(database.path)
    await database.upload()
    (pack,) = packs(up)
    data = bytearray(pack.read_bytes())
    data[len(data) // 2] ^= 1
    pack.write_bytes(data)
    with pytest.raises(DamageError) as caught:
        await restore(up.remote, "latest", tmp_path / "to")
    assert caught.value.params["path"] == PATH
    assert not (tmp_path / "to").exists()


OWNER = """
import duckdb, sys, time
db = duckdb.connect(sys.argv[1])
print("open", flush=True)
time.sleep(60)
"""


@contextlib.contextmanager
def owned(path: Path) -> Iterator[None]:
    """Another process has the database open while the block runs."""
    owner = Forked(["python", "-c", OWNER, str(path)], stdout=subprocess.PIPE)
    try:
        assert owner.stdout is not None
        owner.stdout.readline()
        yield
    finally:
        owner.kill()
        owner.communicate()


@pytest.mark.asyncio
async def test_a_database_goes_back_in_place_only_when_its_owner_is_closed(up: Uploader, tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    (vault / "sync").mkdir(parents=True)
    database = Database(up, tmp_path / "live")
    make(database.path)
    await database.upload()
    expected = [part.read_bytes() for part in database.parts()]
    source = Source("session-buddy", "duckdb", database.path)
    change(database.path, "DELETE FROM notes")
    before = database.path.read_bytes()
    with owned(database.path):
        with pytest.raises(BusyError) as caught:
            await restore_in_place(up.remote, "latest", source, root=vault)
        assert caught.value.code == "restore.source_in_use"
    assert database.path.read_bytes() == before
    done = await restore_in_place(up.remote, "latest", source, root=vault)
    assert [part.read_bytes() for part in database.parts()] == expected
    (kept,) = database.folder.glob("reflection.duckdb.before-*Z-????")
    assert kept.read_bytes() == before
    assert done.kept[-1] == str(kept)
