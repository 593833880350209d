"""Opening: one process at a time; what cannot be read is named and left as it is, never begun anew."""

from __future__ import annotations

import asyncio
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

import core
from core.akosha.store import HubStore, Sizes
from core.akosha.store.errors import store_error
from core.errors import BusyError, CogzyError, DamageError, RefusedError, UsageError
from tests.akosha.store.samples import opened, row, vector

pytestmark = pytest.mark.asyncio


async def test_a_second_process_is_told_who_has_the_data(tmp_path: Path) -> None:
    program = (
        "import asyncio, pathlib, sys\n"
        "from core.akosha.store import HubStore\n"
        "async def main():\n"
        "    store = await HubStore.open(pathlib.Path(sys.argv[1]))\n"
        "    print('ready', flush=True)\n"
        "    await asyncio.to_thread(sys.stdin.read)\n"
        "    await store.close()\n"
        "asyncio.run(main())\n"
    )
    with _running(program, tmp_path) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == b"ready\n"
        with pytest.raises(BusyError) as raised:
            await opened(tmp_path)
        assert raised.value.code == "akosha.data_in_use"
        assert raised.value.params["pid"] == other.pid
        other.stdin.close()
        assert other.wait() == 0
    store = await opened(tmp_path)
    with pytest.raises(BusyError) as raised:
        await opened(tmp_path)
    assert raised.value.params["pid"] == os.getpid()
    await store.close()


async def _filled(folder: Path) -> Path:
    store = await opened(folder)
    some = vector(1)
    await store.put("s", [row(n, vector=some) for n in range(3000)])
    await store.close()
    return folder / "shards" / "00.duckdb"


def _empty(file: Path) -> None:
    file.write_bytes(b"")


def _junk(file: Path) -> None:
    file.write_bytes(b"no database " * 5000)


def _cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 3)


def _headers(file: Path) -> None:
    with file.open("r+b") as out:
        out.write(os.urandom(12_288))


def _sqlite(file: Path) -> None:
    import sqlite3

    file.unlink()
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE memories(a)")
    connection.close()


def _other_database(file: Path) -> None:
    file.unlink()
    with duckdb.connect(str(file)) as connection:
        connection.execute("CREATE TABLE memories(a INTEGER)")


