"""Settings that decide whether and what the engine syncs."""

from __future__ import annotations

import json

import pytest

from core.sync.events import Notice, Sync
from tests.sync.world import Computer, objects

pytestmark = pytest.mark.asyncio


async def test_a_session_that_ends_sends_nothing_when_the_settings_say_so(computer: Computer) -> None:
    computer.environ["COGZY_UPLOAD_ON_SESSION_END"] = "false"
    result = await computer.run(Sync(trigger="session_end"))
    assert {attempt["reason"] for attempt in result["attempts"]} == {"sync.session_end_off"}
    assert not objects(computer.cloud)
    assert (await computer.sync())["files_uploaded"]


async def test_a_source_whose_name_is_taken_is_told_and_the_rest_goes_up(computer: Computer) -> None:
    taken = {"name": "claude-code", "kind": "sqlite", "path": str(computer.notes)}
    computer.environ["COGZY_SOURCES_EXTRA"] = json.dumps([taken])
    assert (await computer.sync())["files_uploaded"]
    assert "sources.name_twice" in [event.code for event in computer.events if isinstance(event, Notice)]
