"""Session-Buddy's own uploads: both layouts, both manifests, packed or not; the newest of each file is what counts."""

from __future__ import annotations

import gzip
import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import zstandard

from tests.akosha.ingest.hub import Hub, folder_source
from tests.akosha.ingest.laptop import Buddy, memories

pytestmark = pytest.mark.asyncio
ROWS = {f"c{i}": f"text {i}" for i in range(20)}
DAY1, DAY2, DAY3 = "2026-11-01T10:00:00", "2026-11-02T10:00:00", "2026-11-03T10:00:00"


@pytest.fixture
def buddy(cloud: Path) -> Buddy:
    return Buddy(cloud)


@pytest.mark.parametrize("inside", ["uploads/", ""])
@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("reflection.duckdb", lambda data: gzip.compress(data, 1)),
        ("reflection.duckdb.gz", lambda data: gzip.compress(data[:5000], 1) + gzip.compress(data[5000:], 1)),
        ("reflection.duckdb", lambda data: data),
        ("reflection.duckdb.zst", lambda data: zstandard.ZstdCompressor().compress(data)),
    ],
    ids=["gzip", "two-members", "plain", "zstd"],
)
async def test_a_whole_database_comes_in_however_it_is_packed(
    buddy: Buddy, hub: Hub, inside: str, name: str, pack: Any
) -> None:
    buddy.inside = inside
    buddy.upload("up1", {name: pack(buddy.database(ROWS, packed=False))}, DAY1)
    report = await hub.ingest()
    assert (report.ingested, report.rows, report.problems) == (1, 20, [])
    rows = await hub.rows("conversation", "macbook.local")
    assert {name: one.row.text for name, one in rows.items()} == ROWS
    assert rows["c1"].row.origin == "reflection.duckdb"
    assert rows["c1"].as_of == 1793527200.0


async def test_the_graph_comes_as_entities_and_relationships(buddy: Buddy, hub: Hub) -> None:
    buddy.upload("up1", {"knowledge_graph.duckdb": buddy.graph()}, DAY1)
    await hub.ingest()
    assert (await hub.texts("entity"))["e1"] == "DuckDB\nis a database\nis fast"
    relationship = (await hub.rows("relationship"))["r1"].row
    assert relationship.metadata["from_entity"] == "e1"
    assert relationship.metadata["properties"] == {"since": 1}


async def test_memories_json_with_the_manifest_of_the_hub_comes_in(buddy: Buddy, hub: Hub) -> None:
    data = memories(ROWS)
    buddy.upload(
        "up1",
        {"memories.json": data},
        DAY1,
        timestamp=None,
        upload_id=None,
        system_id=None,
        version="1.0",
        uploaded_at=f"{DAY1}Z",
        conversation_count=20,
        files=["memories.json"],
        checksum=hashlib.sha256(data).hexdigest(),
    )
    report = await hub.ingest()
    assert (report.ingested, report.rows) == (1, 20)
    row = (await hub.rows("conversation"))["c3"].row
    assert (row.text, row.origin, row.metadata["source"], row.metadata["metadata"]) == (
        "text 3",
        "memories.json",
        "x",
        {"a": 1},
    )
    assert len(row.vector or b"") == 16


async def test_the_newest_upload_is_the_whole_state(buddy: Buddy, hub: Hub) -> None:
    buddy.upload("up1", {"reflection.duckdb": buddy.database(ROWS)}, DAY1)
    buddy.upload("up2", {"reflection.duckdb": buddy.database({"c1": "changed", "new": "x"})}, DAY2)
    report = await hub.ingest()
    assert (report.ingested, report.skipped) == (1, 1)
    assert await hub.texts("conversation") == {"c1": "changed", "new": "x"}
    buddy.upload("up3", {"reflection.duckdb": buddy.database({"new": "x"})}, DAY3)
    report = await hub.ingest()
    assert (report.ingested, report.rows, report.deleted) == (1, 0, 1)
    assert await hub.texts("conversation") == {"new": "x"}


