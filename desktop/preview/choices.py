"""What a person chooses about what goes up, as changes of the settings: switches of sources and exclusions."""

from __future__ import annotations

from typing import Any

from core.sync.secrets.leaving_out import EXCLUDE as EXCLUDE
from core.sync.secrets.leaving_out import pattern_of as pattern_of
from desktop.naming import VAULT as VAULT
from desktop.naming import part_words as part_words
from desktop.settings.draft import Draft
from desktop.window.sources import setting_of


def is_on(draft: Draft, name: str) -> bool:
    """Whether a source goes up, by the draft."""
    if name == VAULT:
        return True
    value = draft.value(setting_of(name))
    if isinstance(value, bool):
        return value
    return any(extra["name"] == name and extra.get("enabled", True) for extra in value)


def switch(draft: Draft, name: str, on: bool) -> None:
    """Let a source go up, or not."""
    setting = setting_of(name)
    if setting != "sources.extra":
        draft.set(setting, on)
        return
    changed: list[dict[str, Any]] = [
        {**extra, "enabled": on} if extra["name"] == name else dict(extra) for extra in draft.value(setting)
    ]
    draft.set(setting, changed)


def leave_out(draft: Draft, *patterns: str) -> None:
    """Exclude these from every source."""
    known = [str(pattern) for pattern in draft.value(EXCLUDE)]
    draft.set(EXCLUDE, [*known, *(pattern for pattern in dict.fromkeys(patterns) if pattern not in known)])


def take_back(draft: Draft, pattern: str) -> None:
    """Exclude it no longer."""
    draft.set(EXCLUDE, [known for known in draft.value(EXCLUDE) if known != pattern])
