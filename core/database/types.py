"""Column types, as far as fingerprints, digests and deltas must tell them apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb.sqltypes import DuckDBPyType

INTEGERS = frozenset(
    {"tinyint", "smallint", "integer", "bigint", "utinyint", "usmallint", "uinteger", "ubigint"},
)
FLOATS = frozenset({"float", "double"})
MICROSECONDS = frozenset({"timestamp", "timestamp_s", "timestamp_ms", "timestamp with time zone"})
LISTS = frozenset({"list", "array"})
NESTED = LISTS | {"struct", "map"}

_EXACT = INTEGERS | MICROSECONDS | {"boolean", "decimal", "varchar", "blob", "uuid", "date", "time", "timestamp_ns"}
_CARRIED = _EXACT | FLOATS | {"enum"}
_ONLY_DIGESTED = frozenset({"hugeint", "uhugeint"})


@dataclass(frozen=True, slots=True)
class ColumnType:
    """A type as DuckDB names it (`kind`), with its element, field, or key and value types."""

    kind: str
    children: tuple[ColumnType, ...] = ()

    @property
    def carried(self) -> bool:
        """Whether values survive Parquet and a cast back, bit for bit."""
        return self._all_of(_CARRIED)

    @property
    def digested(self) -> bool:
        """Whether a digest is defined for the type."""
        return self._all_of(_CARRIED | _ONLY_DIGESTED)

    @property
    def is_key(self) -> bool:
        """Whether equal values of the type are the same bytes, so that a row can be told by one."""
        return self.kind in _EXACT or self.kind == "enum"

    @property
    def is_vector(self) -> bool:
        """A list or array of floats: digested as packed numbers, not as text."""
        return self.kind in LISTS and self.children[0].kind in FLOATS

    def _all_of(self, kinds: frozenset[str]) -> bool:
        if self.kind in NESTED:
            return all(child._all_of(kinds) for child in self.children)
        return self.kind in kinds


@dataclass(frozen=True, slots=True)
class Column:
    """A stored column of a table. `type_name` is only compared and shown."""

    name: str
    type: ColumnType
    type_name: str
    nullable: bool


def column_type(found: DuckDBPyType) -> ColumnType:
    """The ColumnType of a type that DuckDB described."""
    kind = str(found.id)
    if kind not in NESTED:
        return ColumnType(kind)
    children: list[tuple[str, Any]] = list(found.children)
    return ColumnType(kind, tuple(column_type(child) for name, child in children if not isinstance(child, int)))
