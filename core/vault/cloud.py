"""What the vault needs of an engine for its three cloud operations, so that it depends on none."""

from __future__ import annotations

from typing import Any, Protocol

from core.errors import UsageError


class CloudEngine(Protocol):
    """The engine's side of `sync_to_cloud`, `sync_from_cloud` and `reset_from_cloud`. Results are plain JSON."""

    async def sync(self, *, full: bool = False) -> Any:
        """Send what is new."""
        ...

    async def preview_reset(self, upload_id: str | None = None) -> Any:
        """Both sides, before a reset; changes nothing."""
        ...

    async def reset(self, upload_id: str | None = None, *, override: bool = False) -> Any:
        """Swap the vault for an upload's."""
        ...


def require_engine(engine: CloudEngine | None) -> CloudEngine:
    """`engine`, or UsageError("vault.no_engine")."""
    if engine is None:
        raise UsageError("vault.no_engine")
    return engine
