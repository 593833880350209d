"""What the hub's server can answer instead of a result: a code, an HTTP status, and when to come again."""

from __future__ import annotations

from core.errors import BusyError, CogzyError, Param, UsageError


class RequestError(UsageError):
    """A request that cannot be right as it stands; sending it again changes nothing."""

    def __init__(self, code: str, *, status: int = 400, **params: Param) -> None:
        super().__init__(code, **params)
        self.status = status


class ComeAgainError(BusyError):
    """A request that is right but comes at a bad moment; `retry_after` says when it can succeed, in seconds."""

    def __init__(self, code: str, *, retry_after: float = 1, status: int = 503, **params: Param) -> None:
        super().__init__(code, **params)
        self.status = status
        self.retry_after = retry_after


def status_of(error: CogzyError) -> int:
    """The HTTP status for `error`: its own, else 503 for what may pass, 400 for wrong use, 500."""
    status = getattr(error, "status", None)
    if isinstance(status, int):
        return status
    return 503 if isinstance(error, BusyError) else 400 if isinstance(error, UsageError) else 500


def as_json(error: CogzyError, request_id: str) -> dict[str, object]:
    """The one form of an error on every route and in every tool's result."""
    return {"error": error.as_json(), "request_id": request_id}
