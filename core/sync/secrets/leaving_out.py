"""How a person leaves something out of what goes up, as changes of settings: exclusions, and switches of sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from core.errors import RefusedError
from core.settings_model import SESSION_BUDDY_SWITCHES
from core.sync.looking import VAULT

if TYPE_CHECKING:
    from core.settings_model import Settings

EXCLUDE = "sources.exclude"


def pattern_of(path: str, *, folder: bool = False) -> str:
    """The exclusion of one path below a source's root, or of the folder right below the root that it is in."""
    shown = path.split("/", 1)[0] if folder else path
    return "/" + re.sub(r"[*?\[]", "?", shown) + ("/" if folder else "")


def left_out(settings: Settings, places: Iterable[Mapping[str, Any]]) -> dict[str, object]:
    """The changes that keep these places of findings from going up: of a folder the file, else the whole source.

    Raises RefusedError for a place in the vault's own memories.
    """
    exclude = list(settings.sources.exclude)
    extra = [source.model_dump(mode="json") for source in settings.sources.extra]
    changes: dict[str, object] = {}
    for place in places:
        part, path = str(place["part"]), str(place["path"])
        if part == VAULT:
            raise RefusedError("secrets.not_excludable")
        own = next((one for one in extra if one["name"] == part), None)
        if part == "claude-code" or (own is not None and own["kind"] == "files"):
            if pattern_of(path) not in exclude:
                exclude.append(pattern_of(path))
            changes[EXCLUDE] = exclude
        elif own is not None:
            own["enabled"] = False
            changes["sources.extra"] = extra
        elif part in SESSION_BUDDY_SWITCHES:
            changes[SESSION_BUDDY_SWITCHES[part]] = False
    return changes
