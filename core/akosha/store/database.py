"""One shard file and the DuckDB instance that it is open in: little memory, two threads, shut in its folders.

- A new file is made beside its name and renamed when it is whole: an empty file under the name is damage, not new.
- A file that cannot be opened is named and left as it is; a newer one as well.
- DuckDB writes a commit to the WAL and calls fdatasync before it returns (`fsync_mode` STANDARD; seen with strace).
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.akosha.store import schema
from core.akosha.store.errors import store_error
from core.akosha.store.writing import Counter, Numbers
from core.database.header import HEADER_BYTES
from core.errors import BusyError, CogzyError, DamageError, RefusedError, UsageError
from core.files import fsync_folder, translated

if TYPE_CHECKING:
    import duckdb

    Connect = Callable[["Sizes"], duckdb.DuckDBPyConnection]


@dataclass(frozen=True, slots=True)
class Sizes:
    """What the store allows itself, for each shard file.

    `memory` in MiB: DuckDB fills it with what it read, which makes no search faster. When it is not enough for a change
    the file is opened again with twice as much, up to `most_memory`.
    `checkpoint`: how long a WAL may grow before it is put into its file.
    """

    memory: int = 48
    most_memory: int = 1536
    checkpoint: str = "16MB"
    threads: int = 2


class ShardFile:
    """An open shard file. Threads take cursors of their own; one thread at a time may write."""

    def __init__(self, path: Path, numbers: Numbers, sizes: Sizes, connect: Connect) -> None:
        self.file = numbers.file
        self.path = path
        self.numbers = numbers
        self._sizes = sizes
        self._connect = connect
        self._cursors = 0
        self._held = self._closed = False
        self._gate = threading.Condition()
        self._connection: duckdb.DuckDBPyConnection | None = connect(sizes)

    @contextlib.contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection to this file for the calling thread; DuckDB's errors come out as ours."""
        with translating(self.path):
            with self._gate:
                self._gate.wait_for(lambda: not self._held)
                if self._closed:
                    raise BusyError("akosha.store_closed")
                if self._connection is None:
                    self._connection = self._connect(self._sizes)
                cursor = self._connection.cursor()
                self._cursors += 1
            try:
                yield cursor
            finally:
                with self._gate:
                    cursor.close()
                    self._cursors -= 1
                    self._gate.notify_all()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A transaction that is durable when this ends, or undone by what it raises."""
        import duckdb

        with self.cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                yield cursor
                cursor.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(duckdb.Error):  # the commit itself failed: there is nothing left to undo
                    cursor.execute("ROLLBACK")
                raise

    def is_broken(self) -> bool:
        """Whether DuckDB refuses to work with this file any more."""
        try:
            with self.cursor() as cursor:
                cursor.execute("SELECT version FROM hub.about").fetchall()
        except CogzyError:
            return True
        return False

    def can_grow(self) -> bool:
        """Whether it may have more memory than it has."""
        return self._sizes.memory < self._sizes.most_memory

    def reopen(self, *, grow: bool = False) -> int:
        """Open the file anew (with twice the memory), once nobody reads it; the last sequence number that it has.

        Two instances of DuckDB on one file would spoil it, and DuckDB does not prevent that within a process.
        Raises like `open_file`; the next cursor then tries again.
        """
        with self._let_go():
            if grow:
                memory = min(2 * self._sizes.memory, self._sizes.most_memory)
                self._sizes = replace(self._sizes, memory=memory)
        with self.cursor() as cursor:
            numbers = read_numbers(cursor, self.file)
        self.numbers.labels.last = max(self.numbers.labels.last, numbers.labels.last)
        self.numbers.seqs.last = max(self.numbers.seqs.last, numbers.seqs.last)
        return numbers.seqs.last

    def close(self) -> None:
        """Put the WAL into the file and let it go."""
        with translating(self.path), self._let_go():
            self._closed = True

    @contextlib.contextmanager
    def _let_go(self) -> Iterator[None]:
        """Close the connection when the cursors that there are have ended; further ones wait for that."""
        with self._gate:
            self._held = True
            try:
                self._gate.wait_for(lambda: self._cursors == 0)
                if self._connection is not None:
                    self._connection.close()
                    self._connection = None
                yield
            finally:
                self._held = False
                self._gate.notify_all()


@contextlib.contextmanager
def translating(path: Path, *, opening: bool = False) -> Iterator[None]:
    """Turn DuckDB's errors about the shard file `path` into errors that a person can be shown."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        raise store_error(error, path, opening=opening) from error


