"""A folder as a place of the cloud copy: its path for a person, its URL in the settings."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit


def folder_url(path: str) -> str:
    """The endpoint of a folder; a path that is not whole stays as it is typed, so that its problem can be shown."""
    text = path.strip()
    if not text:
        return ""
    given = Path(text).expanduser()
    return given.as_uri() if given.is_absolute() else f"file://{text}"


def folder_path(endpoint: str) -> str:
    """The folder of an endpoint, for a person."""
    return unquote(urlsplit(endpoint).path) if endpoint.startswith("file:") else ""
