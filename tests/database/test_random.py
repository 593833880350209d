"""Whatever an owner does over several syncs, what is rebuilt is what the owner has."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.database.live import Live, contents

KEYS = st.integers(0, 12)
TEXT = st.sampled_from(["NULL", "''", "'a'", "'ä'", "'NULL'"])
VECTOR = st.sampled_from(["NULL", "[]", "[NULL]", "[0.0]", "['-0.0']", "['nan', NULL]", "[1, 2]"])
TAGS = st.sampled_from(["NULL", "[]", "[NULL]", "['']", "['a', 'b']", "['a, b']"])
NUMBER = st.sampled_from(["NULL", "0", "'-0.0'", "'nan'", "'inf'", "0.1"])

STATEMENTS = st.one_of(
    st.builds("INSERT OR REPLACE INTO memories VALUES ({}, {}, {}, {}, {})".format, KEYS, TEXT, VECTOR, TAGS, NUMBER),
    st.builds("DELETE FROM memories WHERE id = {}".format, KEYS),
    st.builds("DELETE FROM memories WHERE id > {}".format, KEYS),
    st.builds("UPDATE memories SET number = {} WHERE id % 3 = {}".format, NUMBER, st.integers(0, 2)),
    st.builds("UPDATE memories SET vector = {} WHERE id < {}".format, VECTOR, KEYS),
    st.builds("INSERT OR REPLACE INTO links VALUES ({}, {}, {})".format, KEYS, KEYS, TEXT),
    st.builds("DELETE FROM links WHERE a = {}".format, KEYS),
    st.builds("INSERT INTO log VALUES ({}, {})".format, TEXT, VECTOR),
    st.builds("DELETE FROM log WHERE line IS NOT DISTINCT FROM {}".format, TEXT),
    st.just("FORCE CHECKPOINT"),
)


@settings(max_examples=settings().max_examples // 3, suppress_health_check=list(HealthCheck))
@given(
    before=st.lists(STATEMENTS, max_size=8),
    sessions=st.lists(st.lists(STATEMENTS, max_size=5), min_size=1, max_size=4),
)
def test_image_and_deltas_rebuild_what_is_there(before: list[str], sessions: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        live = Live(Path(folder))
        live.run(
            "CREATE TABLE memories "
            "(id INTEGER PRIMARY KEY, text VARCHAR, vector FLOAT[], tags VARCHAR[], number DOUBLE)",
            "CREATE TABLE links (a INTEGER, b INTEGER, why VARCHAR, PRIMARY KEY (a, b))",
            "CREATE TABLE log (line VARCHAR, vector FLOAT[])",
            "CREATE INDEX by_text ON memories (text)",
            *before,
        )
        assert live.scan().decision == "image"
        for session in sessions:
            live.run(*session)
            found = live.scan()
            assert found.decision in ("delta", "unchanged")
            assert live.check(live.path) == found.tables
        live.rebuild()
        assert contents(live.restored) == contents(live.path)
