"""Session-Buddy's memories, read out of a safe copy."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from core.memory.following import session_buddy_rows, source_signature
from core.sources import Source

pytestmark = pytest.mark.asyncio


_STATEMENTS = (
    "CREATE TABLE conversations_v2 (id VARCHAR PRIMARY KEY, content VARCHAR, project VARCHAR, session_id VARCHAR, "
    "timestamp TIMESTAMP, embedding FLOAT[4])",
    "CREATE TABLE reflections_v2 (id VARCHAR PRIMARY KEY, content VARCHAR, created_at TIMESTAMP)",
    "CREATE TABLE kg_entities (id VARCHAR PRIMARY KEY, name VARCHAR, observations VARCHAR[])",
    "CREATE TABLE settings (id VARCHAR, content BLOB)",
    "INSERT INTO conversations_v2 VALUES ('c1', 'About tides', 'sea', 's1', '2026-01-01', [1, 0, 0, 0])",
    "INSERT INTO reflections_v2 SELECT 'r' || n, 'Reflection ' || n, '2026-01-02' FROM range(1200) t(n)",
    "INSERT INTO kg_entities VALUES ('e1', 'Moon', ['round', 'bright'])",
)


def made(path: Path) -> Path:
    """A database as Session-Buddy keeps it."""
    with duckdb.connect(str(path)) as database:
        for statement in _STATEMENTS:
            database.execute(statement)
    return path


async def test_conversations_reflections_and_entities_are_rows(tmp_path: Path) -> None:
    source = Source("session-buddy-reflection", "duckdb", made(tmp_path / "reflection.duckdb"))
    before = source.path.read_bytes()
    rows = [row async for row in session_buddy_rows(source, tmp_path / "staging")]
    by_kind = {kind: [row for row in rows if row.kind == kind] for kind in ("conversation", "reflection", "entity")}
    assert {kind: len(found) for kind, found in by_kind.items()} == {"conversation": 1, "reflection": 1200, "entity": 1}
    (talk,) = by_kind["conversation"]
    assert (talk.text, talk.project, talk.conversation) == ("About tides", "sea", "s1")
    assert talk.vector is not None
    assert talk.origin == "session-buddy-reflection/conversations_v2"
    assert by_kind["entity"][0].text == "Moon\nround\nbright"
    assert list((tmp_path / "staging").iterdir()) == []
    assert source.path.read_bytes() == before


async def test_a_source_that_is_off_or_missing_has_no_rows(tmp_path: Path) -> None:
    path = made(tmp_path / "reflection.duckdb")
    for source in (Source("s", "duckdb", path, enabled=False), Source("s", "duckdb", tmp_path / "none.duckdb")):
        assert source_signature(source) is None
        assert [row async for row in session_buddy_rows(source, tmp_path / "staging")] == []


async def test_the_signature_moves_with_the_database(tmp_path: Path) -> None:
    source = Source("s", "duckdb", made(tmp_path / "reflection.duckdb"))
    before = source_signature(source)
    assert source_signature(source) == before
    with duckdb.connect(str(source.path)) as database:
        database.execute("INSERT INTO reflections_v2 VALUES ('new', 'Newer', '2026-02-01')")
    assert source_signature(source) != before
