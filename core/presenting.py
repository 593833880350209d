"""What a person is shown of the engine's state: one icon, one sentence, one action.

`view` is the only place that decides it, from what `cogzy status --json` tells and the progress of the run: the tray's
icon, tooltip and menu, the window, the command line and notifications all show its result, so they cannot disagree.

A sentence is a code with values; `english` fills it in. A window translates `SENTENCES[code]` and the values' words.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, cast

if TYPE_CHECKING:
    from core.sync.events import Progress, State

Icon = Literal["setup", "key", "idle", "syncing", "paused", "offline", "held", "attention", "error", "resetting"]
Action = Literal["set_up", "unlock", "cancel", "sync", "resume", "try_now", "sync_anyway", "show", "fix"]

SENTENCES: Mapping[str, str] = {
    "setup_needed": "On this computer only",
    "waiting_for_keychain": "Waiting for the keychain to be unlocked",
    "checking": "Checking…",
    "idle": "Up to date · {ago}",
    "idle.ahead": "Up to date · {at}",
    "idle.never": "Nothing to send yet",
    "idle.waiting": "Changes to send: {count} · last copy {ago}",
    "idle.first": "Ready for the first copy",
    "syncing": "Syncing…",
    "syncing.elsewhere": "cogzy sync (pid {pid}) is working",
    "syncing.copying": "Copying {item}",
    "syncing.packing": "Packing {done} of {total}",
    "syncing.sending": "Sending {done} of {total}",
    "syncing.sending.rate": "Sending {done} of {total} · {rate}",
    "syncing.sending.eta": "Sending {done} of {total} · {rate} · about {eta}",
    "reading": "Bringing back {done} of {total}",
    "verifying": "Verifying {done} of {total}",
    "paused": "Paused until you resume",
    "paused.until": "Paused until {until}",
    "offline": "Offline",
    "offline.waiting": "Offline · {count} changes waiting",
    "held.metered": "Waiting: metered network",
    "held.battery": "Waiting: running on battery",
    "held": "Waiting",
    "attention.hub_now": "Bucket unreachable, sent to hub · {at}",
    "attention.hub": "Not in your bucket since {since}; your hub has the rows",
    "attention.overdue": "Nothing reached your bucket since {since}",
    "attention.overdue.never": "Nothing has reached your bucket yet",
    "attention.damaged": "Part of the vault is damaged",
    "attention.secrets": "Likely secrets wait for your decision: {count}",
    "attention": "{title}",
    "attention.unknown": "Something needs a look",
    "error": "{title}",
    "error.unknown": "The last sync failed",
    "resetting": "Bringing memories back",
    "resetting.count": "Bringing back {done} of {total}",
}
_ICONS: Mapping[State, Icon] = {
    "setup_needed": "setup",
    "waiting_for_keychain": "key",
    "idle": "idle",
    "checking": "idle",
    "syncing": "syncing",
    "paused": "paused",
    "offline": "offline",
    "held": "held",
    "attention": "attention",
    "error": "error",
    "resetting": "resetting",
}
_ACTIONS: Mapping[State, Action] = {
    "setup_needed": "set_up",
    "waiting_for_keychain": "unlock",
    "idle": "sync",
    "checking": "cancel",
    "syncing": "cancel",
    "paused": "resume",
    "offline": "try_now",
    "held": "sync_anyway",
    "attention": "show",
    "error": "fix",
    "resetting": "cancel",
}
UNREADABLE_SETTINGS: tuple[str, ...] = ("settings.file_damaged", "settings.file_unreadable", "settings.identity")
"""Errors with which nothing is known of what is set up."""
_ADDRESSES: Mapping[str, tuple[str, ...]] = {
    "cloud": ("cloud_bucket", "cloud_endpoint", "cloud_region", "cloud_prefix"),
    "http": ("hub_url",),
}
CLOCK_SECONDS = 3600.0
"""So far ahead of now a last copy is not of "just now": the clock was set back since."""
HUB_IS_NEWS_SECONDS = 24 * 3600.0
SECRETS_HELD = "secrets.held"
"""The reason of `attention` whose action shows the likely secrets."""
SWAPPING: tuple[str, ...] = ("committing",)
"""Stages of a reset that cannot be cancelled any more: files are changing places."""


@dataclass(frozen=True)
class Ago:
    """A span since something happened, in seconds: "2 minutes ago"."""

    seconds: float


@dataclass(frozen=True)
class Span:
    """A length of time to come, in seconds: "10 s"."""

    seconds: float


@dataclass(frozen=True)
class Moment:
    """A UNIX time, and now: "14:02", "Tuesday 14:02", "3 March"."""

    at: float
    now: float


@dataclass(frozen=True)
class Rate:
    """Bytes in a second: "1.2 MB/s"."""

    bytes_per_second: float


@dataclass(frozen=True)
class Title:
    """The title of an error's code."""

    code: str
    params: Mapping[str, Any]


