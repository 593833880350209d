"""The HTTP method and the real hub: what is pushed is found there, deletions too, and tokens do what they say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.sync.errors import HybridSyncError
from core.sync.events import TestConnection
from tests.akosha.server.running import RunningHub, hub
from tests.sync.world import Computer

pytestmark = pytest.mark.asyncio

SYSTEM = "laptop-a1b2"


@pytest.fixture
def akosha(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningHub]:
    monkeypatch.setenv("COGZY_MODEL_DIR", str(tmp_path / "no-model"))
    with hub(tmp_path / "hub") as running:
        yield running


@pytest.fixture
def guarded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningHub]:
    """A hub that wants a token."""
    monkeypatch.setenv("COGZY_MODEL_DIR", str(tmp_path / "no-model"))
    with hub(tmp_path / "hub", require_token=True) as running:
        yield running


def memories(running: RunningHub) -> dict[str, int]:
    """How many memories of each kind the hub has of this computer."""
    found = running.do(running.application.status)
    return next((dict(one["by_kind"]) for one in found["systems"] if one["system_id"] == SYSTEM), {})


async def push(computer: Computer, **options: Any) -> dict[str, Any]:
    return await computer.sync(method="http", **options)


async def test_what_is_pushed_is_found_and_what_is_deleted_is_not(computer: Computer, akosha: RunningHub) -> None:
    computer.environ["COGZY_HUB_URL"] = akosha.url
    assert (await push(computer))["rows_changed"] == 270
    assert memories(akosha) == {"conversation": 200, "entity": 50, "node": 20}
    found = akosha.call("search_all_systems", query="question 7", limit=5)
    assert any("question 7" in one["content"] for one in found["results"])

    computer.sql("DELETE FROM conversations_v2 WHERE id IN ('c1', 'c2')")
    computer.add_rows(5, 6, "changed")
    assert (await push(computer))["rows_changed"] == 3
    assert memories(akosha)["conversation"] == 198
    assert akosha.call("get_memory", memory_id="c5", kind="conversation", system_id=SYSTEM)["text"] == "changed 5"
    assert (await push(computer))["requests"] == 0

    assert (await push(computer, full=True))["rows_changed"] == 268
    assert memories(akosha) == {"conversation": 198, "entity": 50, "node": 20}, "sending again adds nothing"


@pytest.mark.parametrize("scopes", [{"write"}, {"write", "read"}])
async def test_a_token_of_this_computer_may_push(empty: Computer, guarded: RunningHub, scopes: set[str]) -> None:
    empty.remember(0, 20)
    token = guarded.application.tokens.create(SYSTEM, scopes, "")
    empty.environ |= {"COGZY_HUB_URL": guarded.url, "COGZY_HUB_TOKEN": str(token.secret)}
    report = await empty.run(TestConnection())
    assert [step["ok"] for step in report["hub"]["steps"]] == [True] * 5
    counts = guarded.do(guarded.application.store.counts)
    assert (counts.memories, counts.deleted, counts.systems) == (0, 0, 0), "the test leaves nothing"
    assert (await push(empty))["rows_changed"] == 20
    assert memories(guarded) == {"node": 20}
    empty.remember(20, 1)
    guarded.application.tokens.revoke(token.id)
    with pytest.raises(HybridSyncError) as caught:
        await push(empty)
    assert caught.value.code == "hub.token_wrong"


@pytest.mark.parametrize(
    ("system", "scopes", "step", "code"),
    [
        (SYSTEM, {"read"}, 4, "hub.not_allowed"),
        ("desktop-1", {"write", "read"}, 4, "hub.token_refused"),
        ("desktop-1", {"write"}, 4, "hub.token_refused"),
        (None, set(), 2, "hub.token_missing"),
    ],
)
async def test_any_other_token_is_told_what_it_lacks(
    empty: Computer, guarded: RunningHub, system: str | None, scopes: set[str], step: int, code: str
) -> None:
    empty.remember(0, 3)
    empty.environ["COGZY_HUB_URL"] = guarded.url
    if system is not None:
        empty.environ["COGZY_HUB_TOKEN"] = str(guarded.application.tokens.create(system, scopes, "").secret)
    report = await empty.run(TestConnection())
    assert [at for at, one in enumerate(report["hub"]["steps"]) if one["ok"] is False] == [step]
    assert report["hub"]["steps"][step]["error"]["code"] == code
    with pytest.raises(HybridSyncError) as caught:
        await push(empty)
    assert caught.value.code == code
    assert memories(guarded) == {}
