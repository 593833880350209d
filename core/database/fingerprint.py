"""Fingerprints: 64 bits a row that tell, fast, whether it changed since the last upload. They never leave this machine.

DuckDB's `hash` is fast but does not tell NULL from [] from [NULL], nor 0.0 from -0.0, and is not promised to stay the
same from one DuckDB to the next. So what it misses goes in beside it, and fingerprints of another DuckDB or of another
VERSION are not compared (that means a new image).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.database.connection import quoted
from core.database.types import FLOATS, NESTED, Column

VERSION = 1


def fingerprint_sql(columns: Sequence[Column]) -> str:
    """The SQL expression of a row's fingerprint (UBIGINT)."""
    return f"hash({', '.join(part for column in columns for part in _parts(column))})" if columns else "hash(0)"


def _parts(column: Column) -> Iterator[str]:
    name, kind = quoted(column.name), column.type.kind
    yield name
    yield f"{name} IS NULL"
    if kind in FLOATS:
        yield f"signbit({name})"
    elif column.type.is_vector:
        # A cast to text costs 100 ns a float, so only vectors that hold a zero pay it.
        yield f"len({name})"
        yield f"list_count({name})"
        yield f"CASE WHEN list_contains({name}, 0) THEN {name}::VARCHAR END"
    elif kind in NESTED or not column.type.carried:
        yield f"{name}::VARCHAR"
