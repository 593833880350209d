"""The engine's decisions, as tables over everything they depend on."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sync import rules
from core.sync.rules import Facts, ImageState, Shown

NOW = 1_790_000_000.0
MOMENTS = st.floats(0, 4e9)


@pytest.mark.parametrize(
    ("ago", "nodes", "changed", "due"),
    [
        (None, 0, False, True),
        (0, 0, False, False),
        (300, 0, False, False),
        (301, 0, False, True),
        (0, 100, False, False),
        (0, 101, False, True),
        (0, 0, True, True),
        (-5, 0, False, True),
        (-0.5, 0, False, False),
    ],
)
def test_a_sync_is_due(ago: float | None, nodes: int, changed: bool, due: bool) -> None:
    last = None if ago is None else NOW - ago
    assert rules.should_sync(last, NOW, nodes, changed) is due


@given(since=MOMENTS, now=MOMENTS)
def test_no_clock_can_delay_a_sync_for_ever(since: float, now: float) -> None:
    assert rules.elapsed(since, now) >= -1
    if since > now + 1:
        assert rules.should_sync(since, now, 0, source_changed=False)
        assert rules.confirmation_due(since, now)
        assert rules.image_reason(ImageState(since, 1, 0), now, full=False) is not None


@pytest.mark.parametrize(("ago", "due"), [(None, True), (0, False), (86_399, False), (86_400, True), (-60, True)])
def test_the_head_is_confirmed_daily(ago: float | None, due: bool) -> None:
    assert rules.confirmation_due(None if ago is None else NOW - ago, NOW) is due


WEEK = 7 * 86_400
GOOD = ImageState(NOW - 60, 1000, 250)


@pytest.mark.parametrize(
    ("last", "full", "reason"),
    [
        (GOOD, False, None),
        (GOOD, True, "image.asked_for"),
        (None, False, "image.first"),
        (None, True, "image.asked_for"),
        (replace(GOOD, at=None), False, "image.first"),
        (replace(GOOD, at=NOW - WEEK + 1), False, None),
        (replace(GOOD, at=NOW - WEEK), False, "image.weekly"),
        (replace(GOOD, at=NOW + 60), False, "image.weekly"),
        (replace(GOOD, deltas=251), False, "image.deltas_large"),
        (replace(GOOD, stored=0, deltas=0), False, None),
    ],
)
def test_an_image_is_due(last: ImageState | None, full: bool, reason: str | None) -> None:
    assert rules.image_reason(last, NOW, full=full) == reason


def test_the_settings_move_what_is_due() -> None:
    assert rules.image_reason(GOOD, NOW, full=False, after_seconds=60) == "image.weekly"
    assert rules.should_sync(NOW - 60, NOW, 0, source_changed=False, after_seconds=59)
    assert rules.should_sync(NOW, NOW, 11, source_changed=False, after_nodes=10)
    assert not rules.should_sync(NOW - 600, NOW, 0, source_changed=False, after_seconds=601)


@pytest.mark.parametrize(("ago", "allowed"), [(None, True), (0, False), (3599, False), (3600, True), (-60, True)])
def test_a_table_without_a_key_makes_one_image_an_hour(ago: float | None, allowed: bool) -> None:
    last = None if ago is None else replace(GOOD, at=NOW - ago)
    assert rules.keyless_image_allowed(last, NOW) is allowed


def test_pauses_after_failures_double_up_to_an_hour() -> None:
    assert [rules.retry_delay(count) for count in range(9)] == [60, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert rules.retry_delay(10_000) == 3600


CLAIMS: tuple[tuple[str, dict[str, object], Shown], ...] = (
    ("resetting", {"resetting": True}, Shown("resetting")),
    ("syncing", {"syncing": True}, Shown("syncing")),
    ("nothing set up", {"cloud_configured": False}, Shown("setup_needed")),
    ("locked", {"keychain_locked": True}, Shown("waiting_for_keychain")),
    ("failed", {"failed": "storage.key_refused"}, Shown("error", reason="storage.key_refused")),
    ("paused", {"paused": True, "paused_until": NOW + 60}, Shown("paused", until=NOW + 60)),
    ("held", {"held": "metered"}, Shown("held", reason="metered")),
    ("damaged", {"damaged": True}, Shown("attention", reason="vault.damaged")),
    ("hub only", {"hub_only": True}, Shown("attention", reason="cloud.hub_only")),
    ("overdue", {"last_commit": NOW - 4 * 86_400}, Shown("attention", reason="cloud.overdue")),
    ("offline", {"offline": True}, Shown("offline")),
    ("checking", {"checking": True}, Shown("checking")),
)
"""What can hold, most urgent first."""


def test_of_all_that_holds_the_most_urgent_shows() -> None:
    """All 4,096 combinations."""
    for holding in itertools.product((False, True), repeat=len(CLAIMS)):
        claims = [claim for claim, holds in zip(CLAIMS, holding, strict=True) if holds]
        facts = Facts(cloud_configured=True, now=NOW)
        for _, changes, _ in claims:
            facts = replace(facts, **changes)  # type: ignore[arg-type]
        assert rules.shown(facts) == (claims[0][2] if claims else Shown("idle")), [name for name, _, _ in claims]


@pytest.mark.parametrize(("until", "state"), [(None, "paused"), (NOW + 1, "paused"), (NOW, "idle"), (NOW - 1, "idle")])
def test_a_pause_ends_by_itself(until: float | None, state: str) -> None:
    assert rules.shown(Facts(cloud_configured=True, now=NOW, paused=True, paused_until=until)).state == state


@pytest.mark.parametrize(
    ("committed", "used", "overdue"),
    [
        (None, None, False),
        (None, NOW - 3 * 86_400, False),
        (None, NOW - 3 * 86_400 - 1, True),
        (NOW - 10, NOW - 9e6, False),
        (NOW - 3 * 86_400 - 1, None, True),
    ],
)
def test_a_copy_is_overdue_after_three_days(committed: float | None, used: float | None, overdue: bool) -> None:
    assert rules.overdue(Facts(cloud_configured=True, now=NOW, last_commit=committed, in_use_since=used)) is overdue
