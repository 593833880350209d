"""The digest of docs/FORMAT.md by somebody who has Python and no DuckDB. It shares no code with Cogzy."""

from __future__ import annotations

import struct
from decimal import Context, Decimal
from hashlib import md5
from typing import Any

Type = Any
"""`"INTEGER"`, `("DECIMAL", scale)`, `("LIST", element)`, `("STRUCT", [field, ...])` or `("MAP", key, value)`.

Dates are days, times microseconds, timestamps microseconds (nanoseconds for TIMESTAMP_NS) or "inf" and "-inf".
"""

INTEGERS = {"TINYINT", "INTEGER", "BIGINT", "UBIGINT", "HUGEINT", "UHUGEINT"}
TIMESTAMPS = {"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMPTZ"}


def table_digest(types: list[Type], rows: list[tuple[Any, ...]]) -> str:
    return f"{sum(row_digest(types, row) for row in rows) % 2**128:032x}"


def row_digest(types: list[Type], row: tuple[Any, ...]) -> int:
    text, vectors = "", []
    for kind, value in zip(types, row, strict=True):
        if kind in (("LIST", "FLOAT"), ("LIST", "DOUBLE")):
            vectors.append(vector(kind[1], value))
        else:
            text += as_text(kind, value)
    digest = md5(text.encode()).digest()
    if vectors:
        digest = md5(digest + b"".join(vectors)).digest()
    return int.from_bytes(digest, "little")


def vector(kind: str, value: list[float | None] | None) -> bytes:
    if value is None:
        return b"\x00"
    packed = b"\x01" + struct.pack("<I", len(value))
    for number in value:
        packed += bits(kind, 0.0 if number is None else number)[::-1]
    nulls = [place for place, number in enumerate(value) if number is None]
    packed += struct.pack("<I", len(nulls))
    for place in nulls:
        packed += struct.pack("<I", place)
    return packed


def bits(kind: str, number: float) -> bytes:
    """Most significant byte first."""
    if number != number:
        return bytes.fromhex("7FC00000" if kind == "FLOAT" else "7FF8000000000000")
    return struct.pack(">f" if kind == "FLOAT" else ">d", number)


def as_text(kind: Type, value: Any) -> str:
    if value is None:
        return "N;"
    name = kind if isinstance(kind, str) else kind[0]
    if name in INTEGERS:
        return f"I{value};"
    if name in TIMESTAMPS:
        return f"T{value};"
    if name in ("FLOAT", "DOUBLE"):
        return f"{name[0]}{bits(name, value).hex().upper()};"
    if name in ("VARCHAR", "ENUM"):
        return f"{'S' if name == 'VARCHAR' else 'E'}{len(value.encode())}:{value}"
    if name == "LIST":
        return f"L{len(value)}:" + "".join(as_text(kind[1], item) for item in value)
    if name == "STRUCT":
        return f"R{len(value)}:" + "".join(as_text(of, item) for of, item in zip(kind[1], value, strict=True))
    if name == "MAP":
        return f"P{len(value)}:" + "".join(as_text(kind[1], k) + as_text(kind[2], v) for k, v in value)
    if name == "DECIMAL":
        return f"M{int(Decimal(value).scaleb(kind[1], Context(prec=60)))};"
    forms = {"BOOLEAN": f"B{value:d};"} if name == "BOOLEAN" else {}
    forms |= {"BLOB": f"X{value.hex().upper()};"} if name == "BLOB" else {}
    forms |= {"UUID": f"U{value};", "DATE": f"A{value};", "TIME": f"C{value};", "TIMESTAMP_NS": f"G{value};"}
    return forms[name]
