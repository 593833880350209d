"""The HTTP below the MCP SDK: every failure on the way becomes a HubError, and none ends the session.

The SDK forgets statuses and headers, and a connection that fails takes its whole session with it. So a failed request
is answered here, in the hub's place, by a JSON-RPC error with a number that leads back to the HubError.

The SDK passes what a tool is given through several models, and writes all of it as text for a log line that nobody
reads. So it is given a reference to the arguments, and the request gets them here.

Only imported when something is sent: httpx2 and what it brings cost half a second.
"""

from __future__ import annotations

import json as json_module
import secrets
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.request import getproxies

import httpx2

from core.storage import trust
from core.storage.location import is_loopback
from core.storage.protocol import StoreOptions
from core.storage.retry import retry_after
from core.sync.errors import HubError

FAILED = -32050
"""The JSON-RPC code of our own answers: one that no server of the SDK uses."""
MOST_ANSWER = 16 << 20
_REFERENCE = "cogzy/arguments"
MOST_REASON = 300
_BUSY = frozenset({408, 409, 425, 429, 503})
_NO_MCP = frozenset({404, 405, 406})
_MAY_BE_PROTOCOL = frozenset({400, 404, 405, 406, 415, 422})
"""Statuses that a server may give a JSON-RPC error along with, which is then the better answer."""
_SAME_AGAIN = frozenset(
    {"hub.unreachable", "hub.timeout", "hub.tls", "hub.token_missing", "hub.token_wrong", "hub.not_allowed", "hub.busy"}
)


