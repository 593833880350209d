"""The digest of a table: what it holds, whatever wrote it and in whatever order the rows stand.

docs/FORMAT.md, section 10, defines it without DuckDB. In short: the sum mod 2^128 of the rows' digests, each an MD5
over the text T of the row's plain values and the packed bytes V of its vectors (lists and arrays of FLOAT or DOUBLE).

MD5 guards against mistakes and decay, not against an enemy: the bytes in the cloud are guarded by SHA-256 and AES-GCM.
"""

# ruff: noqa: S608  names in SQL are quoted by `quoted`, strings by `text`

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Sequence
from hashlib import md5
from typing import TYPE_CHECKING, Any

from core.database.connection import quoted
from core.database.results import TableState
from core.database.schema import Table
from core.database.types import INTEGERS, LISTS, MICROSECONDS, ColumnType

if TYPE_CHECKING:
    import duckdb
    from numpy.typing import NDArray

MODULUS = 1 << 128
_WORD = (1 << 64) - 1
_AT_ONCE = 2048
NUMPY_FROM = 1024
_NUMBERS = {"float": ("f", "<f4"), "double": ("d", "<f8")}

RowDigest = tuple[int, int]
"""A row's `rowid` and its digest."""


def table_state(connection: duckdb.DuckDBPyConnection, catalog: str, table: Table) -> TableState:
    """Read all of `table` and compute its digest ("" when a column's type has none). Raises duckdb.Error."""
    place = table.within(catalog)
    if not table.digested:
        rows = connection.execute(f"SELECT count(*) FROM {place}").fetchall()[0][0]
        return TableState(table.label, rows, "")
    if any(column.type.is_vector for column in table.columns):
        rows, total = 0, 0
        for rows, (_, digest) in enumerate(row_digests(connection, catalog, table), 1):  # noqa: B007  the last counts
            total += digest
    else:
        rows, low, high = connection.execute(f"SELECT {SUMS} FROM ({digest_sql(table, place)})").fetchall()[0]
        total = join(low, high)
    return TableState(table.label, rows, written(total))


SUMS = "count(*), coalesce(sum(low), 0)::HUGEINT, coalesce(sum(high), 0)::HUGEINT"
"""Sums over columns low and high, the halves of row digests."""


def join(low: int, high: int) -> int:
    """The number of which `low` and `high` (or sums of them) are the halves."""
    return low + (high << 64)


def written(total: int) -> str:
    """A table's digest as it is recorded."""
    return f"{total % MODULUS:032x}"


def digest_sql(table: Table, place: str) -> str:
    """SELECT of `rid` (rowid), `low`, `high` over the rows of `place`, for a table without vectors."""
    return (
        f"SELECT rid, (number & {_WORD}::UHUGEINT)::UBIGINT AS low, (number >> 64)::UBIGINT AS high "
        f"FROM (SELECT rowid AS rid, md5_number({_row_text(table)}) AS number FROM {place})"
    )


def row_digests(
    connection: duckdb.DuckDBPyConnection, catalog: str, table: Table, rows: Sequence[int] | None = None
) -> Iterator[RowDigest]:
    """Digests of the rows with the ids `rows`, or of all, for a table with vectors. Few rows do not load numpy."""
    vectors = [column for column in table.columns if column.type.is_vector]
    formats = [_NUMBERS[column.type.children[0].kind] for column in vectors]
    names = ", ".join(quoted(column.name) for column in vectors)
    query = f"SELECT rowid, unhex(md5({_row_text(table)})), {names} FROM {table.within(catalog)} WHERE rowid"
    if rows is not None and len(rows) < NUMPY_FROM:
        for row, plain, *values in connection.execute(f"{query} IN (SELECT unnest($1::BIGINT[]))", [rows]).fetchall():
            yield row, _number(plain, [_packed(value, code) for value, (code, _) in zip(values, formats, strict=True)])
        return
    wanted = None if rows is None else set(rows)
    last = connection.execute(f"SELECT coalesce(max(rowid), -1) FROM {table.within(catalog)}").fetchall()[0][0]
    for start in range(0, last + 1, _AT_ONCE):
        found = connection.execute(f"{query} BETWEEN $1 AND $2", [start, start + _AT_ONCE - 1]).fetchnumpy()
        ids, plains, *arrays = found.values()
        columns = (_packed_arrays(values, *form) for values, form in zip(arrays, formats, strict=True))
        for row, plain, *packed in zip(ids.tolist(), plains, *columns, strict=True):
            if wanted is None or row in wanted:
                yield row, _number(plain, packed)


