"""One JSON line on standard error for each request and each event of the hub.

Invariants:
- Never a memory's text, a query or a token: a request's line has its path without the query string, and a traceback
  has places and the error's type, not its words (an error of a validator repeats what it was given).
- Every answer carries its X-Request-ID, the line too.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from core.akosha.web import exchange as exchanges
from core.errors import CogzyError
from core.logs import redact

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from core.akosha.web.metrics import Metrics

_log = logging.getLogger(__name__)
_LONGEST_PATH = 200
_LONGEST_RECORD = 4_000
_FRAMES = 12
_QUIET = ("/health", "/healthz", "/ready", "/metrics")


class RequestLog:
    """Outermost: names each request, times it, and answers what nobody answered."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = exchanges.begin(scope)
        request_id = exchange.request_id.encode("ascii")
        started = time.perf_counter()
        status = 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                kept = [one for one in message.get("headers", ()) if one[0].lower() != b"x-request-id"]
                message = {**message, "headers": [*kept, (b"x-request-id", request_id)]}
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception as error:
            _log.exception("request failed", extra={"data": {"request_id": exchange.request_id}})
            if status:
                raise  # half an answer is out: the connection is cut, so that nobody takes it for whole
            unexpected = error if isinstance(error, CogzyError) else CogzyError("akosha.unexpected")
            await exchanges.refusal(unexpected, exchange)(scope, receive, noted)
        finally:
            seconds = time.perf_counter() - started
            self._metrics.request(scope["method"], scope["path"], status, seconds)
            _log.log(_level(scope["path"], status), "request", extra={"data": _line(scope, status, seconds)})


class JsonLines(logging.Formatter):
    """A record as one line of JSON: `time`, `level`, `logger`, `event`, and what came in `extra={"data": {…}}`."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": redact(_message(record))[:_LONGEST_RECORD],
        }
        told |= getattr(record, "data", {})
        if record.exc_info and record.exc_info[0] is not None:
            told |= _error(record.exc_info[1])
        return json.dumps(told, default=str)


def configure(level: str) -> None:
    """Log to standard error from now on: ours at `level`, other libraries from WARNING up."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("core").setLevel(level.upper())


def _level(path: str, status: int) -> int:
    if status >= 500 and status != 503:
        return logging.ERROR
    return logging.DEBUG if path in _QUIET and status < 400 else logging.INFO


def _line(scope: Scope, status: int, seconds: float) -> dict[str, object]:
    exchange = exchanges.exchange_of(scope)
    told: dict[str, object] = {
        "request_id": exchange.request_id,
        "method": scope["method"][:16],
        "path": scope["path"][:_LONGEST_PATH],
        "status": status,
        "milliseconds": round(seconds * 1_000, 1),
    }
    if exchange.principal is not None:
        told |= {"system": exchange.principal.system_id, "token": exchange.principal.token_id}
    told |= {name: value for name, value in (("tool", exchange.tool), ("code", exchange.code)) if value}
    return told | exchange.counts


def _message(record: logging.LogRecord) -> str:
    """Our own words; of other libraries' records the sentence without what was filled in, which can be anything."""
    return record.getMessage() if record.name.split(".")[0] == "core" else str(record.msg)


def _error(error: BaseException | None) -> dict[str, object]:
    if error is None:
        return {}
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    told: dict[str, object] = {
        "error": type(error).__qualname__,
        "at": [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames],
    }
    if isinstance(error, CogzyError):
        told["code"] = error.code
    if error.__cause__ is not None:
        told["because"] = type(error.__cause__).__qualname__
    return told
