"""Files that are newer, encrypted, torn or rotten: never silently wrong, and never lost when they can be carried."""

from __future__ import annotations

import random
import shutil
import struct
from pathlib import Path

import duckdb
import pytest

from core.database import Scan, process
from core.database.connection import database_error, newer
from core.database.results import DatabaseError
from tests.database.live import Live

FACTOR, MASK = 0xBF58476D1CE4E5B9, (1 << 64) - 1


def seal(header: bytes) -> bytes:
    """A 4096-byte header with its checksum put right."""
    checksum = 5381
    for (word,) in struct.iter_unpack("<Q", header[8:]):
        checksum ^= (word * FACTOR) & MASK
    return struct.pack("<Q", checksum) + header[8:]


def with_versions(path: Path, main: int, inside: int) -> None:
    """Make the file say that it was written as storage version `main`, and `inside` for late ones."""
    data = bytearray(path.read_bytes())
    data[12:20] = struct.pack("<Q", main)
    data[0:4096] = seal(bytes(data[0:4096]))
    for start in (4096, 8192):
        data[start + 56 : start + 64] = struct.pack("<Q", inside)
        data[start : start + 4096] = seal(bytes(data[start : start + 4096]))
    path.write_bytes(data)


@pytest.mark.parametrize(("main", "inside"), [(999, 1070), (70, 70), (1000, 0)])
def test_a_file_of_a_newer_duckdb_is_carried_as_an_image(tmp_path: Path, main: int, inside: int) -> None:
    live = Live(tmp_path)
    live.run("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    with_versions(live.path, main, inside)
    found = live.scan()
    assert (found.verified, found.decision, found.reason, found.tables) == (False, "image", "database.newer", ())
    assert [notice["code"] for notice in found.notices] == ["database.newer"]
    assert live.scan().decision == "image"


def test_the_words_of_duckdb_about_a_newer_file_are_known() -> None:
    said = "Trying to read a database file with version number 69, but we can only read versions between 64 and 68."
    assert newer(duckdb.IOException(f"IO Error: {said}"))
    assert not newer(duckdb.IOException("IO Error: ... with version number 1, but we can only read version 64."))
    error = database_error(duckdb.IOException(f"IO Error: {said}"), Path("x.duckdb"))
    assert (error.code, error.torn) == ("database.newer", False)


def test_an_encrypted_file_is_carried_as_an_image(tmp_path: Path) -> None:
    live = Live(tmp_path)
    with duckdb.connect() as owner:
        owner.execute("SET force_mbedtls_unsafe = true")  # the good cipher is a download
        owner.execute(f"ATTACH '{live.path}' AS secret (ENCRYPTION_KEY 'a key that only its owner has')")
        owner.execute("CREATE TABLE secret.t (id INTEGER)")
    found = live.scan()
    assert (found.verified, found.decision, found.reason) == (False, "image", "database.encrypted")


@pytest.mark.parametrize("size", [0, 100, 4096, 12288, 100_000])
def test_a_file_that_was_cut_is_torn(tmp_path: Path, size: int) -> None:
    live = Live(tmp_path)
    live.run("CREATE TABLE t (id INTEGER PRIMARY KEY)", "INSERT INTO t FROM range(1000)")
    live.path.write_bytes(live.path.read_bytes()[:size])
    with pytest.raises(DatabaseError) as caught:
        live.scan()
    assert caught.value.torn


def test_what_is_no_database_is_not_torn(tmp_path: Path) -> None:
    live = Live(tmp_path)
    live.path.write_bytes(b"SQLite format 3\0" * 1000)
    with pytest.raises(DatabaseError) as caught:
        live.scan()
    assert (caught.value.code, caught.value.torn) == ("sources.not_duckdb", False)


@pytest.mark.asyncio
@pytest.mark.usefixtures("forked_databases")
async def test_a_flipped_bit_is_noticed_or_harmless(tmp_path: Path) -> None:
    live = Live(tmp_path)
    for start in range(0, 4000, 1000):  # rounds leave old content in free blocks, as in life
        live.run(
            "CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, text VARCHAR, vector FLOAT[16])",
            "INSERT INTO t SELECT i, md5(i::VARCHAR), list_transform(range(16), lambda k: (i * k)::FLOAT) "
            f"FROM range({start}, {start + 1000}) r(i)",
        )
    right = live.scan().tables
    data = live.path.read_bytes()
    dice = random.Random(7)
    outcomes = {"noticed": 0, "harmless": 0, "lost": 0, "silently wrong": 0}
    for number in range(12):
        rotten = tmp_path / f"rotten-{number}" / live.name
        rotten.parent.mkdir()
        flipped = bytearray(data)
        flipped[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        rotten.write_bytes(flipped)
        try:
            found: Scan = await process.scan(
                rotten, known=None, next_state=rotten.parent / "state", out=rotten.parent / "out"
            )
        except DatabaseError as error:
            outcomes["noticed" if error.torn else "lost"] += 1
        else:
            outcomes["harmless" if found.tables == right or not found.verified else "silently wrong"] += 1
        shutil.rmtree(rotten.parent)
    assert outcomes["noticed"]
    assert outcomes["harmless"]
    assert outcomes["noticed"] + outcomes["harmless"] == 12, outcomes
