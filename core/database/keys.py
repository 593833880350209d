"""By which columns the rows of a table are told apart."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.database.types import Column

_PLAIN = re.compile(r"\w+")


def choose_key(
    columns: Sequence[Column], primary: Sequence[str], unique: Sequence[Sequence[str]], *, collated: bool
) -> tuple[str, ...]:
    """The names of the key columns: the PRIMARY KEY, else the first UNIQUE whose columns are all NOT NULL, else none.

    Floats are no key (-0.0 equals 0.0), nor is anything in a table with a collation (other texts can be equal).
    """
    if collated:
        return ()
    by_name = {column.name: column for column in columns}
    for names in (primary, *unique):
        found = [by_name.get(name) for name in names]
        if found and all(column and column.type.is_key for column in found):
            whole = names is primary or not any(column.nullable for column in found if column)
            if whole:
                return tuple(names)
    return ()


def index_columns(expressions: str) -> tuple[str, ...]:
    """The columns of an index from DuckDB's list of its expressions; none when one of them is not a plain name."""
    names = [name.strip() for name in expressions.strip("[]").split(",")]
    return tuple(names) if all(_PLAIN.fullmatch(name) for name in names) else ()
