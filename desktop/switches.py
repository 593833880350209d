"""The switch of each source, as settings: which they are, how it stands, and what changes when it is used.

Session-Buddy's databases have one each, and one over both, which a person meets in `config.json` or the environment
alone: using one of the two while that one is off switches it on and the other database off.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from core.settings_model import SESSION_BUDDY_SWITCHES

if TYPE_CHECKING:
    from core.settings import Settings

_BOTH = "sources.session_buddy"
_CLAUDE_CODE = "sources.claude_code"
_EXTRA = "sources.extra"
SWITCHES = (_BOTH, *SESSION_BUDDY_SWITCHES.values(), _CLAUDE_CODE, _EXTRA)
"""Every setting that switches a source."""

Values = Callable[[str], Any]
"""The value of a setting, by its dotted name."""


def in_force(settings: Settings) -> Values:
    """The values of these settings."""
    values = settings.sources.model_dump(mode="json")
    return lambda name: values[name.removeprefix("sources.")]


def is_on(value: Values, name: str) -> bool:
    """Whether a source goes up."""
    if name in SESSION_BUDDY_SWITCHES:
        return bool(value(_BOTH) and value(SESSION_BUDDY_SWITCHES[name]))
    if name == "claude-code":
        return bool(value(_CLAUDE_CODE))
    return any(extra["name"] == name and extra.get("enabled", True) for extra in value(_EXTRA))


def is_given(given: Callable[[str], bool], value: Values, name: str) -> bool:
    """Whether the environment decides it. `given`: of a setting."""
    if name in SESSION_BUDDY_SWITCHES:
        return given(SESSION_BUDDY_SWITCHES[name]) or (given(_BOTH) and not value(_BOTH))
    return given(_CLAUDE_CODE if name == "claude-code" else _EXTRA)


def switched(value: Values, name: str, on: bool) -> dict[str, object]:
    """The settings that change when a source is switched on or off."""
    if name in SESSION_BUDDY_SWITCHES:
        if on and not value(_BOTH):
            each: dict[str, object] = {setting: one == name for one, setting in SESSION_BUDDY_SWITCHES.items()}
            return {_BOTH: True, **each}
        return {SESSION_BUDDY_SWITCHES[name]: on}
    if name == "claude-code":
        return {_CLAUDE_CODE: on}
    return {_EXTRA: [{**extra, "enabled": on} if extra["name"] == name else dict(extra) for extra in value(_EXTRA)]}
