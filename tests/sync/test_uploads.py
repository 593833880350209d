"""What an upload sends and what comes back, with real databases, transcripts and a vault, in a folder as the cloud."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.sync import rules
from tests.sync.world import Computer, Traffic, objects, tables_of

pytestmark = pytest.mark.asyncio


async def test_the_first_sync_sends_everything_and_it_comes_back_equal(computer: Computer) -> None:
    result = await computer.sync()
    assert result["files_uploaded"] == 8
    assert result["rows_changed"] == 250
    assert result["upload_id"] == computer.head().head
    assert await computer.restore() == computer.truth()


async def test_with_nothing_new_there_is_no_request_and_nothing_is_written(
    computer: Computer, traffic: Traffic
) -> None:
    first = await computer.sync()
    before = objects(computer.cloud)
    traffic.take()
    again = await computer.sync()
    assert traffic.take() == 0
    assert objects(computer.cloud) == before
    assert (again["upload_id"], again["bytes_transferred"], again["files_uploaded"]) == (first["upload_id"], 0, 0)


@pytest.mark.parametrize("what", ["rows", "transcript", "vault", "note"])
async def test_a_small_change_is_one_pack_one_table_one_manifest(
    computer: Computer, traffic: Traffic, what: str
) -> None:
    await computer.sync()
    before = objects(computer.cloud)
    match what:
        case "rows":
            computer.add_rows(0, 3, "changed")
            computer.sql("DELETE FROM conversations_v2 WHERE id = 'c9'")
        case "transcript":
            computer.say("one/session.jsonl", 1)
        case "vault":
            computer.remember(100, 1)
        case "note":
            computer.add_note("second")
    traffic.take()
    result = await computer.sync()
    new = objects(computer.cloud).keys() - before.keys()
    assert sorted(key.rpartition("/")[2].rpartition(".")[2] for key in new) == ["json", "pack", "table"]
    assert traffic.take() <= 4
    assert result["rows_changed"] == (4 if what == "rows" else 0)
    assert await computer.restore() == computer.truth()


async def test_a_manifest_names_its_new_packs_and_what_is_in_it(computer: Computer) -> None:
    await computer.sync()
    for full in (False, True):
        before = objects(computer.cloud, "/packs/").keys()
        computer.add_rows(0, 3, f"changed, full: {full}")
        result = await computer.sync(full=full)
        manifest = json.loads(objects(computer.cloud, result["upload_id"] + "/manifest")[manifest_of(result)])
        packs = objects(computer.cloud, "/packs/").keys() - before
        assert set(manifest["metadata"]["cogzy"]["packs"]) == {Path(key).stem for key in packs}
        assert manifest["conversation_count"] == 200
        assert "sources_session-buddy-reflection_reflection.duckdb" in manifest["files"]


def manifest_of(result: dict[str, str]) -> str:
    upload = result["upload_id"]
    return f"systems/laptop-a1b2/uploads/{upload}/manifest.json"


async def test_a_chain_of_deltas_restores_every_one_of_its_uploads(computer: Computer) -> None:
    truths = {}
    computer.sql("CREATE TABLE extra(id INTEGER PRIMARY KEY, note VARCHAR)")
    for number in range(5):
        computer.add_rows(number * 10, number * 10 + 20, f"edition {number}")
        computer.sql(
            f"DELETE FROM conversations_v2 WHERE id = 'c{number * 7}'",
            f"INSERT INTO extra VALUES ({number}, 'n')",
        )
        computer.say("one/session.jsonl", number)
        result = await computer.sync()
        truths[result["upload_id"]] = computer.truth()
    assert len(truths) == 5
    for number, (upload, truth) in enumerate(truths.items()):
        assert await computer.restore(upload, f"restored-{number}") == truth


async def test_only_one_topic_goes_when_it_is_asked_for(computer: Computer) -> None:
    await computer.sync(only="reflections")
    assert set(await computer.restore()) == {"sources/session-buddy-reflection/reflection.duckdb"}
    await computer.sync(only="vault")
    assert {path.split("/")[0] for path in await computer.restore(into="two")} == {"sources", "vault"}
    await computer.sync(only="knowledge-graph")
    await computer.sync()
    assert await computer.restore(into="three") == computer.truth()


async def test_a_change_outside_the_asked_for_topic_is_not_forgotten(computer: Computer) -> None:
    await computer.sync()
    computer.remember(50, 1)
    computer.add_rows(0, 1, "changed")
    await computer.sync(only="reflections")
    await computer.sync(only="vault")
    assert await computer.restore() == computer.truth()


async def test_full_takes_an_image_and_costs_nothing_that_is_there(computer: Computer) -> None:
    await computer.sync()
    result = await computer.sync(full=True)
    assert result["pieces_new"] == 0, "an image of the same bytes has the same pieces"
    computer.add_rows(0, 3, "changed")
    await computer.sync(full=True)
    assert len(computer.head().chain) == 1
    assert await computer.restore() == computer.truth()


async def test_without_compression_everything_comes_back(computer: Computer) -> None:
    computer.environ["COGZY_ENABLE_COMPRESSION"] = "false"
    await computer.sync()
    texts = [body for body in objects(computer.cloud, ".pack").values() if b'"line": 7' in body]
    assert texts, "the transcripts stand in the packs as they are"
    computer.say("one/session.jsonl", 3)
    await computer.sync()
    assert await computer.restore() == computer.truth()


async def test_without_deduplication_everything_is_sent_again_and_comes_back(computer: Computer) -> None:
    computer.environ["COGZY_ENABLE_DEDUPLICATION"] = "false"
    await computer.sync()
    computer.say("one/session.jsonl", 1)
    result = await computer.sync()
    assert result["pieces_reused"] == 0
    assert await computer.restore() == computer.truth()
    computer.environ["COGZY_ENABLE_DEDUPLICATION"] = "true"
    await computer.sync(full=True)
    assert await computer.restore(into="folded") == computer.truth()


async def test_a_chain_is_folded_and_what_was_dropped_comes_back_later(
    empty: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "FOLD_AT_CHAIN", 4)
    gone, truths, lengths = empty.vault / "traces" / "old.json", {}, []
    text = json.dumps({"text": "once and again"})
    for number in range(14):
        empty.say("one/session.jsonl", 2)
        if number in (1, 9):
            gone.parent.mkdir(parents=True, exist_ok=True)
            gone.write_text(text)
        elif number == 2:
            gone.unlink()
        result = await empty.sync()
        truths[result["upload_id"]] = empty.truth()
        lengths.append(len(empty.head().chain))
    assert lengths == [1, 2, 3, 4] * 3 + [1, 2]
    for number, (upload, truth) in enumerate(truths.items()):
        assert await empty.restore(upload, f"restored-{number}") == truth


async def test_a_transcript_that_its_owner_deletes_stays_and_a_vault_file_goes(computer: Computer) -> None:
    await computer.sync()
    before = computer.truth()
    (computer.transcripts / "two" / "session.jsonl").unlink()
    next((computer.vault / "traces").glob("*.json")).unlink()
    await computer.sync()
    after = await computer.restore()
    assert after["sources/claude-code/two/session.jsonl"] == before["sources/claude-code/two/session.jsonl"]
    assert {path for path in before if path not in after} == {p for p in before if p.startswith("vault/traces/")}


async def test_a_missing_source_is_not_found_and_stays_in_the_cloud(computer: Computer) -> None:
    await computer.sync()
    before = computer.truth()
    computer.reflections.unlink()
    computer.notes.unlink()
    computer.say("one/session.jsonl", 1)
    await computer.sync()
    after = await computer.restore()
    for path in ("sources/session-buddy-reflection/reflection.duckdb", "sources/notes/notes.db"):
        assert after[path] == before[path]
    assert (await computer.sync())["files_uploaded"] == 0


async def test_files_that_were_touched_but_not_changed_are_looked_at_once(computer: Computer, traffic: Traffic) -> None:
    await computer.sync()
    before = objects(computer.cloud)
    for path in [*computer.transcripts.rglob("*.jsonl"), computer.vault / "corpus" / "nodes.json", computer.notes]:
        path.touch()
    await computer.sync()
    assert objects(computer.cloud) == before
    traffic.take()
    await computer.sync()
    assert traffic.take() == 0


async def test_a_database_with_a_log_goes_with_it(computer: Computer) -> None:
    import duckdb

    owner = duckdb.connect(str(computer.reflections))
    owner.execute("PRAGMA disable_checkpoint_on_shutdown")
    owner.execute("SET checkpoint_threshold = '1GB'")
    owner.execute("INSERT INTO conversations_v2(id, content) VALUES ('late', 'in the log alone')")
    owner.close()
    assert computer.reflections.with_name("reflection.duckdb.wal").exists()
    await computer.sync()
    restored = await computer.restore()
    name = "sources/session-buddy-reflection/reflection.duckdb"
    assert restored[name] == tables_of(computer.reflections)
    assert any(row[0] == "late" for row in restored[name]["main.conversations_v2"])
