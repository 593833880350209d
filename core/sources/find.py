"""Which sources there are: the two of Session-Buddy, Claude Code's transcripts, and those a person named."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import UsageError
from core.sources.claude_code import below_home, claude_code
from core.sources.session_buddy import session_buddy
from core.sources.source import Notice, Source

if TYPE_CHECKING:
    from core.settings import Settings
    from core.settings_model import SourceSetting


def find_sources(
    settings: Settings,
    home: Path | None = None,
    environ: Mapping[str, str] = os.environ,
    notices: list[Notice] | None = None,
) -> list[Source]:
    """Every source that the settings know, switched on or off, whether something is at its place or not.

    A name that is wrong or taken leaves that source out and puts a Notice into `notices`.
    """
    home = Path.home() if home is None else home
    chosen = settings.sources
    found = session_buddy(below_home(settings.sync.session_buddy_dir, home), enabled=chosen.session_buddy_on)
    found.append(claude_code(home, environ, enabled=chosen.claude_code))
    for named in chosen.extra:
        try:
            source = _named(named, home)
        except UsageError as error:
            _note(notices, Notice(error.code, error.params))
            continue
        if any(other.name.casefold() == source.name.casefold() for other in found):
            _note(notices, Notice("sources.name_twice", {"name": source.name, "path": str(source.path)}))
        else:
            found.append(source)
    return [replace(source, exclude=(*chosen.exclude, *source.exclude)) for source in found]


def offered_sources(
    settings: Settings, home: Path | None = None, environ: Mapping[str, str] = os.environ
) -> list[Source]:
    """The sources that are on this computer but not switched on."""
    return [source for source in find_sources(settings, home, environ) if not source.enabled and _exists(source.path)]


def _named(setting: SourceSetting, home: Path) -> Source:
    return Source(
        name=setting.name,
        kind=setting.kind,
        path=below_home(setting.path, home),
        enabled=setting.enabled,
        exclude=tuple(setting.exclude),
    )


def _exists(path: Path) -> bool:
    """Whether something is there that can be looked at."""
    try:
        return path.exists()
    except PermissionError:
        return False


def _note(notices: list[Notice] | None, notice: Notice) -> None:
    if notices is not None:
        notices.append(notice)
