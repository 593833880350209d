"""What a sync method is, and what every sync returns. Windows, CLI, MCP and tests read these and nothing else."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

Outcome = Literal["succeeded", "failed", "unavailable", "skipped"]


@dataclass(frozen=True)
class Attempt:
    """One method's try in one sync. `reason` is a short code for skipped and unavailable; `error` as_json() of it."""

    method: str
    outcome: Outcome
    reason: str | None = None
    duration_seconds: float = 0.0
    error: dict[str, Any] | None = None


@dataclass(frozen=True)
class SyncResult:
    """What one sync did. Bytes are bytes on the wire (`bytes_transferred`) against bytes covered (`bytes_total`).

    `not_copied`: sources that could not be copied now; their last good copy stays, and a notice says why.
    """

    method: str
    success: bool
    files_uploaded: int = 0
    bytes_transferred: int = 0
    duration_seconds: float = 0.0
    upload_id: str | None = None
    error: dict[str, Any] | None = None
    bytes_total: int = 0
    rows_changed: int = 0
    pieces_new: int = 0
    pieces_reused: int = 0
    requests: int = 0
    files_unchanged: int = 0
    attempts: tuple[Attempt, ...] = ()
    not_copied: tuple[str, ...] = ()
    notices: tuple[dict[str, Any], ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """The object that `cogzy sync --json` prints and the history keeps."""
        return asdict(self)


def sent_something(result: Mapping[str, Any]) -> bool:
    """Whether a sync (its `as_json`) sent anything new; the bytes of its questions do not count."""
    return any(result.get(name) for name in ("files_uploaded", "rows_changed", "pieces_new"))


@runtime_checkable
class SyncMethod(Protocol):
    """One way to get memory off this computer."""

    async def sync(
        self, upload_reflections: bool = True, upload_knowledge_graph: bool = True, **options: Any
    ) -> SyncResult:
        """Send what is new. Raises SyncError; never returns a failed result silently."""
        ...

    def is_available(self) -> bool | Awaitable[bool]:
        """Configured, and its host answers within a second. Never blocks the event loop."""
        ...

    def get_method_name(self) -> str:
        """`cloud`, `http`, ..."""
        ...