@pytest.mark.parametrize("spoil", [_empty, _junk, _cut, _headers, _sqlite, _other_database])
async def test_a_damaged_file_is_named_and_left_as_it_is(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    file = await _filled(tmp_path)
    spoil(file)
    before = hashlib.sha256(file.read_bytes()).digest()
    with pytest.raises(DamageError) as raised:
        await opened(tmp_path)
    assert raised.value.code == "akosha.data_damaged"
    assert str(file) in raised.value.cause
    assert raised.value.next_step
    assert hashlib.sha256(file.read_bytes()).digest() == before
    with pytest.raises(DamageError):
        await opened(tmp_path)


async def test_damage_in_the_middle_of_a_file_is_named_when_it_is_read(tmp_path: Path) -> None:
    file = await _filled(tmp_path)
    size = file.stat().st_size
    with file.open("r+b") as out:
        for place in range(size // 4, size - 300_000, 262_144):
            out.seek(place)
            out.write(os.urandom(4096))

    async def read() -> None:
        store = await opened(tmp_path)
        try:
            await store.changes(0, 0, 10_000)
        finally:
            await store.close()

    with pytest.raises(DamageError) as raised:
        await read()
    assert raised.value.code == "akosha.data_damaged"


@pytest.mark.parametrize("with_wal", [False, True])
async def test_a_file_that_is_gone_is_missed(tmp_path: Path, with_wal: bool) -> None:
    file = await _filled(tmp_path)
    file.unlink()
    if with_wal:
        file.with_name(file.name + ".wal").write_bytes(b"x")
    with pytest.raises(DamageError) as raised:
        await opened(tmp_path)
    assert raised.value.code == "akosha.data_missing"
    assert not file.exists()


async def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    file = await _filled(tmp_path)
    with duckdb.connect(str(file)) as connection:
        connection.execute("UPDATE about SET version = 99")
    before = hashlib.sha256(file.read_bytes()).digest()
    with pytest.raises(RefusedError) as raised:
        await opened(tmp_path)
    assert raised.value.code == "akosha.data_newer"
    assert hashlib.sha256(file.read_bytes()).digest() == before
    newer = duckdb.IOException("... with version number 99, but we can only read versions between 64 and 68")
    assert store_error(newer, file, opening=True).code == "akosha.data_newer"


async def test_the_number_of_files_stays_what_it_was(tmp_path: Path) -> None:
    await _filled(tmp_path)
    with pytest.raises(UsageError) as raised:
        await opened(tmp_path, shard_files=4)
    assert (raised.value.params["there"], raised.value.params["wanted"]) == (1, 4)
    for text in (None, "{", "[]"):
        if text is None:
            (tmp_path / "shards" / "layout.json").unlink()
        else:
            (tmp_path / "shards" / "layout.json").write_text(text)
        with pytest.raises(UsageError):  # each file says it too
            await opened(tmp_path, shard_files=4)
        store = await opened(tmp_path)
        assert (await store.counts()).memories == 3000
        await store.close()
    for wanted in (0, 257):
        with pytest.raises(UsageError):
            await opened(tmp_path / "new", shard_files=wanted)


async def test_a_failed_opening_lets_the_folder_go(tmp_path: Path) -> None:
    file = await _filled(tmp_path)
    whole = file.read_bytes()
    _empty(file)
    with pytest.raises(DamageError):
        await opened(tmp_path)
    file.write_bytes(whole)
    store = await opened(tmp_path)
    assert (await store.counts()).memories == 3000
    await store.close()


async def test_a_file_of_an_older_version_is_brought_forward(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.akosha.store import schema

    def add_column(connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute("ALTER TABLE hub.uploads ADD COLUMN extra VARCHAR DEFAULT 'x'")

    await _filled(tmp_path)
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    monkeypatch.setitem(schema.MIGRATIONS, schema.VERSION - 1, add_column)
    for _ in range(2):
        store = await opened(tmp_path)
        assert (await store.counts()).memories == 3000
        await store.close()


async def test_when_memory_is_not_enough_the_file_is_opened_again_with_more(tmp_path: Path) -> None:
    store = await HubStore.open(tmp_path, sizes=Sizes(memory=9, most_memory=300))
    texts = [f"{number} " + "long " * 20_000 for number in range(200)]
    rows = [row(n, text, vector=vector(n % 5)) for n, text in enumerate(texts)]
    done = await asyncio.gather(store.put("a", rows), store.put("b", rows), store.put("c", rows[:1]))
    assert [one.stored for one in done] == [200, 200, 1]
    async with store.upload("d", "u", 100.0) as tx:
        await tx.put(rows * 3)
    assert tx.result is not None
    assert (tx.result.stored, tx.result.unchanged) == (200, 400)
    assert (await store.counts()).memories == 601
    await store.close()


async def test_too_little_memory_is_said_and_the_store_goes_on(tmp_path: Path) -> None:
    store = await HubStore.open(tmp_path, sizes=Sizes(memory=9, most_memory=9))
    rows = [row(n, f"{n} " + "long " * 200_000) for n in range(14)]
    with pytest.raises(CogzyError) as raised:
        await store.put("a", rows)
    assert raised.value.code == "akosha.data_too_large"
    assert (await store.put("a", [row(1)])).stored == 1
    await store.close()


async def test_a_full_disk_is_said_and_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    program = (
        "import asyncio, pathlib, resource, signal, sys\n"
        "from core.akosha.store import HubStore, Sizes\n"
        "from core.errors import CogzyError\n"
        "from tests.akosha.store.samples import row, vector\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "async def main():\n"
        "    store = await HubStore.open(pathlib.Path(sys.argv[1]), sizes=Sizes(checkpoint='1MB'))\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (6 << 20, resource.RLIM_INFINITY))\n"
        "    stored, codes, some = 0, set(), vector(1)\n"
        "    for n in range(0, 10_000, 500):\n"
        "        try:\n"
        "            rows = [row(m, vector=some) for m in range(n, n + 500)]\n"
        "            stored += (await store.put('s', rows)).stored\n"
        "        except CogzyError as error:\n"
        "            codes.add(error.code)\n"
        "        if len(codes) and n % 2000 == 0:\n"
        "            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))\n"
        "    print(stored, *codes, flush=True)\n"
        "    assert (await store.counts()).memories >= stored\n"
        "    await store.close()\n"
        "asyncio.run(main())\n"
    )
    with _running(program, tmp_path) as other:
        output, _ = await asyncio.to_thread(other.communicate)
    assert other.returncode == 0
    stored, *codes = output.decode().split()
    assert "akosha.data_full" in codes
    store = await opened(tmp_path)
    assert (await store.counts()).memories >= int(stored) > 1000
    await store.close()


def _running(program: str, folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", program, str(folder)]
    root = Path(core.__file__).parents[1]
    return subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
