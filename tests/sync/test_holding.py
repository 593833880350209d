"""Text with a likely secret does not leave before a person decided: only it waits, and it goes as soon as it may."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core import settings
from core.presenting import english, view
from core.sync.events import (
    CheckForChanges,
    DecideSecrets,
    FindSecrets,
    RedactSecrets,
    Status,
    Sync,
)
from core.sync.secrets.memory import ScanMemory
from core.sync.secrets.readers import Search, in_thread
from tests.sync.world import Computer, objects

AWS = "AKIAQWERTYUIOPASDF12"
GITHUB = "ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
ANTHROPIC = "sk-ant-api03-" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7" * 3


@pytest.fixture
def computer(tmp_path: Path) -> Iterator[Computer]:
    made = Computer(tmp_path / "laptop", tmp_path / "cloud")
    made.environ |= {"COGZY_ENABLE_COMPRESSION": "false"}
    made.fill()
    yield made
    asyncio.run(made.close())


def in_transcript(computer: Computer, secret: str = GITHUB, session: str = "one/session.jsonl") -> None:
    with (computer.transcripts / session).open("a") as file:
        file.write(json.dumps({"text": f"export GITHUB_TOKEN={secret}"}) + "\n")


def in_vault(computer: Computer) -> None:
    service = computer.service()
    nodes = service.read_nodes()
    nodes[3]["human_content"] = f"my key is {AWS} I think"
    service.write_nodes(nodes)


def stored(computer: Computer) -> bytes:
    return b"".join(objects(computer.cloud).values())


async def held(computer: Computer) -> dict[str, Any]:
    """What the status says of it: the state and its sentence, and what waits."""
    status = await computer.run(Status())
    return {"state": status["state"], "says": english(view(status).sentence), **status["secrets"]}


async def ids(computer: Computer) -> list[str]:
    return [one["id"] for one in (await computer.run(FindSecrets()))["secrets"] if one["decision"] is None]


@pytest.mark.asyncio
@pytest.mark.parametrize("trigger", ["schedule", "user"])
async def test_a_file_with_a_secret_waits_and_everything_else_goes(computer: Computer, trigger: str) -> None:
    in_transcript(computer)
    result = await computer.sync(expect=False, trigger=trigger)
    assert [(n["code"], n["params"]) for n in result["notices"]] == [
        ("secrets.held", {"name": "claude-code", "count": 1})
    ]
    up = await computer.restore()
    assert "sources/claude-code/two/session.jsonl" in up
    assert "sources/claude-code/one/session.jsonl" not in up
    assert {"vault/corpus/nodes.json", "sources/session-buddy-reflection/reflection.duckdb"} <= set(up)
    assert await held(computer) == {
        "state": "attention",
        "says": "Likely secrets wait for your decision: 1",
        "count": 1,
        "parts": ["claude-code"],
    }


@pytest.mark.asyncio
async def test_a_decision_lets_it_go_at_the_next_sync_and_the_schedule_sees_it(computer: Computer) -> None:
    in_transcript(computer)
    await computer.sync(expect=False)
    await computer.sync(expect=False)  # it goes on waiting
    assert GITHUB.encode() not in stored(computer)
    before = await computer.run(CheckForChanges())
    await computer.run(DecideSecrets(await ids(computer)))
    after = await computer.run(CheckForChanges())
    assert after["changed"]
    assert after["fingerprint"] != before["fingerprint"]
    assert (await held(computer))["state"] == "idle"
    await computer.sync()
    assert await computer.restore() == computer.truth()
    assert not (await computer.run(CheckForChanges()))["changed"]


@pytest.mark.asyncio
async def test_a_memory_with_a_secret_holds_the_corpus_and_taking_it_out_lets_it_go(computer: Computer) -> None:
    in_vault(computer)
    await computer.sync(expect=False)
    up = await computer.restore()
    assert not [path for path in up if path.startswith(("vault/corpus", "vault/vectors"))]
    assert [path for path in up if path.startswith("vault/traces")]
    await computer.run(RedactSecrets(await ids(computer)))
    assert (await held(computer))["count"] == 0
    await computer.sync()
    assert AWS.encode() not in stored(computer)
    assert await computer.restore(into="again") == computer.truth()


@pytest.mark.asyncio
async def test_of_a_database_all_that_is_new_waits_and_nothing_that_went_up_before_counts(computer: Computer) -> None:
    await computer.sync()
    computer.sql(f"UPDATE conversations_v2 SET content = 'see {ANTHROPIC}' WHERE id = 'c7'")
    computer.add_note(f"postgres://ada:{'s3cr3tPa55w0rt'}@db.internal/notes")
    assert not (await computer.sync(expect=False))["rows_changed"]
    assert (await held(computer))["parts"] == ["notes", "session-buddy-reflection"]
    await computer.run(DecideSecrets(await ids(computer)))
    assert (await computer.sync())["rows_changed"] == 1
    assert await computer.restore() == computer.truth()
    computer.add_rows(200, 201)
    await computer.sync()  # the row with the secret is there already


@pytest.mark.asyncio
async def test_a_first_copy_of_a_database_is_searched_whole(computer: Computer) -> None:
    computer.sql(f"UPDATE conversations_v2 SET content = 'see {ANTHROPIC}' WHERE id = 'c7'")
    await computer.sync(expect=False)
    assert (await held(computer))["parts"] == ["session-buddy-reflection"]
    assert ANTHROPIC.encode() not in stored(computer)
    computer.sql("UPDATE conversations_v2 SET content = 'gone' WHERE id = 'c7'")
    await computer.sync()
    assert (await held(computer))["state"] == "idle"


@pytest.mark.asyncio
async def test_what_is_left_out_or_switched_off_holds_nothing_back_any_more(computer: Computer) -> None:
    in_transcript(computer)
    computer.add_note(f"postgres://ada:{'s3cr3tPa55w0rt'}@db.internal/notes")
    await computer.sync(expect=False)
    assert (await held(computer))["count"] == 2
    computer.environ |= {"COGZY_SOURCES_EXCLUDE": "/one/", "COGZY_SOURCES_EXTRA": "[]"}
    assert (await held(computer))["state"] == "idle"
    await computer.sync()


@pytest.mark.asyncio
async def test_the_search_can_be_switched_off(computer: Computer) -> None:
    in_transcript(computer)
    await computer.sync(expect=False)
    settings.save(computer.vault, {"sources.hold_secrets": False}, computer.environ)
    assert (await held(computer))["state"] == "idle"
    await computer.sync()
    assert await computer.restore() == computer.truth()


@pytest.mark.asyncio
async def test_a_part_that_was_not_looked_at_goes_on_waiting(computer: Computer) -> None:
    in_transcript(computer)
    await computer.sync(expect=False)
    in_vault(computer)
    await computer.sync(expect=False, only="vault")
    assert (await held(computer))["parts"] == ["claude-code", "vault"]


@pytest.mark.asyncio
async def test_a_file_that_grew_is_searched_at_its_end_and_waits_whole(computer: Computer) -> None:
    await computer.sync()
    before = (computer.transcripts / "one" / "session.jsonl").read_bytes()
    in_transcript(computer)
    await computer.sync(expect=False)
    assert (await computer.restore())["sources/claude-code/one/session.jsonl"] == before
    assert await ids(computer)
    assert (await computer.run(Sync()))["success"]


@pytest.mark.asyncio
async def test_what_a_search_uses_is_closed_after_it_ends_even_when_it_is_cancelled_twice(vault_dir: Path) -> None:
    begun, may_end, found = threading.Event(), threading.Event(), []

    def work() -> None:
        begun.set()
        may_end.wait(60)
        found.append(memory.unit("vault/traces/a.json"))

    async def use() -> None:
        with memory:
            await in_thread(Search(memory, lambda _: None), work)

    memory = ScanMemory(vault_dir)
    task = asyncio.create_task(use())
    await asyncio.to_thread(begun.wait)
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0)
    assert not task.done()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert found == [None]


@pytest.mark.asyncio
async def test_the_memory_of_a_search_is_not_closed_under_who_writes_to_it(vault_dir: Path) -> None:
    memory = ScanMemory(vault_dir)
    with memory.at_once():
        closing = asyncio.create_task(asyncio.to_thread(memory.__exit__))
        await asyncio.wait([closing], timeout=0.05)
        assert not closing.done()
        assert memory.held() == []
    await closing
