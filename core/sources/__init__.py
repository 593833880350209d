"""Memory that other programs own: find it, see whether it changed, copy it without disturbing them."""

from core.sources.capture import capture_duckdb
from core.sources.files import FoundFile, open_found, walk_files
from core.sources.find import find_sources, offered_sources
from core.sources.holder import Holder, holder
from core.sources.signature import signature
from core.sources.source import CapturedDatabase, Notice, Source, SourceError, SourceKind, Topic
from core.sources.sqlite import capture_sqlite

__all__ = [
    "CapturedDatabase",
    "FoundFile",
    "Holder",
    "Notice",
    "Source",
    "SourceError",
    "SourceKind",
    "Topic",
    "capture_duckdb",
    "capture_sqlite",
    "find_sources",
    "holder",
    "offered_sources",
    "open_found",
    "signature",
    "walk_files",
]
