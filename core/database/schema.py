"""What an attached database is made of: its tables, what else it holds, and what of that a delta cannot carry."""

# ruff: noqa: S608  names in SQL are quoted by `quoted`, strings by `text`

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from core.database.connection import quoted, text
from core.database.keys import choose_key, index_columns
from core.database.results import Notice
from core.database.types import Column, column_type

if TYPE_CHECKING:
    import duckdb

Rows = list[tuple[Any, ...]]

RESERVED = frozenset({"system", "temp", "memory", "cogzy_copy", "cogzy_check", "cogzy_image"})
"""Names of catalogs here; a schema of such a name could not be told from one."""

_COLLATION = re.compile(r"\bCOLLATE\b", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_INDEX_METHOD = re.compile(r"\bUSING\s+(\w+)", re.IGNORECASE)
_GENERATED = re.compile(r"\bGENERATED\s+ALWAYS\b", re.IGNORECASE)


@dataclass(frozen=True)
class Table:
    """A base table. `columns` are the stored ones; `parents` the tables that its foreign keys name.

    `opaque`: its rows can only be compared as a whole, since a column hides DuckDB's own `rowid`, or some are generated
    and this DuckDB (before 2.0) does not say which.
    """

    schema: str
    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    parents: tuple[str, ...]
    opaque: bool
    sql: str

    @property
    def label(self) -> str:
        """The name in uploads: `schema.table`, a part that has a dot or a quote in it quoted."""
        return ".".join(quoted(part) if re.search(r'[."]', part) else part for part in (self.schema, self.name))

    @property
    def shape(self) -> str:
        """Hash of what a row of this table is: digests and fingerprints of another shape cannot be compared."""
        columns = [[column.name, column.type_name, column.nullable] for column in self.columns]
        return _hash(columns, self.key)

    @property
    def carried(self) -> bool:
        """Whether rows can go as a delta."""
        return not self.opaque and all(column.type.carried for column in self.columns)

    @property
    def digested(self) -> bool:
        """Whether a digest is defined for every column."""
        return not self.opaque and all(column.type.digested for column in self.columns)

    def within(self, catalog: str) -> str:
        """The table's name for SQL, in the attached `catalog`."""
        return quoted(catalog, self.schema, self.name)


@dataclass(frozen=True)
class Index:
    """An index that was created by itself. `method` is "" for the ordinary kind, "HNSW" or another extension's."""

    schema: str
    name: str
    sql: str
    method: str


@dataclass(frozen=True)
class Schema:
    """Everything in a database but its rows.

    `statements` create its schemas and enum types; `views` are names and DDL of its views, `comments` names (of the
    index or view, else "") and DDL of comments; `obstacles` are what a delta cannot carry, the first reason first.
    """

    tables: tuple[Table, ...]
    indexes: tuple[Index, ...]
    views: tuple[tuple[str, str], ...]
    statements: tuple[str, ...]
    comments: tuple[tuple[str, str], ...]
    obstacles: tuple[Notice, ...]
    hash: str

    def in_order(self) -> list[Table] | None:
        """The tables, parents before children; None when foreign keys go round (a table that names itself does)."""
        waiting = {(table.schema, table.name.lower()): table for table in self.tables}
        ordered: list[Table] = []
        while waiting:
            free = [
                key
                for key, table in waiting.items()
                if not any((table.schema, parent.lower()) in waiting for parent in table.parents)
            ]
            if not free:
                return None
            ordered += [waiting.pop(key) for key in free]
        return ordered


def read_schema(connection: duckdb.DuckDBPyConnection, catalog: str, *, carried: bool = False) -> Schema:
    """Read the Schema of the attached `catalog`. Raises duckdb.Error.

    `carried`: it is known to hold nothing that a delta cannot carry; looking for that takes most of the time.
    """
    read = _Reader(connection, catalog)
    table_rows = read("duckdb_tables()", "schema_name, table_name, sql, comment", "NOT internal")
    column_rows = read.columns()
    index_rows = read(
        "duckdb_indexes()", "schema_name, table_name, index_name, is_unique, CAST(expressions AS VARCHAR), sql, comment"
    )
    constraint_rows = read(
        "duckdb_constraints()",
        "schema_name, table_name, constraint_index, constraint_type, constraint_column_names, referenced_table",
    )
    view_rows = read("duckdb_views()", "schema_name, view_name, sql, comment", "NOT internal")
    schema_rows = read("duckdb_schemas()", "schema_name, comment", "NOT internal")
    type_rows = read("duckdb_types()", "schema_name, type_name, logical_type, labels, comment", "NOT internal")
    others = [] if carried else read.others()

    tables = []
    for schema, name, sql, _ in table_rows:
        described = connection.execute(f"SELECT * FROM {quoted(catalog, schema, name)} LIMIT 0").description
        kinds = {item[0]: column_type(item[1]) for item in described}
        mine = [row for row in column_rows if row[:2] == (schema, name)]
        columns = tuple(
            Column(column, kinds[column], type_name, nullable)
            for _, _, _, column, type_name, nullable, generated, _ in mine
            if not generated
        )
        constraints = [row[3:] for row in constraint_rows if row[:2] == (schema, name)]
        unique = [tuple(names) for kind, names, _ in constraints if kind == "UNIQUE"]
        unique += [index_columns(row[4] or "") for row in index_rows if row[:2] == (schema, name) and row[3]]
        tables.append(
            Table(
                schema=schema,
                name=name,
                columns=columns,
                key=choose_key(
                    columns,
                    primary=next((tuple(names) for kind, names, _ in constraints if kind == "PRIMARY KEY"), ()),
                    unique=unique,
                    collated=bool(_COLLATION.search(sql)),
                ),
                parents=tuple(parent for kind, _, parent in constraints if kind == "FOREIGN KEY"),
                opaque=any(row[3].lower() == "rowid" for row in mine)
                or (any(row[6] is None for row in mine) and bool(_GENERATED.search(sql))),
                sql=sql,
            )
        )

    found = Schema(
        tables=tuple(tables),
        indexes=tuple(Index(row[0], row[2], row[5], index_method(row[5])) for row in index_rows if row[5]),
        views=tuple((".".join(row[:2]), row[2]) for row in view_rows),
        statements=tuple(_statements(schema_rows, type_rows)),
        comments=tuple(_comments(table_rows, column_rows, index_rows, view_rows, type_rows)),
        obstacles=(),
        hash=_hash(
            # A constraint's index counts over all tables, and so changes with the order in which they were loaded.
            [sorted(str(row[:2] + row[3:]) for row in constraint_rows)],
            [table_rows, column_rows, index_rows, view_rows, schema_rows, type_rows, others],
        ),
    )
    return replace(found, obstacles=tuple(_obstacles(found, type_rows, others)))


def index_method(sql: str) -> str:
    """ "" for an ordinary index, else the extension's method that `sql`, a CREATE INDEX, names before its columns."""
    found = _INDEX_METHOD.search(_QUOTED.sub('""', sql).partition("(")[0])
    return "" if found is None or found[1].upper() == "ART" else found[1].upper()


def notice(code: str, **params: object) -> Notice:
    """A Notice of `code`."""
    return {"code": code, "params": params}


def _obstacles(schema: Schema, type_rows: Rows, others: Sequence[tuple[str, ...]]) -> Iterator[Notice]:
    """What a delta of `schema` could not carry."""
    for kind, *names in others:
        yield notice("database.uncarriable_object", kind=kind, name=".".join(names[:2]))
    for table in schema.tables:
        if table.schema.lower() in RESERVED:
            yield notice("database.uncarriable_object", kind="schema", name=table.schema)
    for schema_name, name, logical_type, *_ in type_rows:
        if logical_type != "ENUM":
            yield notice("database.uncarriable_object", kind="type", name=f"{schema_name}.{name}")
    for table in schema.tables:
        if table.opaque:
            yield notice("database.opaque_table", table=table.label)
        for column in table.columns:
            if not column.type.carried:
                yield notice(
                    "database.uncarriable_type", table=table.label, column=column.name, type=column.type_name[:100]
                )
    if schema.in_order() is None:
        yield notice("database.foreign_key_cycle")


def _statements(schema_rows: Rows, type_rows: Rows) -> Iterator[str]:
    """DDL of schemas and enum types."""
    for name, _ in schema_rows:
        yield f"CREATE SCHEMA IF NOT EXISTS {quoted(name)}"
    for schema, name, logical_type, labels, _ in type_rows:
        if logical_type == "ENUM":
            yield f"CREATE TYPE {quoted(schema, name)} AS ENUM ({', '.join(text(label) for label in labels)})"


def _comments(
    table_rows: Rows, column_rows: Rows, index_rows: Rows, view_rows: Rows, type_rows: Rows
) -> Iterator[tuple[str, str]]:
    """COMMENT ON statements for whatever has a comment, each with the name of its index or view."""
    named: list[tuple[str, tuple[str, ...], str | None]] = [("TABLE", (row[0], row[1]), row[3]) for row in table_rows]
    named += [("COLUMN", (row[0], row[1], row[3]), row[7]) for row in column_rows]
    named += [("INDEX", (row[0], row[2]), row[6]) for row in index_rows]
    named += [("VIEW", (row[0], row[1]), row[3]) for row in view_rows]
    named += [("TYPE", (row[0], row[1]), row[4]) for row in type_rows]
    for kind, names, comment in named:
        if comment is not None:
            owner = ".".join(names) if kind in ("INDEX", "VIEW") else ""
            yield owner, f"COMMENT ON {kind} {quoted(*names)} IS {text(comment)}"


class _Reader:
    """Reads DuckDB's catalog functions for one catalog, in an order that does not hang on creation."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, catalog: str) -> None:
        import duckdb

        self._connection = connection
        self._catalog = catalog
        self._since_2 = int(duckdb.__version__.split(".")[0]) >= 2

    def __call__(self, function: str, columns: str, where: str = "true") -> Rows:
        return self._connection.execute(
            f"SELECT {columns} FROM {function} WHERE database_name = $1 AND {where} ORDER BY ALL", [self._catalog]
        ).fetchall()

    def columns(self) -> Rows:
        """Columns of base tables: schema, table, place, name, type, nullable, generated (None: unknown), comment."""
        return self(
            "duckdb_columns() JOIN (SELECT table_oid FROM duckdb_tables() WHERE database_name = $1) USING (table_oid)",
            "schema_name, table_name, column_index, column_name, data_type, is_nullable, "
            + ("is_generated" if self._since_2 else "NULL")
            + ", comment",
        )

    def others(self) -> list[tuple[str, ...]]:
        """Objects that only an image carries: kind, schema, name, and what they are."""
        found = [
            ("sequence", *row)
            for row in self(
                "duckdb_sequences()", "schema_name, sequence_name, sql, coalesce(last_value::VARCHAR, ''), comment"
            )
        ]
        found += [
            ("macro", *row)
            for row in self(
                "duckdb_functions()",
                "schema_name, function_name, macro_definition, parameters::VARCHAR, function_type",
                "NOT internal",
            )
        ]
        if self._since_2:
            found += [("trigger", *row) for row in self("duckdb_triggers()", "schema_name, trigger_name, sql")]
        return found


def _hash(*values: object) -> str:
    return hashlib.sha256(json.dumps(values, ensure_ascii=True, default=str).encode()).hexdigest()