def path_of(folder: Path, file: int) -> Path:
    """Where a shard file is."""
    return folder / f"{file:02x}.duckdb"


def create_file(folder: Path, spill: Path, file: int, shard_files: int, sizes: Sizes) -> None:
    """Make an empty shard file: whole under its name, or not there."""
    path = path_of(folder, file)
    fresh = path.with_suffix(".new")
    for left in (fresh, fresh.with_name(fresh.name + ".wal")):
        left.unlink(missing_ok=True)
    with translated(path):
        with translating(path):
            connection = _connect(folder, spill, sizes)
            try:
                _attach(connection, fresh)
                schema.create(connection, file, shard_files)
                connection.execute(f"CHECKPOINT {schema.CATALOG}")
            finally:
                connection.close()
        fresh.rename(path)
        fsync_folder(folder)


def open_file(folder: Path, spill: Path, file: int, shard_files: int, sizes: Sizes) -> ShardFile:
    """Open a shard file that is there. Raises DamageError or RefusedError when it cannot be used, untouched."""
    path = path_of(folder, file)

    def connect(sizes: Sizes) -> duckdb.DuckDBPyConnection:
        if not path.exists():
            raise DamageError("akosha.data_missing", path=str(path))
        with translating(path, opening=True):
            # Its own instance: the check reads where every block of the file is, and DuckDB keeps what it read.
            with contextlib.closing(_connect(folder, spill, sizes)) as looking:
                _attach(looking, path)
                _check(looking, path, file, shard_files)
            connection = _connect(folder, spill, sizes)
            try:
                _attach(connection, path)
            except BaseException:
                connection.close()
                raise
        return connection

    shard = ShardFile(path, Numbers(file, Counter(0), Counter(0)), sizes, connect)
    with shard.cursor() as cursor:
        numbers = read_numbers(cursor, file)
    shard.numbers.labels.last, shard.numbers.seqs.last = numbers.labels.last, numbers.seqs.last
    return shard


def read_numbers(connection: duckdb.DuckDBPyConnection, file: int) -> Numbers:
    """Where the numbers of a file go on."""
    label, seq = connection.execute("SELECT max(label), max(seq) FROM hub.memories").fetchall()[0]
    return Numbers(file, Counter((label or 0) >> 8), Counter(seq or 0))


def _connect(folder: Path, spill: Path, sizes: Sizes) -> duckdb.DuckDBPyConnection:
    import duckdb

    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": sizes.threads,
            "memory_limit": f"{sizes.memory}MiB",
            "checkpoint_threshold": sizes.checkpoint,
            "temp_directory": str(spill),
            # Every value of a column of objects is looked at, not a sample: a rare text among NULLs is still text.
            "pandas_analyze_sample": 1 << 30,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
        },
    )
    places = ", ".join("'" + str(place.resolve()).replace("'", "''") + "/'" for place in (folder, spill))
    connection.execute(f"SET allowed_directories = [{places}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _check_end(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Every block of the rows has to be inside the file: DuckDB opens one that was cut off.

    The block count in the header does not tell, since free blocks at the end need not have been written.
    """
    last, size = connection.execute(
        "SELECT max(greatest(block_id, list_max(additional_block_ids))), any_value(block_size) "
        "FROM pragma_storage_info('hub.memories'), pragma_database_size() WHERE database_name = 'hub'"
    ).fetchall()[0]
    if last is not None and path.stat().st_size < HEADER_BYTES + (last + 1) * size:
        raise DamageError("akosha.data_damaged", path=str(path), reason="its end is missing")


def _attach(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    literal = "'" + str(path.resolve()).replace("'", "''") + "'"
    connection.execute(f"ATTACH {literal} AS {schema.CATALOG} (ROW_GROUP_SIZE {schema.ROW_GROUP})")


def _check(connection: duckdb.DuckDBPyConnection, path: Path, file: int, shard_files: int) -> None:
    found = connection.execute("SELECT version, file, shard_files FROM hub.about").fetchall()
    if len(found) != 1 or found[0][1] != file:
        raise DamageError("akosha.data_damaged", path=str(path), reason="it is another file than its name says")
    version, _, there = found[0]
    if version > schema.VERSION:
        raise RefusedError("akosha.data_newer", path=str(path), reason=f"version {version}")
    if there != shard_files:
        raise UsageError("akosha.shard_files_differ", path=str(path.parent), there=there, wanted=shard_files)
    _check_end(connection, path)
    schema.migrate(connection, version)
