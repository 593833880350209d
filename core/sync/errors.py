"""Errors of sync methods.

SyncError                 message, method, original
├── CloudUploadError      the bucket or folder
├── HTTPSyncError         the hub over HTTP
└── HybridSyncError       every method failed; `errors` has each cause

CancelledError            the run was cancelled by somebody who may
HubError                  what the hub, or the way to it, answers; the `original` of an HTTPSyncError
"""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import CogzyError, Param
from core.sync.protocol import Attempt


class SyncError(CogzyError):
    """A sync failed. When it was caused by another CogzyError it carries that one's code, params and exit code."""

    def __init__(
        self, message: str = "", method: str = "", original: BaseException | None = None, **params: Param
    ) -> None:
        if isinstance(original, CogzyError):
            super().__init__(original.code, **original.params)
            self.exit_code = original.exit_code  # type: ignore[misc]  # the cause decides
        else:
            super().__init__("sync.failed", message=message or str(original or ""), method=method, **params)
        self.message = message or str(self)
        self.method = method
        self.original = original


class CloudUploadError(SyncError):
    """The bucket or folder could not be used."""


class HTTPSyncError(SyncError):
    """The hub could not be used."""


class HybridSyncError(SyncError):
    """Every method that was tried failed. `errors` lists the cause of each, `attempts` what became of every method."""

    def __init__(self, message: str = "", method: str = "hybrid", errors: Sequence[BaseException] = ()) -> None:
        first = next((e for e in errors if isinstance(e, CogzyError)), None)
        super().__init__(message, method, first)
        self.errors = list(errors)
        self.attempts: tuple[Attempt, ...] = ()


class CancelledError(CogzyError):
    """The run was cancelled by somebody who may."""


class HubError(CogzyError):
    """The hub, or the way to it, failed.

    `retryable`: the same call may succeed a little later, after `retry_after` seconds when the hub said so. `smaller`:
    a smaller batch may pass.
    """

    def __init__(
        self,
        code: str,
        *,
        retryable: bool = False,
        retry_after: float | None = None,
        smaller: bool = False,
        **params: Param,
    ) -> None:
        super().__init__(code, **params)
        self.retryable = retryable
        self.retry_after = retry_after
        self.smaller = smaller
