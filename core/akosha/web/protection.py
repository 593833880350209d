"""Which requests come from a program of this computer, and which from a web page that should not be asking.

A page in a browser can send requests to 127.0.0.1. It cannot choose the Host (a name of its own that was pointed at
127.0.0.1 shows there: DNS rebinding), it cannot hide its Origin, and it cannot send `application/json` without asking
first, which is answered with no. Names that proxies add are never believed.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from core.akosha.errors import RequestError
from core.storage.location import is_loopback

if TYPE_CHECKING:
    from starlette.types import Scope

_WITH_A_BODY = frozenset({"POST", "PUT", "PATCH"})
_METHODS = _WITH_A_BODY | {"GET", "HEAD", "DELETE", "OPTIONS"}
_SHOWN = 100


class Protection:
    """The checks for a hub bound to `host`, known by a proxy under `allowed_hosts`."""

    def __init__(self, host: str, allowed_hosts: Collection[str]) -> None:
        self._any_host = not is_loopback(host) and not allowed_hosts
        self._allowed = {name.lower() for name in (*allowed_hosts, host)}

    def check(self, scope: Scope) -> None:
        """Raises RequestError: akosha.wrong_host, .wrong_origin, .wrong_type, .wrong_encoding, .wrong_method."""
        headers = scope["headers"]
        host = _one(headers, b"host")
        if not self._any_host and not self._is_ours(_host_of(host)):
            raise RequestError("akosha.wrong_host", status=421, host=host[:_SHOWN])
        origin = _one(headers, b"origin")
        if origin and not self._is_own_origin(origin, host):
            raise RequestError("akosha.wrong_origin", status=403, origin=origin[:_SHOWN])
        if _one(headers, b"sec-fetch-site") == "cross-site":
            raise RequestError("akosha.wrong_origin", status=403, origin="another web page")
        if scope["method"] not in _METHODS:
            raise RequestError("akosha.wrong_method", status=405, method=scope["method"][:_SHOWN])
        if scope["method"] in _WITH_A_BODY:
            _check_type(headers)

    def _is_ours(self, name: str) -> bool:
        return is_loopback(name) or name.lower() in self._allowed

    def _is_own_origin(self, origin: str, host: str) -> bool:
        parts = urlsplit(origin) if origin.isascii() else None
        if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
            return False
        return self._is_ours(parts.hostname) or (self._any_host and parts.netloc.lower() == host.lower())


def _check_type(headers: list[tuple[bytes, bytes]]) -> None:
    kind, _, rest = _one(headers, b"content-type").lower().partition(";")
    charset = rest.partition("charset=")[2].strip().strip('"')
    if kind.strip() != "application/json" or charset not in ("", "utf-8", "utf8"):
        raise RequestError("akosha.wrong_type", status=415)
    if _one(headers, b"content-encoding").lower() not in ("", "identity"):
        raise RequestError("akosha.wrong_encoding", status=415)


def _one(headers: list[tuple[bytes, bytes]], name: bytes) -> str:
    """The header's value; several of them are one that matches nothing."""
    found = [value for key, value in headers if key == name]
    return b", ".join(found).decode("latin-1").strip()


def _host_of(host: str) -> str:
    """`name:port` without its port."""
    name, _, port = host.rpartition(":")
    bare = name if name and port.isdigit() and (":" not in name or name.endswith("]")) else host
    return bare.strip("[]")
