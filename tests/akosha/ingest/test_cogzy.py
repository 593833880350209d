"""What a computer's engine uploaded comes into the hub: all of it, once, and nothing that is gone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.akosha.ingest.hub import Hub
from tests.sync.world import Computer

pytestmark = pytest.mark.asyncio
SYSTEM = "laptop-a1b2"
A_LISTING = 2
"""A folder store looks once more to know that there is no more."""


def conversations(stop: int, text: str = "text") -> dict[str, str]:
    return {f"c{i}": f"{text} {i}" for i in range(stop)}


async def test_a_first_upload_brings_every_row_of_databases_and_vault(computer: Computer, new_hub: Hub) -> None:
    report = await new_hub.ingest()
    assert (report.ingested, report.rows, report.problems, report.failed) == (1, 270, [], False)
    assert await new_hub.texts("conversation") == conversations(200)
    assert set(await new_hub.texts("entity")) == {str(i) for i in range(50)}
    nodes = await new_hub.rows("node")
    assert set(nodes) == {f"n{i}" for i in range(20)}
    node = nodes["n7"]
    assert node.system_id == SYSTEM
    assert (node.row.origin, node.row.conversation, node.row.position) == ("corpus/nodes.json", "c", 7)
    assert "question 7" in node.row.text
    assert np.frombuffer(node.row.vector or b"", "<f4").tolist() == [1.0] * 4
    row = (await new_hub.rows("conversation"))["c3"].row
    assert row.origin == "reflection.duckdb"


async def test_a_later_upload_brings_only_what_changed(computer: Computer, its_hub: Hub) -> None:
    computer.add_rows(100, 105, "changed")
    computer.add_rows(200, 210)
    computer.sql("DELETE FROM conversations_v2 WHERE id IN ('c0', 'c1')")
    await computer.sync()
    report = await its_hub.ingest()
    assert (report.ingested, report.rows, report.deleted) == (1, 15, 2)
    wanted = conversations(210) | {f"c{i}": f"changed {i}" for i in range(100, 105)}
    del wanted["c0"], wanted["c1"]
    assert await its_hub.texts("conversation") == wanted
    assert len(await its_hub.rows("node")) == 20


async def test_a_delta_costs_one_read_of_manifest_table_and_piece(computer: Computer, its_hub: Hub) -> None:
    for number in range(3):
        computer.add_rows(300 + number, 301 + number)
        await computer.sync()
        its_hub.requests()
        await its_hub.ingest()
        # the listing of systems and of this one's uploads, and one read each of manifest, table and pack; a hub that
        # was started anew reads the manifest of before
        assert its_hub.requests() <= 2 * A_LISTING + 3 + (number == 0)


async def test_nothing_new_costs_one_listing_a_system(computer: Computer, its_hub: Hub) -> None:
    its_hub.requests()
    report = await its_hub.ingest()
    assert (report.ingested, report.unchanged, report.changed) == (0, 1, False)
    assert its_hub.requests() == 2 * A_LISTING


async def test_rows_gone_from_the_vault_are_gone_from_the_hub(computer: Computer, its_hub: Hub) -> None:
    service = computer.service()
    nodes, vectors = service.read_nodes()[5:], np.asarray(service.read_node_embeddings())[5:]
    with service.transaction() as tx:
        tx.write_nodes(nodes)
        tx.write_node_embeddings(vectors)
    computer.remember(20, 1)
    await computer.sync()
    report = await its_hub.ingest()
    assert set(await its_hub.rows("node")) == {f"n{i}" for i in range(5, 21)}
    assert report.deleted == 5
    assert report.rows == 1


async def test_a_new_image_takes_away_what_it_does_not_hold(computer: Computer, its_hub: Hub) -> None:
    computer.sql(
        "DELETE FROM conversations_v2 WHERE id < 'c1'", "ALTER TABLE conversations_v2 ADD COLUMN project VARCHAR"
    )
    computer.sql("INSERT INTO conversations_v2 (id, content, project) VALUES ('new', 'hello', 'cogzy')")
    await computer.sync(expect=False)
    report = await its_hub.ingest()
    assert "new" in await its_hub.texts("conversation")
    assert report.deleted == 1
    assert (await its_hub.rows("conversation"))["new"].row.project == "cogzy"


async def test_a_hub_that_fell_behind_reads_the_newest_upload_alone(computer: Computer, new_hub: Hub) -> None:
    for number in range(3):
        computer.add_rows(200 + number, 202 + number, f"round {number}")
        if number == 1:
            computer.sql("DELETE FROM conversations_v2 WHERE id = 'c7'")
        await computer.sync()
    report = await new_hub.ingest()
    assert report.ingested + report.skipped == 4
    assert await new_hub.texts("conversation") == {
        row[0]: row[1] for row in _rows(computer, "SELECT id, content FROM conversations_v2")
    }
    newest, *others = await new_hub.records()
    assert (newest.state, newest.rows) == ("ingested", 273)
    assert {one.reason["code"] if one.reason else one.detail["with"] for one in others} <= {
        "akosha.ingest_superseded",
        newest.upload_id,
    }
    assert (await new_hub.ingest()).unchanged == 4


def _rows(computer: Computer, query: str) -> list[tuple[str, ...]]:
    import duckdb

    with duckdb.connect(str(computer.reflections), read_only=True) as database:
        return database.execute(query).fetchall()


async def test_ingesting_everything_again_changes_nothing(computer: Computer, new_hub: Hub) -> None:
    computer.add_rows(200, 210)
    await computer.sync()
    await new_hub.ingest()
    before = {name: one.label for name, one in (await new_hub.rows()).items()}
    fresh = await Hub(new_hub.folder / "other", new_hub.source).open()
    try:
        await fresh.ingest()
        assert set(await fresh.rows()) == set(before)
    finally:
        await fresh.close()
    await new_hub.again()
    seq = new_hub.store.seq(0)
    for record in await new_hub.records():
        aside = ("quarantined", {"code": "x"}, {"version": "0"})
        await new_hub.store.mark_upload(record.system_id, record.upload_id, *aside)
    await new_hub.again()
    report = await new_hub.ingest()
    assert report.ingested + report.skipped == 2
    assert (report.rows, report.deleted, report.bad_rows, report.problems) == (0, 0, 0, [])
    assert {name: one.label for name, one in (await new_hub.rows()).items()} == before
    assert new_hub.store.seq(0) == seq


async def test_several_systems_with_equal_ids_stay_apart(computer: Computer, new_hub: Hub, tmp_path: Path) -> None:
    other = Computer(tmp_path / "desktop", computer.cloud, name="desktop")
    try:
        other.add_rows(0, 50, "other")
        await other.sync()
        report = await new_hub.ingest()
        assert (report.systems, report.ingested) == (2, 2)
        assert await new_hub.texts("conversation", SYSTEM) == conversations(200)
        assert await new_hub.texts("conversation", "desktop-a1b2") == conversations(50, "other")
    finally:
        await other.close()


async def test_a_row_pushed_meanwhile_is_not_undone_by_an_older_upload(computer: Computer, new_hub: Hub) -> None:
    import time

    from core.memory.rows import MemoryRow

    newer = MemoryRow("conversation", "c5", "said later", origin="reflection.duckdb")
    await new_hub.store.put(SYSTEM, [newer], as_of=time.time() - 60)
    await new_hub.ingest()
    assert (await new_hub.texts("conversation"))["c5"] == "said later"
    assert len(await new_hub.rows("conversation")) == 200


async def test_a_restarted_hub_goes_on_from_its_markers(computer: Computer, its_hub: Hub) -> None:
    await its_hub.again()
    computer.add_rows(200, 201)
    await computer.sync()
    report = await its_hub.ingest()
    assert (report.ingested, report.rows, report.unchanged) == (1, 1, 1)


async def test_databases_of_one_name_are_told_apart(tmp_path: Path, cloud: Path, hub: Hub) -> None:
    import json

    import duckdb

    second = tmp_path / "second" / "reflection.duckdb"
    second.parent.mkdir()
    with duckdb.connect(str(second)) as database:
        database.execute("CREATE TABLE reflections_v2 (id VARCHAR PRIMARY KEY, content VARCHAR)")
        database.execute("INSERT INTO reflections_v2 VALUES ('r1', 'thought')")
    extra = [{"name": "second", "kind": "duckdb", "path": str(second)}]
    computer = Computer(tmp_path / "laptop", cloud, environ={})
    computer.environ["COGZY_SOURCES_EXTRA"] = json.dumps(extra)
    try:
        computer.add_rows(0, 20)
        await computer.sync()
        await hub.ingest()
        assert {one.row.origin for one in (await hub.rows("conversation")).values()} == {"reflection.duckdb"}
        assert [one.row.origin for one in (await hub.rows("reflection")).values()] == ["second/reflection.duckdb"]
    finally:
        await computer.close()