async def test_of_two_uploads_from_the_future_the_later_counts(buddy: Buddy, hub: Hub) -> None:
    buddy.upload("up1", {"memories.json": memories({"a": "older"})}, "2090-01-01T10:00:00")
    buddy.upload("up2", {"memories.json": memories({"a": "newer"})}, "2091-01-01T10:00:00")
    await hub.ingest()
    assert await hub.texts("conversation") == {"a": "newer"}
    buddy.upload("up3", {"memories.json": memories({"a": "clock put right"})}, datetime.now(UTC).isoformat())
    assert (await hub.ingest()).ingested == 1
    assert await hub.texts("conversation") == {"a": "clock put right"}


async def test_a_file_that_only_an_older_upload_holds_comes_from_that_one(buddy: Buddy, hub: Hub) -> None:
    buddy.upload("up1", {"knowledge_graph.duckdb": buddy.graph(), "reflection.duckdb": buddy.database(ROWS)}, DAY1)
    buddy.upload("up2", {"reflection.duckdb": buddy.database({"c1": "changed"})}, DAY2)
    report = await hub.ingest()
    assert (report.ingested, report.skipped) == (2, 0)
    assert await hub.texts("conversation") == {"c1": "changed"}
    assert set(await hub.rows("entity")) == {"e1"}
    assert (await hub.ingest()).changed is False
    await hub.again()
    buddy.upload("up0", {"reflection.duckdb": buddy.database(ROWS)}, "2026-10-01T10:00:00")
    assert (await hub.ingest()).skipped == 1, "older than what was read"


