"""Decisions of the sync engine, as pure functions of data: when to sync, which state shows, when an image is due.

Times are UNIX seconds by the wall clock; a clock that went back never delays a sync for ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.sync.events import State

SYNC_AFTER_SECONDS = 5 * 60
SYNC_AFTER_NODES = 100
CONFIRM_AFTER_SECONDS = 24 * 3600
IMAGE_AFTER_SECONDS = 7 * 24 * 3600
IMAGE_AT_DELTA_SHARE = 0.25
KEYLESS_IMAGE_SECONDS = 3600
FOLD_AT_CHAIN = 50
OVERDUE_SECONDS = 3 * 24 * 3600
SECRETS_HELD = "secrets.held"
RETRY_FIRST_SECONDS = 60.0
RETRY_MOST_SECONDS = 3600.0


def elapsed(since: float | None, now: float) -> float:
    """Seconds since a moment; infinite for never, and for a moment in the future (the clock went back)."""
    return float("inf") if since is None or since > now + 1 else now - since


def should_sync(
    last_sync: float | None,
    now: float,
    new_nodes: int,
    source_changed: bool,
    *,
    after_seconds: float = SYNC_AFTER_SECONDS,
    after_nodes: int = SYNC_AFTER_NODES,
) -> bool:
    """More than five minutes since the last sync, more than a hundred new nodes, or a source changed."""
    return elapsed(last_sync, now) > after_seconds or new_nodes > after_nodes or source_changed


def confirmation_due(confirmed: float | None, now: float) -> bool:
    """Whether the head's manifest must be read again before "up to date" may be said."""
    return elapsed(confirmed, now) >= CONFIRM_AFTER_SECONDS


@dataclass(frozen=True)
class ImageState:
    """What the last image of a database was: when it was taken, its stored bytes, and the deltas' since."""

    at: float | None
    stored: int
    deltas: int


def image_reason(
    last: ImageState | None, now: float, *, full: bool, after_seconds: float = IMAGE_AFTER_SECONDS
) -> str | None:
    """Why a whole image is due before anything was compared, as a code; None when a delta may do."""
    if full:
        return "image.asked_for"
    if last is None or last.at is None:
        return "image.first"
    if elapsed(last.at, now) >= after_seconds:
        return "image.weekly"
    if last.deltas > IMAGE_AT_DELTA_SHARE * last.stored:
        return "image.deltas_large"
    return None


def keyless_image_allowed(last: ImageState | None, now: float) -> bool:
    """A database whose keyless table changed gets a new image hourly at most."""
    return last is None or elapsed(last.at, now) >= KEYLESS_IMAGE_SECONDS


def retry_delay(failures: int) -> float:
    """Seconds until the next try of the schedule after so many failures in a row."""
    doublings = min(max(0, failures - 1), 16)  # enough to reach the most, and a float holds it
    return min(RETRY_MOST_SECONDS, RETRY_FIRST_SECONDS * 2.0**doublings)


def missed_cloud(attempts: Iterable[Mapping[str, Any]]) -> str | None:
    """Why the cloud failed in a sync that succeeded: the code of its error. None when it did not fail.

    A cloud that was never set up did not fail.
    """
    for attempt in attempts:
        if attempt["method"] == "cloud" and attempt["outcome"] in ("failed", "unavailable"):
            reason = str(attempt.get("reason") or "sync.failed")
            return None if reason == "cloud.not_set_up" else reason
    return None


@dataclass(frozen=True)
class Outside:
    """What the vault and its state cannot tell: the work that is going on (`resetting`, `syncing`, `checking`), what
    holds syncs back (`metered`, `battery`), and that there is no network."""

    busy_with: str | None = None
    held: str | None = None
    offline: bool = False


@dataclass(frozen=True)
class Facts:
    """Everything that decides what is shown. `failed` holds the code of the last run's error.

    `not_copied`: the code that says why the last sync could not copy some source, when waiting will not help.
    `undecided`: likely secrets that hold something back until a person decides.
    """

    cloud_configured: bool
    now: float
    resetting: bool = False
    syncing: bool = False
    checking: bool = False
    keychain_locked: bool = False
    paused: bool = False
    paused_until: float | None = None
    held: str | None = None
    offline: bool = False
    failed: str | None = None
    damaged: bool = False
    not_copied: str | None = None
    last_commit: float | None = None
    in_use_since: float | None = None
    overdue_after: float = OVERDUE_SECONDS
    hub_only: bool = False
    undecided: int = 0


@dataclass(frozen=True)
class Shown:
    """The state to show, until when it lasts, and why."""

    state: State
    until: float | None = None
    reason: str | None = None


def shown(facts: Facts) -> Shown:
    """The one state to show when several hold: what runs, what needs a person, what a person chose, what waits."""
    if facts.resetting:
        return Shown("resetting")
    if facts.syncing:
        return Shown("syncing")
    if not facts.cloud_configured:
        return Shown("setup_needed")
    if facts.keychain_locked:
        return Shown("waiting_for_keychain")
    if facts.failed is not None:
        return Shown("error", reason=facts.failed)
    if facts.paused and not (facts.paused_until is not None and facts.paused_until <= facts.now):
        return Shown("paused", until=facts.paused_until)
    if facts.held is not None:
        return Shown("held", reason=facts.held)
    if facts.damaged:
        return Shown("attention", reason="vault.damaged")
    if facts.not_copied is not None:
        return Shown("attention", reason=facts.not_copied)
    if facts.undecided:
        return Shown("attention", reason=SECRETS_HELD)
    if facts.hub_only:
        return Shown("attention", reason="cloud.hub_only")
    if overdue(facts):
        return Shown("attention", reason="cloud.overdue")
    if facts.offline:
        return Shown("offline")
    if facts.checking:
        return Shown("checking")
    return Shown("idle")


def overdue(facts: Facts) -> bool:
    """No commit in the bucket for so many days of use as the settings say (three)."""
    since = facts.last_commit if facts.last_commit is not None else facts.in_use_since
    return since is not None and facts.now - since > facts.overdue_after
