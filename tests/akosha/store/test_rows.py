"""Rows: found again whole, replaced by what is newer, forgotten when they are deleted."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.akosha.store import PutResult
from core.errors import UsageError
from core.memory.rows import MemoryRow, Tombstone
from tests.akosha.store.samples import dead, opened, row, vector

pytestmark = pytest.mark.asyncio


async def test_a_row_comes_back_whole(tmp_path: Path) -> None:
    full = MemoryRow(
        "conversation",
        "a/b c\u00e9\U0001f600",
        "first line\nwith \x00 zero \U0001f600 '; DROP TABLE memories; --",
        vector(1),
        "all-MiniLM-L6-v2/int8-1",
        1_700_000_000.123456,
        "pr'oject",
        "talk",
        1 << 62,
        "Ann",
        "reflection.duckdb",
        {"deep": {"list": [1, None, True, 0.1, 1 << 90, "\ud800"]}, "metadata": {"metadata": {}}, "": ""},
    )
    plain = MemoryRow("memory", "plain", "x")
    store = await opened(tmp_path)
    assert await store.put("laptop", [full, plain], as_of=123.5) == PutResult(stored=2)
    await store.close()
    store = await opened(tmp_path)
    for one in (full, plain):
        found = await store.get("laptop", one.kind, one.id)
        assert found is not None
        assert found.row == one
        assert found.row.content_hash == one.content_hash
        assert found.as_of == 123.5
        assert abs(found.stored_at - time.time()) < 60
        assert await store.fetch([found.label]) == [found]
    assert await store.get("laptop", "memory", "other") is None
    assert await store.get("desktop", "memory", "plain") is None
    await store.close()


async def test_the_same_key_of_another_system_or_kind_is_another_memory(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await store.put("a", [MemoryRow("memory", "1", "of a"), MemoryRow("reflection", "1", "reflected")])
    await store.put("b", [MemoryRow("memory", "1", "of b")])
    found = [await store.get(*key) for key in (("a", "memory", "1"), ("a", "reflection", "1"), ("b", "memory", "1"))]
    assert [one.row.text for one in found if one] == ["of a", "reflected", "of b"]
    assert len({one.label for one in found if one}) == 3
    await store.close()


async def test_equal_content_is_not_written_again_but_its_moment_moves(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await store.put("s", [row(1, vector=vector(1), model="m")], as_of=100)
    before = await store.get("s", "reflection", "r1")
    seq = store.seq(store.files[0])
    assert await store.put("s", [row(1, vector=vector(1))], as_of=200) == PutResult(unchanged=1)
    after = await store.get("s", "reflection", "r1")
    assert before is not None
    assert after is not None
    assert (after.label, after.stored_at, after.row) == (before.label, before.stored_at, before.row)
    assert after.as_of == 200
    assert store.seq(store.files[0]) == seq
    # the moment counts: what is older than it comes too late
    assert await store.put("s", [row(1, "older")], as_of=150) == PutResult(superseded=1)
    assert await store.put("s", [row(1, vector=vector(1), model="other")], as_of=200) == PutResult(stored=1)
    await store.close()


async def test_older_never_overwrites_newer_in_either_direction(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await store.put("s", [row(1, "pushed")], as_of=200)
    assert await store.put("s", [row(1, "late upload"), dead(1)], as_of=100) == PutResult(superseded=2)
    assert await store.put("s", [dead(1)], as_of=300) == PutResult(deleted=1)
    assert await store.put("s", [row(1, "late upload")], as_of=250) == PutResult(superseded=1)
    assert await store.get("s", "reflection", "r1") is None
    assert await store.put("s", [row(1, "anew")], as_of=300) == PutResult(stored=1)
    found = await store.get("s", "reflection", "r1")
    assert found is not None
    assert found.row.text == "anew"
    await store.close()


async def test_a_tombstone_for_something_unknown_keeps_out_what_is_older(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    assert await store.put("s", [dead(1)], as_of=100) == PutResult(unchanged=1)
    assert await store.put("s", [dead(1)], as_of=300) == PutResult(unchanged=1)
    assert await store.put("s", [row(1)], as_of=200) == PutResult(superseded=1)
    assert await store.put("s", [row(1)], as_of=300) == PutResult(stored=1)
    await store.close()


async def test_a_tombstone_of_one_file_leaves_what_was_read_from_another(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await store.put("s", [row(1, origin="a.duckdb"), row(2)])
    assert await store.put("s", [dead(1, "b.duckdb")]) == PutResult(unchanged=1)
    assert await store.put("s", [dead(2, "b.duckdb")]) == PutResult(deleted=1), "stored by a client: from nowhere"
    assert await store.put("s", [dead(1)]) == PutResult(deleted=1), "a client deletes wherever it came from"
    await store.close()


async def test_of_duplicates_in_one_batch_the_last_one_wins_and_the_others_are_counted(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    done = await store.put("s", [row(1, "a"), row(2), row(1, "b"), row(1, "b"), row(1, "c"), dead(2)])
    assert done == PutResult(stored=1, deleted=1, superseded=3, unchanged=1)
    found = await store.get("s", "reflection", "r1")
    assert found is not None
    assert found.row.text == "c"
    assert await store.get("s", "reflection", "r2") is None
    assert await store.put("s", [row(3, "new"), row(3, "old")], as_of=[200, 100]) == PutResult(stored=1, superseded=1)
    await store.close()


async def test_a_bad_row_names_itself_and_spoils_nothing(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    bad = [
        row(1, " "),
        row(2, "x" * ((1 << 20) + 1)),
        row(3, vector=b"\0\0\0"),
        row(4, vector=b"\0\0\xc0\x7f" * 384),
        MemoryRow("memory", "../up", "x"),
        MemoryRow("No Kind", "1", "x"),
        row(5, "half \ud800"),
        row(6, metadata={"a": object()}),
        Tombstone("memory", ""),
    ]
    done = await store.put("s", [row(10), *bad, row(11)])
    assert (done.stored, len(done.errors)) == (2, len(bad))
    assert [(kind, identity) for kind, identity, _, _ in done.errors] == [(one.kind, one.id) for one in bad]
    assert all(code.startswith("rows.") for _, _, code, _ in done.errors)
    assert await store.put("s", bad) == PutResult(errors=done.errors)
    assert await store.put("s", []) == PutResult()
    await store.close()


@pytest.mark.parametrize("moment", [-1e300, -1.0, float("-inf"), float("inf"), float("nan"), 1e300])
async def test_every_moment_is_one_that_a_clock_can_show(tmp_path: Path, moment: float) -> None:
    store = await opened(tmp_path)
    await store.put("pushes", [row(1)], as_of=moment)
    async with store.upload("uploads", "u", moment) as tx:
        await tx.put([row(1)])
    for system in await store.systems():
        assert system.last_seen is not None
        assert 0 <= system.last_seen <= time.time()
    await store.close()


async def test_a_clock_that_is_ahead_keeps_nothing_out(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await store.put("s", [row(1, "from the future")], as_of=time.time() + 1e9)
    await store.put("s", [row(2, "from nowhere")], as_of=float("nan"))
    assert await store.put("s", [row(1, "now"), row(2, "now")]) == PutResult(stored=2)
    await store.close()


@pytest.mark.parametrize("name", ["", "x" * 129, "a\nb", "half \ud800"])
async def test_a_system_needs_a_proper_name(tmp_path: Path, name: str) -> None:
    store = await opened(tmp_path)
    with pytest.raises(UsageError) as raised:
        await store.put(name, [row(1)])
    assert raised.value.code == "akosha.bad_system_id"
    with pytest.raises(UsageError):
        store.upload(name, "u", 0)
    await store.close()


async def test_a_label_stays_with_its_key_and_is_never_given_again(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await store.put("s", [row(1), row(2)])
    labels = {n: found.label for n in (1, 2) if (found := await store.get("s", "reflection", f"r{n}"))}
    await store.put("s", [row(1, "changed"), dead(2)])
    await store.close()
    store = await opened(tmp_path)
    await store.put("s", [row(3), row(2, "again")])
    again = {n: found.label for n in (1, 2, 3) if (found := await store.get("s", "reflection", f"r{n}"))}
    assert again[1] == labels[1]
    assert again[2] == labels[2]
    assert again[3] > max(labels.values())
    assert [one.row.id for one in await store.fetch([again[3], 12345 << 8, again[1], again[3]])] == ["r3", "r1", "r3"]
    await store.close()


async def test_texts_of_the_greatest_length_fit_in_little_memory(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    texts = [str(number) * (1 << 20) for number in range(10)] * 2
    assert (await store.put("s", [row(n, text[: 1 << 20]) for n, text in enumerate(texts)])).stored == 20
    found = await store.get("s", "reflection", "r19")
    assert found is not None
    assert len(found.row.text) == 1 << 20
    await store.close()


async def test_the_event_loop_goes_on_while_rows_are_written(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    some = vector(1)
    rows = [row(number, vector=some) for number in range(1000)]
    waits = []

    async def watch() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            waits.append(time.perf_counter() - before)

    watching = asyncio.create_task(watch())
    await asyncio.gather(*(store.put(f"s{n}", rows) for n in range(5)))
    watching.cancel()
    assert len(waits) > 10
    assert sorted(waits)[len(waits) // 2] < 0.5
    await store.close()


async def test_who_sent_how_much_and_when_last(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    assert await store.systems() == []
    await store.put("b", [row(1), row(2, vector=vector(1)), MemoryRow("memory", "m", "x")], as_of=100)
    await store.put("b", [dead(1)], as_of=300)
    await store.put("a", [row(1)], as_of=50)
    await store.mark_upload("c", "u1", "unreadable", {"code": "x"})
    a, b, c = await store.systems()
    assert (a.system_id, a.memories, a.last_seen, a.by_kind) == ("a", 1, 50, {"reflection": 1})
    assert (b.system_id, b.memories, b.last_seen, b.by_kind) == ("b", 2, 300, {"memory": 1, "reflection": 1})
    assert (c.system_id, c.memories, c.last_seen) == ("c", 0, None)
    counts = await store.counts()
    assert (counts.memories, counts.deleted, counts.systems, counts.with_vectors) == (3, 1, 3, 1)
    assert counts.by_kind == {"memory": 1, "reflection": 2}
    assert counts.uploads == {"unreadable": 1}
    await store.close()


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).filter(lambda text: text.strip())
_NAMES = st.none() | st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=10)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
_ROWS = st.builds(
    MemoryRow,
    st.sampled_from(["memory", "entity", "relationship"]),
    st.uuids().map(str),
    _TEXTS,
    st.none() | st.integers(0, 9).map(lambda seed: vector(seed, 1 + seed)),
    _NAMES,
    st.none() | st.floats(-1e9, 1e10),
    _NAMES,
    _NAMES,
    st.none() | st.integers(-(1 << 62), 1 << 62),
    _NAMES,
    st.sampled_from(["", "a.duckdb", "corpus/nodes.json"]),
    st.dictionaries(st.sampled_from(["name", "from_entity", "to_entity", "relation_type", "x"]), _VALUES, max_size=5),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(_ROWS, min_size=1, max_size=20, unique_by=lambda one: one.id))
async def test_whatever_a_row_holds_it_comes_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[MemoryRow]
) -> None:
    store = await opened(tmp_path_factory.mktemp("data"))
    assert await store.put("s", rows) == PutResult(stored=len(rows))
    for one in rows:
        found = await store.get("s", one.kind, one.id)
        assert found is not None
        assert found.row == one
    assert await store.put("s", rows) == PutResult(unchanged=len(rows))
    await store.close()
