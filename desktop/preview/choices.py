"""What a person chooses about what goes up, as changes of the settings: switches of sources and exclusions."""

from __future__ import annotations

from core.sync.secrets.leaving_out import EXCLUDE as EXCLUDE
from core.sync.secrets.leaving_out import pattern_of as pattern_of
from desktop import switches
from desktop.naming import VAULT as VAULT
from desktop.naming import part_words as part_words
from desktop.settings.draft import Draft


def is_on(draft: Draft, name: str) -> bool:
    """Whether a source goes up, by the draft."""
    return name == VAULT or switches.is_on(draft.value, name)


def switch(draft: Draft, name: str, on: bool) -> None:
    """Let a source go up, or not."""
    for setting, value in switches.switched(draft.value, name, on).items():
        draft.set(setting, value)


def leave_out(draft: Draft, *patterns: str) -> None:
    """Exclude these from every source."""
    known = [str(pattern) for pattern in draft.value(EXCLUDE)]
    draft.set(EXCLUDE, [*known, *(pattern for pattern in dict.fromkeys(patterns) if pattern not in known)])


def take_back(draft: Draft, pattern: str) -> None:
    """Exclude it no longer."""
    draft.set(EXCLUDE, [known for known in draft.value(EXCLUDE) if known != pattern])