class HubHttp(httpx2.AsyncClient):
    """The HTTP client of one session. `sent`, `received` and `requests` count what went over the wire."""

    def __init__(self, url: str, token: str | None, options: StoreOptions) -> None:
        address = httpx2.URL(url)
        self.host = address.host
        self.port = address.port or (443 if address.scheme == "https" else 80)
        local = is_loopback(self.host)
        self.proxied = not local and (bool(options.proxy) or bool(getproxies().get(address.scheme)))
        super().__init__(
            headers={"Authorization": f"Bearer {token}"} if token else None,
            timeout=httpx2.Timeout(options.idle_seconds, connect=options.connect_seconds, pool=None),
            verify=trust.context(),
            trust_env=not local,
            proxy=None if local else options.proxy,
        )
        self._has_token = token is not None
        self._limiter, _ = options.limiters
        self._failures: dict[int, HubError] = {}
        self._handshake: HubError | None = None
        self._kept_back: dict[str, Mapping[str, Any]] = {}
        self.connecting = True
        self.sent = self.received = self.requests = 0

    def failure(self, data: Any) -> HubError | None:
        """The error that an answer of ours stands for."""
        number = data.get("failure") if isinstance(data, dict) else None
        return self._failures.pop(number, None) if isinstance(number, int) else None

    def build_request(self, method: str, url: Any, **keywords: Any) -> httpx2.Request:
        """As httpx2 does, with JSON by orjson: faster, and NaN and lone surrogates do not end a whole batch."""
        body = keywords.pop("json", None)
        if body is not None:
            keywords["content"] = _encoded(self._with_arguments(body))
        return super().build_request(method, url, **keywords)

    @contextmanager
    def kept_back(self, arguments: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """What stands for `arguments` in a call of the SDK, as long as the call lasts."""
        name = secrets.token_hex(8)
        self._kept_back[name] = arguments
        try:
            yield {_REFERENCE: name}
        finally:
            del self._kept_back[name]

    async def send(self, request: httpx2.Request, **keywords: Any) -> httpx2.Response:
        """Send; what fails is answered in the hub's place. Only POST carries what anybody waits for."""
        if request.method != "POST":
            return await super().send(request, **keywords)
        if self.connecting and self._handshake is not None:
            return self._answer(request, self._handshake)  # the second greeting would fail like the first
        size = int(request.headers.get("content-length", 0))
        await self._limiter.take(size)
        self.requests += 1
        try:
            response = await super().send(request, **keywords)
            self.sent += size
            if response.status_code < 400 and not _is_json(response):
                return response
            body = await _whole(response)
        except httpx2.TransportError as error:
            return self._answer(request, self._from_transport(error))
        except httpx2.DecodingError:
            return self._answer(request, HubError("hub.bad_answer", retryable=True, reason="it cannot be decoded"))
        self.received += len(body or b"")
        if body is None:
            return self._answer(request, HubError("hub.bad_answer", reason=f"more than {MOST_ANSWER} bytes"))
        if response.status_code < 400 or (response.status_code in _MAY_BE_PROTOCOL and _is_rpc(body)):
            return httpx2.Response(response.status_code, headers=_headers_of(response), content=body, request=request)
        return self._answer(request, self._from_status(request, response, body))

    def _with_arguments(self, message: Any) -> Any:
        params = message.get("params") if isinstance(message, dict) else None
        given = params.get("arguments") if isinstance(params, dict) else None
        if params is None or not isinstance(given, dict) or _REFERENCE not in given:
            return message
        return {**message, "params": {**params, "arguments": dict(self._kept_back[given[_REFERENCE]])}}

    def _answer(self, request: httpx2.Request, error: HubError) -> httpx2.Response:
        if self.connecting and error.code in _SAME_AGAIN:
            self._handshake = error
        number = self.requests
        while number in self._failures:
            number += 1
        self._failures[number] = error
        said = {"code": FAILED, "message": error.code, "data": {"failure": number}}
        return httpx2.Response(502, json={"jsonrpc": "2.0", "id": 0, "error": said}, request=request)

    def _from_transport(self, error: httpx2.TransportError) -> HubError:
        below: BaseException | None = error
        while below is not None:
            if isinstance(below, ssl.SSLCertVerificationError):
                return HubError("hub.tls", host=self.host, reason=below.verify_message or str(below))
            below = below.__cause__ or below.__context__
        if isinstance(error, httpx2.ConnectTimeout):
            return HubError("hub.unreachable", retryable=True, host=self.host, reason="nothing answers")
        if isinstance(error, httpx2.TimeoutException):
            return HubError("hub.timeout", retryable=True, host=self.host)
        if isinstance(error, httpx2.ConnectError | httpx2.ProxyError):
            reason = str(error) or "the connection is refused"
            return HubError("hub.unreachable", retryable=True, host=self.host, reason=reason[:MOST_REASON])
        return HubError("hub.cut", retryable=True, host=self.host)

    def _from_status(self, request: httpx2.Request, response: httpx2.Response, body: bytes) -> HubError:
        status, reason, wait = response.status_code, _reason(body), retry_after(response.headers)
        if status == 401:
            return HubError("hub.token_wrong" if self._has_token else "hub.token_missing", host=self.host)
        if status == 403:
            return HubError("hub.not_allowed", host=self.host, reason=reason)
        if status == 413:
            return HubError("hub.too_large", smaller=True, host=self.host)
        if status in _BUSY:
            return HubError("hub.busy", retryable=True, retry_after=wait, host=self.host, status=status)
        if status in _NO_MCP and not self.connecting:
            return HubError("hub.cut", retryable=True, host=self.host)  # the hub was started anew
        if status in _NO_MCP:
            return HubError("hub.no_hub", url=str(request.url.copy_with(userinfo=b"")), status=status)
        if status >= 500:
            return HubError("hub.failed", retryable=True, retry_after=wait, host=self.host, status=status)
        return HubError("hub.refused", host=self.host, status=status, reason=reason)


def _encoded(value: Any) -> bytes:
    import orjson

    try:
        return orjson.dumps(value)
    except TypeError:  # integers beyond 64 bits, lone surrogates
        return json_module.dumps(value, separators=(",", ":")).encode()


async def _whole(response: httpx2.Response) -> bytes | None:
    """The body; None when it is longer than any answer can be."""
    body = bytearray()
    try:
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) > MOST_ANSWER:
                return None
    finally:
        await response.aclose()
    return bytes(body)


def _is_json(response: httpx2.Response) -> bool:
    return bool(response.headers.get("content-type", "").lower().startswith("application/json"))


def _is_rpc(body: bytes) -> bool:
    found = _parsed(body)
    return found.get("jsonrpc") == "2.0" and isinstance(found.get("error"), dict)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        found = json_module.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _reason(body: bytes) -> str:
    """What a refusal says for itself: our hub's own sentences, or the beginning of any other text."""
    error = _parsed(body).get("error")
    if isinstance(error, dict) and isinstance(error.get("title"), str):
        return ": ".join(str(error[name]) for name in ("title", "cause") if error.get(name))[:MOST_REASON]
    return " ".join(body[:MOST_REASON].decode(errors="replace").split())


def _headers_of(response: httpx2.Response) -> list[tuple[str, str]]:
    """The headers of an answer whose body was decoded."""
    left_out = ("content-encoding", "content-length", "transfer-encoding")
    return [(name, value) for name, value in response.headers.multi_items() if name.lower() not in left_out]