def _number(plain: bytes, vectors: Sequence[bytes]) -> int:
    return int.from_bytes(md5(plain + b"".join(vectors), usedforsecurity=False).digest(), "little")


def _packed(values: Sequence[float | None] | None, code: str) -> bytes:
    """V of a vector whose numbers are of struct's `code`."""
    if values is None:
        return b"\0"
    numbers = [0.0 if value is None else math.nan if value != value else value for value in values]
    nulls = [place for place, value in enumerate(values) if value is None]
    head = struct.pack("<BI", 1, len(numbers))
    return (
        head + struct.pack(f"<{len(numbers)}{code}", *numbers) + struct.pack(f"<{len(nulls) + 1}I", len(nulls), *nulls)
    )


def _packed_arrays(values: NDArray[Any], code: str, dtype: str) -> list[bytes]:
    """`_packed` of each of many numpy arrays: at once where all are of one length without NULL and NaN."""
    import numpy as np

    shapes = {value.shape if type(value) is np.ndarray else () for value in values}
    together = np.stack(list(values)).astype(dtype, copy=False) if len(shapes) == 1 and shapes != {()} else None
    if together is None or not together.size or bool(np.isnan(together).any()):
        return [_packed(value.tolist() if value.shape else None, code) for value in values]
    head = b"\1" + together.shape[1].to_bytes(4, "little")
    data, size = together.tobytes(), together.shape[1] * together.itemsize
    return [head + data[at : at + size] + b"\0\0\0\0" for at in range(0, len(data), size)]


def _row_text(table: Table) -> str:
    """SQL of T."""
    parts = [_text(quoted(column.name), column.type, 0) for column in table.columns if not column.type.is_vector]
    return f"concat('', {', '.join(parts)})" if parts else "''"


def _text(value: str, kind: ColumnType, depth: int) -> str:
    """SQL of the text of `value`, an SQL expression of type `kind`; `depth` keeps the names of lambdas apart."""
    return f"coalesce({_known_text(value, kind, depth)}, 'N;')"


def _known_text(value: str, kind: ColumnType, depth: int) -> str:
    """SQL that is NULL where `value` is."""
    name = kind.kind
    inner = f"v{depth}"
    if name in INTEGERS or name in ("hugeint", "uhugeint"):
        return f"'I' || {value} || ';'"
    if name in ("varchar", "enum"):
        tag = "S" if name == "varchar" else "E"
        return f"'{tag}' || strlen({value}::VARCHAR) || ':' || {value}::VARCHAR"
    if name in MICROSECONDS:
        return _instant("T", value, f"epoch_us({value})")
    if name == "timestamp_ns":
        return _instant("G", value, f"epoch_ns({value})")
    if name in LISTS:
        each = f"list_transform({value}, lambda {inner}: {_text(inner, kind.children[0], depth + 1)})"
        return f"'L' || len({value}) || ':' || array_to_string({each}, '')"
    if name == "map":
        pair = " || ".join(
            _text(f"struct_extract_at({inner}, {place})", child, depth + 1)
            for place, child in enumerate(kind.children, 1)
        )
        each = f"list_transform(map_entries({value}), lambda {inner}: {pair})"
        return f"'P' || cardinality({value}) || ':' || array_to_string({each}, '')"
    if name == "struct":
        fields = " || ".join(
            _text(f"struct_extract_at({value}, {place})", child, depth) for place, child in enumerate(kind.children, 1)
        )
        return f"CASE WHEN {value} IS NOT NULL THEN 'R{len(kind.children)}:' || {fields} END"
    return _SIMPLE[name].format(value)


def _instant(tag: str, value: str, number: str) -> str:
    infinite = f"CASE WHEN {value} > 'epoch' THEN 'inf' ELSE '-inf' END"
    return f"'{tag}' || CASE WHEN isinf({value}) THEN {infinite} ELSE {number}::VARCHAR END || ';'"


_SIMPLE = {
    "boolean": "'B' || {0}::INTEGER || ';'",
    "decimal": "'M' || replace({0}::VARCHAR, '.', '')::HUGEINT || ';'",
    "float": "'F' || CASE WHEN isnan({0}) THEN '7FC00000' ELSE hex({0}::BIT::BLOB) END || ';'",
    "double": "'D' || CASE WHEN isnan({0}) THEN '7FF8000000000000' ELSE hex({0}::BIT::BLOB) END || ';'",
    "blob": "'X' || hex({0}) || ';'",
    "uuid": "'U' || {0} || ';'",
    "date": "'A' || ({0} - DATE '1970-01-01') || ';'",
    "time": "'C' || epoch_us({0}) || ';'",
}