Value = str | int | Ago | Span | Moment | Rate | Title


@dataclass(frozen=True)
class Sentence:
    """A key of SENTENCES and the values of its fields."""

    code: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class View:
    """What is shown. `action` is None where nothing can be done; `share` is the progress from 0 to 1 where known."""

    state: State
    icon: Icon
    sentence: Sentence
    action: Action | None
    share: float | None = None
    moving: bool = False
    error: Mapping[str, Any] | None = None


def view(status: Mapping[str, Any], progress: Progress | None = None, now: float | None = None) -> View:
    """The view of a status (`core.sync.status.of`, with `owner` where it is known) and the progress of its run."""
    now = time.time() if now is None else now
    state = cast("State", status.get("state") or "idle")
    sentence = _sentence(state, status, progress, now)
    action: Action | None = _ACTIONS[state]
    if sentence.code == "syncing.elsewhere":
        action = None
    if state == "resetting" and progress is not None and progress.stage in SWAPPING:
        action = None
    if state == "error" and _code(status) in _PASSES_BY_ITSELF:
        action = "try_now"
    running = state in ("syncing", "resetting", "checking")
    moving = running and progress is not None and progress.bytes_per_second > 0
    share = _share(progress) if running else None
    return View(
        state, _ICONS[state], sentence, action, share, moving, status.get("error") if state == "error" else None
    )


def settings_problem(status: Mapping[str, Any], method: str) -> Mapping[str, Any] | None:
    """What is wrong with the settings of a method (`cloud`, `http`) that therefore counts as not set up.

    An error of UNREADABLE_SETTINGS, or a SettingProblem with its `field`; None where nothing is wrong with them.
    """
    error: Mapping[str, Any] = status.get("error") or {}
    if "methods" not in status:
        return error if error.get("code") in UNREADABLE_SETTINGS else None
    if (status["methods"].get(method) or {}).get("configured"):
        return None
    problems: Sequence[Mapping[str, Any]] = status.get("settings_problems") or ()
    return next((problem for problem in problems if problem.get("field") in _ADDRESSES[method]), None)


def english(sentence: Sentence) -> str:
    """The sentence in English."""
    return filled(SENTENCES[sentence.code], sentence.values, english_value)


def filled(template: str, values: Mapping[str, Value], words: Callable[[Value], str]) -> str:
    """A template with its values put into words."""
    return template.format(**{name: words(value) for name, value in values.items()})


def english_value(value: Value) -> str:
    """A value in English words."""
    match value:
        case Ago(seconds):
            return ago(seconds)
        case Span(seconds):
            return span(seconds)
        case Moment(at, now):
            return moment(at, now)
        case Rate(count):
            return f"{size(count)}/s"
        case Title(code, params):
            from core.messages import render

            return render(code, params)[0]
        case _:
            return str(value)


def size(count: float) -> str:
    """Bytes for a person: `48 kB`, `1.2 MB`."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            return f"{count:.0f} {unit}" if unit in ("bytes", "kB") or count >= 100 else f"{count:.1f} {unit}"
        count /= 1000
    raise AssertionError


def counted(count: int, one: str, many: str) -> str:
    """A number of things for a person: `1 row`, `1,200 rows`."""
    return f"{count:,} {one if count == 1 else many}"


def ago(seconds: float) -> str:
    """A time span for a person: `2 minutes ago`."""
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        count = int(seconds // length)
        if count:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def span(seconds: float) -> str:
    """A time to come for a person: `10 s`, `4 min`, `2 h`."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 3600 else f"{seconds / 3600:.1f} h"


def moment(at: float, now: float) -> str:
    """A moment near now for a person, by the local clock: `14:02`, `Tuesday`, `2026-03-01`."""
    then, today = datetime.fromtimestamp(at).astimezone(), datetime.fromtimestamp(now).astimezone()
    days = (today.date() - then.date()).days
    if days == 0:
        return f"{then:%H:%M}"
    if 0 < days < 7:
        return f"{then:%A}"
    return f"{then:%A %H:%M}" if -7 < days < 0 else f"{then:%Y-%m-%d}"


_PASSES_BY_ITSELF = ("storage.unreachable", "storage.timeout", "storage.throttled", "storage.server_error")


