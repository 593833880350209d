"""What is read from the bytes of a DuckDB file agrees with what DuckDB wrote there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.database.header import HEADER_BYTES, HeaderError, broken_blocks, parse_headers, read_headers


def make_database(path: Path, options: str = "", rows: int = 20_000, unsafe: bool = False) -> Path:
    with duckdb.connect() as connection:
        if unsafe:
            connection.execute("SET force_mbedtls_unsafe = 'true'")
        connection.execute(f"ATTACH '{path}' AS made {options}")
        connection.execute(f"CREATE TABLE made.t AS SELECT i, md5(i::VARCHAR) AS text FROM range({rows}) r(i)")
        connection.execute("CHECKPOINT made")
    return path


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_database(tmp_path_factory.mktemp("header") / "a.duckdb")


@pytest.mark.parametrize(("version", "storage"), [("v1.0.0", 64), ("v1.2.0", 65), ("v1.5.0", 68)])
def test_storage_and_library_version_are_those_duckdb_wrote(tmp_path: Path, version: str, storage: int) -> None:
    header = read_headers(make_database(tmp_path / "a.duckdb", f"(STORAGE_VERSION '{version}')"))
    assert header.storage_version == storage
    assert header.library_version == f"v{duckdb.__version__}"
    assert (header.block_size, header.encrypted, header.iteration) == (262144, False, 1)


def test_a_file_of_the_newest_duckdb_is_known(database: Path) -> None:
    assert read_headers(database).known
    assert broken_blocks(database, read_headers(database)) == frozenset()


def test_small_blocks_are_checked_too(tmp_path: Path) -> None:
    path = make_database(tmp_path / "a.duckdb", "(BLOCK_SIZE 16384)")
    header = read_headers(path)
    assert header.block_size == 16384
    assert broken_blocks(path, header) == frozenset()
    content = bytearray(path.read_bytes())
    content[HEADER_BYTES + 2 * 16384 + 99] ^= 1
    path.write_bytes(content)
    assert broken_blocks(path, header) == {2}


def test_block_numbers_count_across_reads(tmp_path: Path) -> None:
    path = make_database(tmp_path / "a.duckdb", rows=120_000)
    header = read_headers(path)
    blocks = (path.stat().st_size - HEADER_BYTES) // header.block_size
    assert blocks > 8, "the file has to be longer than one read"
    content = bytearray(path.read_bytes())
    for block in (0, blocks - 1):
        content[HEADER_BYTES + block * header.block_size + 5000] ^= 0x10
    path.write_bytes(content)
    assert broken_blocks(path, header) == {0, blocks - 1}


@given(data=st.data())
def test_no_single_flipped_bit_goes_unnoticed(database: Path, data: st.DataObject) -> None:
    content = bytearray(database.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= 1 << data.draw(st.integers(0, 7))
    flipped = database.with_name("flipped.duckdb")
    flipped.write_bytes(content)
    try:
        header = read_headers(flipped)
    except HeaderError:
        assert at < HEADER_BYTES
    else:
        flipped_block = {(at - HEADER_BYTES) // 262144}
        assert not header.checkable or broken_blocks(flipped, header) == flipped_block
        assert header.checkable or 12 <= at < 28 or at >= 4096, "only a bit of the version or the flags may excuse it"


def test_a_block_never_written_is_not_broken_and_a_cut_off_one_is(tmp_path: Path, database: Path) -> None:
    header = read_headers(database)
    blocks = (database.stat().st_size - HEADER_BYTES) // 262144
    longer = tmp_path / "longer.duckdb"
    longer.write_bytes(database.read_bytes() + bytes(262144))
    assert broken_blocks(longer, header) == frozenset()
    longer.write_bytes(database.read_bytes() + b"x" * 1000)
    assert broken_blocks(longer, header) == {blocks}


@pytest.mark.parametrize("content", [b"", b"a text file\n" * 2000, bytes(8) + b"DUCK", bytes(HEADER_BYTES)])
def test_what_is_no_duckdb_file_is_named_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.duckdb"
    path.write_bytes(content)
    with pytest.raises(HeaderError) as caught:
        read_headers(path)
    assert caught.value.code == "sources.not_duckdb"
    assert str(path) in str(caught.value)


def test_a_half_written_header_is_torn(database: Path) -> None:
    raw = bytearray(database.read_bytes()[:HEADER_BYTES])
    raw[4096 + 2000 : 4096 + 2008] = b"halfdone"
    with pytest.raises(HeaderError) as caught:
        parse_headers(bytes(raw))
    assert (caught.value.code, caught.value.torn) == ("sources.header_damaged", True)


def test_of_a_newer_version_only_the_version_is_read(tmp_path: Path, database: Path) -> None:
    content = bytearray(database.read_bytes())
    content[12:20] = (1234).to_bytes(8, "little")
    content[HEADER_BYTES + 77] ^= 1
    newer = tmp_path / "newer.duckdb"
    newer.write_bytes(content)
    header = read_headers(newer)
    assert (header.storage_version, header.known, header.checkable) == (1234, False, False)
    assert broken_blocks(newer, header) == frozenset()


def test_an_encrypted_file_is_told_apart_and_not_checked(tmp_path: Path) -> None:
    path = make_database(tmp_path / "a.duckdb", "(ENCRYPTION_KEY 'secret')", unsafe=True)
    header = read_headers(path)
    assert header.encrypted
    assert header.known
    assert broken_blocks(path, header) == frozenset()


def test_reading_sources_imports_nothing_heavy() -> None:
    code = "import sys, core.sources; print([m for m in ('duckdb','numpy','sqlite3','pydantic') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