async def test_the_same_file_again_is_not_read_again(buddy: Buddy, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    data = buddy.database(ROWS)
    buddy.upload("up1", {"reflection.duckdb": data}, DAY1)
    await hub.ingest()
    monkeypatch.setattr("core.akosha.ingest.session_buddy.find_tables", None)
    buddy.upload("up2", {"reflection.duckdb": gzip.compress(gzip.decompress(data), 9)}, DAY2)
    report = await hub.ingest()
    assert (report.ingested, report.rows, report.problems) == (1, 0, [])
    assert await hub.texts("conversation") == ROWS


async def test_ingesting_again_adds_no_row_and_no_error(buddy: Buddy, hub: Hub) -> None:
    buddy.upload("up1", {"reflection.duckdb": buddy.database(ROWS), "memories.json": memories({"m": "x"})}, DAY1)
    await hub.ingest()
    seq = hub.store.seq(0)
    await hub.store.mark_upload("macbook.local", "up1", "quarantined", {"code": "x"}, {"version": "0"})
    await hub.again()
    report = await hub.ingest()
    assert (report.ingested, report.rows, report.deleted, report.problems) == (1, 0, 0, [])
    assert hub.store.seq(0) == seq


TRICKS: list[tuple[dict[str, bytes], dict[str, Any], str]] = [
    ({}, {"files": ["../../../etc/passwd"]}, "akosha.ingest_bad_name"),
    ({}, {"files": [{"name": "a/b.duckdb"}]}, "akosha.ingest_bad_name"),
    ({}, {"files": [{"name": 7}]}, "akosha.ingest_bad_name"),
    ({}, {"files": "all"}, "manifest.malformed"),
    ({}, {"files": ["reflection.duckdb"]}, "akosha.ingest_file_missing"),
    ({}, {"system_id": "another"}, "manifest.misplaced"),
    ({}, {"upload_id": "up2"}, "manifest.misplaced"),
    ({}, {"timestamp": "yesterday"}, "manifest.malformed"),
    ({}, {"timestamp": None}, "manifest.malformed"),
    ({}, {"version": "3.1"}, "manifest.future"),
    ({}, {"total_size_bytes": 100 << 30}, "akosha.ingest_too_large"),
    ({}, {"files": [{"name": "memories.json.gz", "size_bytes": 100 << 30}]}, "akosha.ingest_too_large"),
    ({"reflection.duckdb": b"no database"}, {}, "database.unreadable"),
    ({"reflection.duckdb": gzip.compress(b"no database")}, {}, "database.unreadable"),
    ({"reflection.duckdb": gzip.compress(bytes(9000))[:-9]}, {}, "akosha.ingest_bad_file"),
    ({"reflection.duckdb": zstandard.compress(bytes(9000))[:-3]}, {}, "akosha.ingest_bad_file"),
    ({"reflection.duckdb": b"\x04\x22\x4d\x18packed"}, {}, "akosha.ingest_compression"),
    ({"memories.json": b'{"conversations": [{"id": "a"'}, {}, "akosha.ingest_bad_file"),
    ({"memories.json": b'{"other": []}'}, {}, "akosha.ingest_bad_file"),
    ({"memories.json": b'{"conversations": ["a"]}'}, {}, "akosha.ingest_bad_file"),
    ({"memories.json": b"\xff\xfe"}, {}, "akosha.ingest_bad_file"),
    (
        {"memories.json": memories({"a": "x"})},
        {"files": ["memories.json"], "checksum": "0" * 64},
        "akosha.ingest_bad_file",
    ),
]


@pytest.mark.parametrize(("files", "manifest", "code"), TRICKS, ids=[str(number) for number in range(len(TRICKS))])
async def test_what_is_malformed_is_put_aside_and_the_next_upload_comes_in(
    buddy: Buddy, hub: Hub, files: dict[str, bytes], manifest: dict[str, Any], code: str
) -> None:
    buddy.upload("up1", files, DAY1, **manifest)
    report = await hub.ingest()
    assert (report.quarantined, report.failed) == (1, False)
    assert await hub.codes() == [code]
    assert (await hub.ingest()).changed is False
    buddy.upload("up3", {"memories.json": memories(ROWS)}, DAY3)
    assert (await hub.ingest()).rows == 20


@pytest.mark.parametrize("packed", [gzip.compress(bytes(300 << 20), 1), zstandard.compress(bytes(300 << 20))])
async def test_a_bomb_is_stopped_at_the_limit(buddy: Buddy, tmp_path: Path, packed: bytes) -> None:
    hub = await Hub(tmp_path, folder_source(buddy.cloud), options={"most_scratch": 100 << 20}).open()
    try:
        buddy.upload("up1", {"memories.json": packed}, DAY1)
        await hub.ingest()
        assert await hub.codes() == ["akosha.ingest_too_large"]
    finally:
        await hub.close()


async def test_an_upload_without_memories_is_passed_by(buddy: Buddy, hub: Hub) -> None:
    buddy.upload("up1", {"settings.txt": b"x"}, DAY1)
    report = await hub.ingest()
    assert (report.skipped, report.quarantined) == (1, 0)
    assert await hub.codes() == ["akosha.ingest_no_memories"]


async def test_an_upload_without_a_manifest_is_not_there_yet(buddy: Buddy, hub: Hub) -> None:
    folder = buddy.upload("up1", {"memories.json": memories(ROWS)}, DAY1)
    manifest = folder / "manifest.json"
    data = manifest.read_bytes()
    manifest.unlink()
    assert (await hub.ingest()).seen == 0
    manifest.write_bytes(data)
    assert (await hub.ingest()).rows == 20


async def test_a_file_replaced_while_it_is_read_is_read_later(
    buddy: Buddy, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.akosha.ingest import find

    folder = buddy.upload("up1", {"memories.json": memories(ROWS)}, DAY1)
    real = find._upload

    def larger(*args: Any) -> Any:
        one = real(*args)
        if one is not None:
            one.files["memories.json"] += 5
        return one

    monkeypatch.setattr(find, "_upload", larger)
    report = await hub.ingest()
    assert (report.quarantined, report.ingested, len(report.problems)) == (0, 0, 1)
    monkeypatch.setattr(find, "_upload", real)
    assert (await hub.ingest()).rows == 20
    assert folder.exists()
