"""When the bucket is away the hub gets the rows, everybody is told so, and the bucket catches up by itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core import settings as saved
from core.errors import UsageError
from core.presenting import english, view
from core.sync.errors import HybridSyncError
from core.sync.events import CheckForChanges, StateChanged, Status, Sync, TestConnection
from core.sync.rules import OVERDUE_SECONDS, missed_cloud
from core.sync.state_file import StateFile
from tests.forked import run_forked
from tests.hub_stand_in import HubStandIn
from tests.sync.world import Computer

pytestmark = pytest.mark.asyncio

NOT_THERE = "Not in your bucket"


def unplug(computer: Computer) -> Path:
    """Take the disk with the cloud copy away."""
    away = computer.cloud.with_name("unplugged")
    computer.cloud.rename(away)
    return away


def outcomes(result: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    return [(attempt["method"], attempt["outcome"], attempt["reason"]) for attempt in result["attempts"]]


async def status(computer: Computer) -> dict[str, Any]:
    found: dict[str, Any] = await computer.run(Status())
    return found


async def test_the_cloud_comes_first_and_the_hub_is_not_asked(light: Computer, hub: HubStandIn) -> None:
    result = await light.sync()
    assert outcomes(result) == [("cloud", "succeeded", None), ("http", "skipped", "sync.not_needed")]
    assert hub.requests == 0
    assert (await status(light))["state"] == "idle"


async def test_the_hub_takes_over_and_the_bucket_catches_up(light: Computer, hub: HubStandIn) -> None:
    await light.sync()
    committed = light.head().committed_at
    light.remember(20, 5)
    away = unplug(light)

    result = await light.sync(expect=False)
    assert result["success"]
    assert result["method"] == "http"
    assert outcomes(result)[1] == ("http", "succeeded", None)
    assert outcomes(result)[0][1] in ("failed", "unavailable")
    assert missed_cloud(result["attempts"]) == "storage.folder_missing"
    assert result["attempts"][0]["error"]["next_step"]
    assert len(hub.ids("node")) == 25

    shown = await status(light)
    assert (shown["state"], shown["reason"]) == ("attention", "cloud.hub_only")
    assert shown["methods"]["cloud"]["last_success"] == committed
    assert shown["methods"]["cloud"]["last_error"]["code"] == "storage.folder_missing"
    assert shown["methods"]["http"]["last_success"] == light.clock.now
    assert shown["methods"]["http"]["last_error"] is None
    assert shown["methods"]["http"]["last_sent"]["rows_changed"] == 25
    assert shown["methods"]["http"]["rows"] == 25
    assert shown["waiting"] == ["vault"]

    found = await light.run(CheckForChanges())
    assert (found["changed"], found["should_sync"], found["catch_up"]) == (True, True, True)
    again = await light.sync(expect=False)
    assert (again["method"], again["requests"], again["rows_changed"]) == ("http", 0, 0), "the hub has it all"

    away.rename(light.cloud)
    result = await light.sync()
    assert outcomes(result) == [("cloud", "succeeded", None), ("http", "skipped", "sync.not_needed")]
    assert result["files_uploaded"] > 0
    shown = await status(light)
    assert (shown["state"], shown["waiting"]) == ("idle", [])
    assert shown["methods"]["cloud"]["last_error"] is None
    assert not (await light.run(CheckForChanges()))["changed"]


async def test_what_the_cloud_has_the_hub_may_still_lack(light: Computer, hub: HubStandIn) -> None:
    await light.sync()
    result = await light.sync(method="http")
    assert result["rows_changed"] == 20
    assert (await status(light))["state"] == "idle", "the bucket has it, too"


async def test_the_overdue_alarm_counts_commits_in_the_bucket_alone(light: Computer) -> None:
    await light.sync()
    light.remember(20, 1)
    unplug(light)
    for _ in range(4):
        light.clock.pass_by(OVERDUE_SECONDS / 3)
        await light.sync(expect=False)
    shown = await status(light)
    assert (shown["state"], shown["reason"]) == ("attention", "cloud.hub_only")
    assert light.clock.now - shown["methods"]["cloud"]["last_success"] > OVERDUE_SECONDS


async def test_without_fallback_a_failing_cloud_is_a_failed_sync(light: Computer, hub: HubStandIn) -> None:
    light.environ["COGZY_ENABLE_FALLBACK"] = "false"
    unplug(light)
    with pytest.raises(HybridSyncError) as caught:
        await light.sync()
    assert [(a.method, a.outcome, a.reason) for a in caught.value.attempts][1] == (
        "http",
        "skipped",
        "sync.fallback_off",
    )
    assert hub.requests == 0


async def test_a_forced_method_is_tried_alone(light: Computer, hub: HubStandIn) -> None:
    light.environ["COGZY_FORCE_METHOD"] = "http"
    result = await light.sync()
    assert outcomes(result) == [("cloud", "skipped", "sync.another_forced"), ("http", "succeeded", None)]
    assert light.head().head is None
    found = await light.run(CheckForChanges())
    assert not found["changed"], "with the hub alone, what it has is not sent again and again"
    light.remember(20, 1)
    assert (await light.run(CheckForChanges()))["changed"]


async def test_nothing_is_missing_in_the_bucket_when_there_is_nothing(empty: Computer, hub: HubStandIn) -> None:
    empty.environ |= {"COGZY_HUB_URL": hub.url, "CLAUDE_CONFIG_DIR": str(empty.vault / "none")}
    await empty.sync(method="http", expect=False)
    shown = await status(empty)
    assert (shown["state"], shown["reason"]) == ("idle", None)


async def test_a_bucket_that_was_not_asked_is_not_called_unreachable(light: Computer, hub: HubStandIn) -> None:
    await light.sync(method="http")
    assert english(view(await status(light), None, light.clock.now).sentence) == NOT_THERE
    unplug(light)
    light.remember(20, 1)
    await light.sync(expect=False)
    assert english(view(await status(light), None, light.clock.now).sentence).startswith("Bucket unreachable")


async def test_when_both_fail_both_causes_are_told(light: Computer, hub: HubStandIn) -> None:
    hub.token = "another"
    light.environ["COGZY_HUB_TOKEN"] = "wrong"
    unplug(light)
    with pytest.raises(HybridSyncError) as caught:
        await light.sync()
    assert [attempt.reason for attempt in caught.value.attempts] == ["storage.folder_missing", "hub.token_wrong"]
    shown = await status(light)
    assert shown["methods"]["http"]["last_error"]["code"] == "hub.token_wrong"
    assert shown["methods"]["cloud"]["last_error"]["code"] == "storage.folder_missing"
    assert shown["state"] == "error"


async def test_a_hub_alone_works_without_any_cloud(light: Computer, hub: HubStandIn) -> None:
    light.environ["COGZY_CLOUD_ENDPOINT"] = ""
    result = await light.sync()
    assert (result["method"], result["rows_changed"]) == ("http", 20)
    assert (await status(light))["state"] == "setup_needed"
    assert not (await light.run(CheckForChanges()))["changed"]


# ---------------------------------------------------------------------- consent


async def test_a_hub_gets_nothing_before_it_was_confirmed(light: Computer, hub: HubStandIn) -> None:
    saved.save(light.vault, {"hub_url": light.environ.pop("COGZY_HUB_URL")}, light.environ)
    away = unplug(light)
    with pytest.raises(HybridSyncError) as caught:
        await light.sync()
    assert [(a.outcome, a.reason) for a in caught.value.attempts][1] == ("skipped", "hub.not_confirmed")
    with pytest.raises(HybridSyncError) as caught:
        await light.sync(method="http")
    assert (caught.value.code, caught.value.exit_code) == ("hub.not_confirmed", UsageError.exit_code)
    assert hub.requests == 0
    away.rename(light.cloud)

    report = await light.run(TestConnection())
    assert [step["ok"] for step in report["hub"]["steps"]] == [True] * 5
    assert report["hub"]["confirmed"]
    assert [notice["code"] for notice in report["hub"]["notices"]] == ["hub.confirmed"]
    assert all(step["ok"] is not False for step in report["steps"])
    again = await light.run(TestConnection())
    assert again["hub"]["notices"] == [], "it is said once"
    assert (await light.sync(method="http"))["rows_changed"] == 20


async def test_a_hub_that_fails_its_test_is_not_confirmed(light: Computer, hub: HubStandIn) -> None:
    hub.token = "needed"
    saved.save(light.vault, {"hub_url": light.environ.pop("COGZY_HUB_URL")}, light.environ)
    report = await light.run(TestConnection())
    assert [step["ok"] for step in report["hub"]["steps"]] == [True, True, False, None, None]
    assert report["hub"]["steps"][2]["error"]["code"] == "hub.token_missing"
    assert not report["hub"]["confirmed"]


async def test_another_address_or_an_encrypted_vault_is_another_thing_to_agree_to(
    light: Computer, hub: HubStandIn
) -> None:
    saved.save(light.vault, {"hub_url": light.environ.pop("COGZY_HUB_URL")}, light.environ)
    await light.run(TestConnection())
    assert saved.load(light.vault, light.environ).hub_allowed
    saved.save(light.vault, {"encrypted": True}, light.environ)
    assert not saved.load(light.vault, light.environ).hub_allowed
    light.environ["COGZY_CLOUD_ENDPOINT"] = ""
    report = await light.run(TestConnection())
    assert [notice["code"] for notice in report["hub"]["notices"]] == ["hub.confirmed", "hub.reads_encrypted"]
    assert saved.load(light.vault, light.environ).hub_allowed
    saved.save(light.vault, {"hub_url": "http://127.0.0.1:1/mcp"}, light.environ)
    assert not saved.load(light.vault, light.environ).hub_allowed


async def test_the_environment_cannot_confirm_for_a_person(light: Computer) -> None:
    url = light.environ.pop("COGZY_HUB_URL")
    saved.save(light.vault, {"hub_url": url}, light.environ)
    consent = saved.load(light.vault, light.environ).settings.hub_consent
    assert not saved.load(light.vault, {**light.environ, "COGZY_HUB_CONFIRMED": consent}).hub_allowed


# ---------------------------------------------------------------------- the command line


def cogzy(computer: Computer, *arguments: str, crash_at: str = "") -> subprocess.CompletedProcess[str]:
    return run_forked(
        ["cogzy", "--vault", str(computer.vault), *arguments],
        env={**os.environ, **computer.environ, "COGZY_CRASH_AT": crash_at},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def program(computer: Computer, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, **computer.environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def test_the_command_says_where_the_rows_are(light: Computer, hub: HubStandIn) -> None:
    unplug(light)
    done = cogzy(light, "sync")
    assert done.returncode == 0
    assert "20 rows are at your hub, and not in your bucket" in done.stdout
    shown = cogzy(light, "status").stdout
    assert "sent to hub" in shown or "your hub has the rows" in shown
    told = json.loads(cogzy(light, "sync", "--json", "--method", "http").stdout)
    assert [attempt["outcome"] for attempt in told["attempts"]] == ["skipped", "succeeded"]
    tested = cogzy(light, "test-connection")
    assert "may write" in tested.stdout
    assert tested.returncode == 1, "the bucket is away"


async def test_a_killed_push_is_taken_up_where_it_was(light: Computer, hub: HubStandIn) -> None:
    hub.said_body_bytes = 18_000
    for step in ("hub.acknowledged:1", "hub.acknowledged:2", "hub.settled"):
        assert cogzy(light, "sync", "--method", "http", crash_at=step).returncode == -9
    await light.sync(method="http")
    assert len(hub.ids("node")) == 20
    assert not list((light.vault / "sync" / "staging").iterdir())
    with_state = StateFile(light.vault / "sync" / "state.db")
    assert with_state.one("SELECT count(*) FROM hub_row") == (20,)
    with_state.close()


async def test_the_state_that_is_shown_changes_with_the_sync(light: Computer) -> None:
    unplug(light)
    await light.run(Sync())
    shown = [event for event in light.events if isinstance(event, StateChanged)][-1]
    assert (shown.state, shown.reason) == ("attention", "cloud.hub_only")


async def test_who_has_no_hub_pays_nothing_for_it(empty: Computer) -> None:
    code = (
        "import sys; from core.cli import main; status = main(['--vault', sys.argv[1], 'sync']);"
        "print(status, [n for n in sys.modules if n.split('.')[0] in ('mcp', 'httpx', 'httpx2') "
        "or n.startswith(('core.sync.hub', 'core.sync.http', 'core.memory.')) "
        "and n not in ('core.memory.answers', 'core.memory.following')])"  # of every command line, of every sync
    )
    empty.remember(0, 2)
    done = program(empty, "-c", code, str(empty.vault))
    assert done.stdout.splitlines()[-1] == "0 []", done.stderr