def _sentence(state: State, status: Mapping[str, Any], progress: Progress | None, now: float) -> Sentence:
    match state:
        case "idle":
            return _idle(status, now)
        case "syncing" | "checking":
            return _running(state, status, progress)
        case "resetting":
            if progress is not None and progress.files_total:
                values: dict[str, Value] = {"done": progress.files_done, "total": progress.files_total}
                return Sentence("resetting.count", values)
            return Sentence("resetting")
        case "paused":
            until = status.get("until")
            return Sentence("paused") if until is None else Sentence("paused.until", {"until": Moment(until, now)})
        case "offline":
            count = len(status.get("waiting") or ())
            return Sentence("offline.waiting", {"count": count}) if count else Sentence("offline")
        case "held":
            reason = f"held.{status.get('reason')}"
            return Sentence(reason if reason in SENTENCES else "held")
        case "attention":
            return _attention(status, now)
        case "error":
            error = status.get("error") or {}
            known = _is_known(str(error.get("code", "")))
            return Sentence("error", {"title": _title(error)}) if known else Sentence("error.unknown")
        case _:
            return Sentence(state)


def _idle(status: Mapping[str, Any], now: float) -> Sentence:
    last = _last_copy(status)
    count = len(status.get("waiting") or ())
    if last is None:
        return Sentence("idle.first" if count else "idle.never")
    if last > now + CLOCK_SECONDS and not count:
        return Sentence("idle.ahead", {"at": Moment(last, now)})
    since = Ago(max(0.0, now - last))
    return Sentence("idle.waiting", {"count": count, "ago": since}) if count else Sentence("idle", {"ago": since})


def _running(state: State, status: Mapping[str, Any], progress: Progress | None) -> Sentence:
    owner = status.get("owner") or {}
    if state == "syncing" and progress is None and owner.get("kind") == "cli":
        return Sentence("syncing.elsewhere", {"pid": int(owner["pid"])})
    if progress is None:
        return Sentence(state)
    counts: dict[str, Value] = {"done": progress.files_done, "total": progress.files_total}
    match progress.stage:
        case "copying" if progress.item:
            return Sentence("syncing.copying", {"item": progress.item})
        case "packing" if progress.files_total and progress.bytes_per_second <= 0:
            return Sentence("syncing.packing", counts)
        case "packing" | "sending" | "committing" if progress.files_total:
            return _sending(progress, counts)
        case "reading" | "rebuilding" if progress.files_total:
            return Sentence("reading", counts)
        case "verifying" if progress.files_total:
            return Sentence("verifying", counts)
        case "checking":
            return Sentence("checking")
        case _:
            return Sentence(state)


def _sending(progress: Progress, counts: dict[str, Value]) -> Sentence:
    if progress.bytes_per_second <= 0:
        return Sentence("syncing.sending", counts)
    counts["rate"] = Rate(progress.bytes_per_second)
    if progress.eta_seconds is None:
        return Sentence("syncing.sending.rate", counts)
    return Sentence("syncing.sending.eta", {**counts, "eta": Span(progress.eta_seconds)})


def _attention(status: Mapping[str, Any], now: float) -> Sentence:
    reason = str(status.get("reason") or "")
    last = _last_copy(status)
    if reason == "cloud.hub_only":
        methods = status.get("methods") or {}
        hub = (methods.get("http") or {}).get("last_success")
        away = (methods.get("cloud") or {}).get("last_error") is not None
        if away and (last is None or (hub is not None and now - last < HUB_IS_NEWS_SECONDS)):
            return Sentence("attention.hub_now", {"at": Moment(hub if hub is not None else now, now)})
        if last is not None:
            return Sentence("attention.hub", {"since": Moment(last, now)})
    if reason == "cloud.overdue":
        if last is None:
            return Sentence("attention.overdue.never")
        return Sentence("attention.overdue", {"since": Moment(last, now)})
    if reason == "vault.damaged":
        return Sentence("attention.damaged")
    if reason == SECRETS_HELD:
        return Sentence("attention.secrets", {"count": int((status.get("secrets") or {}).get("count") or 0)})
    return Sentence("attention", {"title": Title(reason, {})}) if _is_known(reason) else Sentence("attention.unknown")


def _last_copy(status: Mapping[str, Any]) -> float | None:
    """When the bucket last got, or was last seen to hold, everything."""
    cloud = (status.get("methods") or {}).get("cloud") or {}
    times = [at for at in (cloud.get("last_success"), cloud.get("confirmed_at")) if isinstance(at, int | float)]
    return max(times, default=None)


def _code(status: Mapping[str, Any]) -> str:
    return str((status.get("error") or {}).get("code", ""))


def _is_known(code: str) -> bool:
    """Whether there are sentences for it: a status may come from a newer version."""
    from core.messages import catalog

    return code in catalog()


def _title(error: Mapping[str, Any]) -> Title:
    return Title(str(error.get("code", "")), dict(error.get("params") or {}))


def _share(progress: Progress | None) -> float | None:
    if progress is None or not progress.bytes_total:
        return None
    return min(1.0, progress.bytes_done / progress.bytes_total)
