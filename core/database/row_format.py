"""A rows file: what of a column is written, frame by frame, and how it is read again. See core.database.rows."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from core.database.results import RowsFile
from core.database.types import INTEGERS, MICROSECONDS, NESTED, column_type

if TYPE_CHECKING:
    from duckdb.sqltypes import DuckDBPyType

VECTOR = "embedding"
MOST_TEXT = 8 << 20
CUT_TEXT = 2 << 20
_FRAME = struct.Struct("<II")
_NO_VECTOR = 0xFFFFFFFF
_AS_IT_IS = INTEGERS | {"boolean"}
_TIMES = MICROSECONDS | {"timestamp_ns"}
_NUMBERS = frozenset({"float", "double", "decimal"})
_READ_AHEAD = 1 << 20


def each_row(rows: RowsFile) -> Iterator[dict[str, Any]]:
    """The rows of a rows file, one after the other."""
    import orjson

    has_vector = VECTOR in rows.columns
    with rows.path.open("rb", buffering=_READ_AHEAD) as file:
        for _ in range(rows.rows):
            size, vector_size = _FRAME.unpack(file.read(_FRAME.size))
            row: dict[str, Any] = orjson.loads(file.read(size))
            if vector_size != _NO_VECTOR:
                row[VECTOR] = file.read(vector_size)
            elif has_vector:
                row.setdefault(VECTOR, None)
            yield row


@dataclass(frozen=True, slots=True)
class Field:
    """A column to write: the SQL of its value and of about how many bytes that takes ("": few).

    `searched`: the SQL of its whole text, "" where there is none to search.
    """

    name: str
    value: str
    size: str
    parsed: bool
    vector: bool
    searched: str = ""


def field_of(name: str, sql: str, found: DuckDBPyType) -> Field:
    """How the column `name` is written; `sql` is how it is read, `found` its type."""
    kind = column_type(found)
    if name == VECTOR and kind.is_vector:
        return Field(name, f"{sql}::FLOAT[]", f"coalesce(4 * len({sql}), 0)", parsed=False, vector=True)
    if kind.kind in NESTED:
        whole = f"to_json({sql})::VARCHAR"
        return Field(name, *_text(whole), parsed=True, vector=False, searched="" if kind.is_vector else whole)
    if kind.kind in _TIMES:
        return Field(name, f"epoch({sql})", "", parsed=False, vector=False)
    if kind.kind in _NUMBERS:
        return Field(name, f"{sql}::DOUBLE", "", parsed=False, vector=False)
    if kind.kind == "blob":
        return Field(name, *_text(f"base64({sql})"), parsed=False, vector=False)
    if kind.kind in _AS_IT_IS:
        return Field(name, sql, "", parsed=False, vector=False)
    whole = f"{sql}::VARCHAR"
    return Field(name, *_text(whole), parsed=str(found) == "JSON", vector=False, searched=whole)


def _text(sql: str) -> tuple[str, str]:
    """SQL of a text of bounded length, and of its size."""
    return (
        f"CASE WHEN strlen({sql}) > {MOST_TEXT} THEN left({sql}, {CUT_TEXT}) ELSE {sql} END",
        f"coalesce(least(strlen({sql}), {MOST_TEXT}), 0)",
    )


def write_chunk(file: IO[bytes], fields: Sequence[Field], columns: Sequence[Any]) -> None:
    """Write rows, given by columns: vectors as arrays, everything else as plain values."""
    import orjson

    vectors: Sequence[bytes | None] = [None] * len(columns[0])
    names: list[str] = []
    values: list[Sequence[Any]] = []
    for field, column in zip(fields, columns, strict=True):
        if field.vector:
            vectors = [_packed(one) for one in column]
        else:
            names.append(field.name)
            values.append([_parse(one) for one in column] if field.parsed else column)
    rows = zip(*values, strict=True) if values else ((),) * len(vectors)
    for row, vector in zip(rows, vectors, strict=True):
        packed = orjson.dumps(dict(zip(names, row, strict=True)))
        file.write(_FRAME.pack(len(packed), _NO_VECTOR if vector is None else len(vector)))
        file.write(packed)
        if vector is not None:
            file.write(vector)


def _packed(vector: Any) -> bytes | None:
    """float32, little endian, of one element of a masked array of arrays."""
    import numpy as np

    if vector is np.ma.masked or vector is None:
        return None
    if isinstance(vector, np.ma.MaskedArray):
        vector = vector.filled(np.nan)
    return bytes(np.asarray(vector, dtype="<f4").tobytes())


def _parse(json: str | None) -> object:
    """What a JSON text holds; a text that is none (DuckDB writes NaN bare) stays a text."""
    import orjson

    if json is None:
        return None
    try:
        return orjson.loads(json)
    except orjson.JSONDecodeError:
        return json
