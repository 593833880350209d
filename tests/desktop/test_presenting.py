"""What is shown of every state: one icon, one sentence, one action, the same for window, tray and command line."""

from __future__ import annotations

import itertools
import string
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import pytest

from core import presenting
from core.cli.sync import _status_lines
from core.errors import CogzyError
from core.sync.events import Progress
from desktop.palette import Appearance
from desktop.text import sentence
from desktop.window.header import Header, label
from tests.desktop.stage import DAY, REFUSED, UNREACHABLE, StageModel, states, status_of

NOW = 1_790_000_000.0
PROGRESS = (
    None,
    Progress("checking"),
    Progress("copying", 1, 4, item="notes"),
    Progress("packing", 1, 4),
    Progress("sending", 3, 8, 31, 118, 0.0),
    Progress("sending", 3, 8, 31, 118, 1.2e6),
    Progress("sending", 3, 8, 31, 118, 1.2e6, 10.0),
    Progress("committing", 8, 8, 118, 118),
    Progress("reading", 3, 8, 31, 118, 1.0),
    Progress("rebuilding"),
    Progress("verifying", 3, 8),
)
REASONS = (
    None,
    "metered",
    "battery",
    "cloud.hub_only",
    "cloud.overdue",
    "vault.damaged",
    "secrets.held",
    "sources.busy",
)
ERRORS = (None, REFUSED, UNREACHABLE, CogzyError("no.such.code"))
COPIED = (None, NOW - 30, NOW - 5 * DAY, NOW + DAY)
WAITING: tuple[list[str], ...] = ([], ["vault"], ["vault", "notes"])


def statuses() -> list[dict[str, Any]]:
    combinations = itertools.product(presenting._ICONS, REASONS, ERRORS, COPIED, WAITING, (None, NOW + 3600))
    return [
        status_of(
            state,
            NOW,
            reason=reason,
            error=error.as_json() if error else None,
            cloud={
                "last_success": copied,
                "confirmed_at": None,
                "last_error": error.as_json() if error else None,
            },
            waiting=waiting,
            until=until,
            owner={"kind": "cli", "pid": 4121},
        )
        for state, reason, error, copied, waiting, until in combinations
    ]


def test_every_combination_shows_a_whole_sentence_an_icon_that_there_is_and_an_action_with_words() -> None:
    drawn = {path.name for path in (files("cogzy.resources") / "icons").iterdir()}
    formatter = string.Formatter()
    seen = set()
    for status, progress in itertools.product(statuses(), PROGRESS):
        view = presenting.view(status, progress, NOW)
        fields = {name for _, name, _, _ in formatter.parse(presenting.SENTENCES[view.sentence.code]) if name}
        assert fields == set(view.sentence.values), view
        assert f"state-{view.icon}.svg" in drawn
        assert view.action is None or label(view.action)
        assert view.share is None or 0 <= view.share <= 1
        if (view.state, view.sentence.code) not in seen:
            seen.add((view.state, view.sentence.code))
            text = presenting.english(view.sentence)
            assert text
            assert "{" not in text
    assert {code for _, code in seen} == set(presenting.SENTENCES)


@pytest.mark.parametrize(
    ("state", "changes", "progress", "shown"),
    [
        ("setup_needed", {}, None, ("setup", "On this computer only", "set_up")),
        ("waiting_for_keychain", {}, None, ("key", "Waiting for the keychain to be unlocked", "unlock")),
        ("checking", {}, None, ("idle", "Checking…", "cancel")),
        ("idle", {}, None, ("idle", "Up to date · 2 minutes ago", "sync")),
        ("idle", {"waiting": ["vault"]}, None, ("idle", "Changes to send: 1 · last copy 2 minutes ago", "sync")),
        (
            "syncing",
            {},
            Progress("sending", 3, 8, 1, 2, 1.2e6, 10.0),
            ("syncing", "Sending 3 of 8 · 1.2 MB/s · about 10 s", "cancel"),
        ),
        (
            "syncing",
            {"owner": {"kind": "cli", "pid": 7}},
            None,
            ("syncing", "cogzy sync (pid 7) is working", None),
        ),
        ("paused", {}, None, ("paused", "Paused until you resume", "resume")),
        ("offline", {"waiting": ["a", "b", "c"]}, None, ("offline", "Offline · 3 changes waiting", "try_now")),
        ("held", {"reason": "metered"}, None, ("held", "Waiting: metered network", "sync_anyway")),
        ("attention", {"reason": "vault.damaged"}, None, ("attention", "Part of the vault is damaged", "show")),
        (
            "attention",
            {"reason": "secrets.held", "secrets": {"count": 3, "parts": ["claude-code"]}},
            None,
            ("attention", "Likely secrets wait for your decision: 3", "show"),
        ),
        (
            "syncing",
            {},
            Progress("packing", 3, 8, 1, 2, 1.2e6),
            ("syncing", "Sending 3 of 8 · 1.2 MB/s", "cancel"),
        ),
        ("error", {"error": REFUSED.as_json()}, None, ("error", "The storage refused the key", "fix")),
        ("error", {"error": UNREACHABLE.as_json()}, None, ("error", "The storage cannot be reached", "try_now")),
        ("resetting", {}, Progress("reading", 3, 1204), ("resetting", "Bringing back 3 of 1204", "cancel")),
        ("resetting", {}, Progress("committing", 3, 1204), ("resetting", "Bringing back 3 of 1204", None)),
    ],
)
def test_the_table_of_states(
    state: str, changes: Mapping[str, Any], progress: Progress | None, shown: tuple[str, str, str | None]
) -> None:
    view = presenting.view(status_of(state, NOW, **changes), progress, NOW)
    assert (view.icon, presenting.english(view.sentence), view.action) == shown


def test_a_last_copy_in_the_future_is_not_called_just_now() -> None:
    ahead = status_of("idle", NOW, cloud={"last_success": NOW + 30 * DAY, "confirmed_at": None})
    said = presenting.english(presenting.view(ahead, None, NOW).sentence)
    assert said == f"Up to date · {presenting.moment(NOW + 30 * DAY, NOW)}"


@pytest.mark.parametrize("name", sorted(states()))
def test_the_window_the_command_line_and_the_model_say_the_same(
    name: str, stage: StageModel, appearance: Appearance
) -> None:
    status, progress = states()[name]
    header = Header(stage, appearance)
    stage.show(status, progress)
    said = sentence(stage.view.sentence)
    assert header.findChild(object, "sentence").text() == said  # type: ignore[attr-defined]
    if progress is None:
        printed = next(iter(_status_lines({**status, "owner": status.get("owner") or {"kind": "none", "pid": None}})))
        assert printed == presenting.english(stage.view.sentence)
    header.deleteLater()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "just now"), (59, "just now"), (60, "1 minute ago"), (7200, "2 hours ago"), (86_400, "1 day ago")],
)
def test_spans_since(seconds: float, text: str) -> None:
    assert presenting.ago(seconds) == text


@pytest.mark.parametrize(("seconds", "text"), [(0.2, "1 s"), (59.4, "59 s"), (90, "2 min"), (5400, "1.5 h")])
def test_spans_to_come(seconds: float, text: str) -> None:
    assert presenting.span(seconds) == text
