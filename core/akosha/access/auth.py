"""Who asks, and what they may: bearer tokens, and the open loopback of one computer.

Invariants:
- Beyond loopback nothing answers without a token, whatever the settings say; on loopback AKOSHA_REQUIRE_TOKEN demands
  one too. A request that came through a proxy is from elsewhere, so it needs one even on loopback.
- A token that is given must be right, also where none is needed: a revoked one must not go on as "anybody".
- A system writes as itself only. Everybody who may read reads all systems: a hub is one person's.
- Wrong tokens are slowed down by address, right ones never: others may guess behind the same proxy. (A token is 256
  random bits, so that being told at once which one is right helps nobody to guess it.)
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol

from core.errors import UsageError

if TYPE_CHECKING:
    from core.akosha.access.tokens import TokenStore

SCOPES = ("read", "write", "admin")
LOCAL_SYSTEM = "local"
"""The system of memories that come over open loopback and name none."""

GUESSES_AT_ONCE = 20
GUESSES_PER_SECOND = 1.0
_MOST_CLIENTS = 10_000
_STATUS = {"auth.scope": 403, "auth.another_system": 403, "auth.throttled": 429}
_FORWARDED = frozenset({"forwarded", "via", "x-real-ip", "x-client-ip", "cf-connecting-ip", "true-client-ip"})
_ALSO_FORWARDED = ("x-forwarded", "x-original-forwarded")
"""What proxies add, and how the names of the others begin."""


class AuthError(UsageError):
    """Not let in, or not that far. `status` is its HTTP status, `retry_after` seconds to wait where that helps."""

    retry_after: int | None = None

    @property
    def status(self) -> int:
        """401, 403 or 429."""
        return _STATUS.get(self.code, 401)


@dataclass(frozen=True)
class Principal:
    """Who asks. `system_id` None: open loopback or this computer's own commands, which may speak for any system."""

    system_id: str | None
    scopes: frozenset[str]
    token_id: str | None = None

    everything: ClassVar[frozenset[str]] = frozenset(SCOPES)

    def may(self, scope: str) -> bool:
        """Whether this is allowed: `read`, `write` or `admin`."""
        return scope in self.scopes

    def require(self, scope: str) -> None:
        """Raises AuthError("auth.scope") when it is not."""
        if not self.may(scope):
            raise AuthError("auth.scope", scope=scope, system_id=self.system_id, has=", ".join(sorted(self.scopes)))

    def system_for(self, named: str | None, claimed: str | None = None) -> str:
        """The system to write as.

        `named` is what an item says outright; a token of another system raises AuthError("auth.another_system").
        `claimed` is a hint that counts only where no token says better.
        """
        if self.system_id is None:
            return named or claimed or LOCAL_SYSTEM
        if named and named != self.system_id:
            raise AuthError("auth.another_system", system_id=self.system_id, named=named)
        return self.system_id


class AccessSettings(Protocol):
    """What of the hub's settings decides who is let in."""

    @property
    def on_loopback(self) -> bool: ...

    @property
    def require_token(self) -> bool | None: ...

    @property
    def allowed_hosts(self) -> tuple[str, ...]: ...


class Gate:
    """Lets requests in, and remembers who guesses. One for each server."""

    def __init__(
        self, settings: AccessSettings, tokens: TokenStore, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.tokens_required = tokens_required(settings)
        self._tokens = tokens
        self._clock = clock
        self._guesses: OrderedDict[str, tuple[float, float]] = OrderedDict()  # address: guesses left, as of when

    def authenticate(self, headers: Mapping[str, str], client: str = "") -> Principal:
        """Who sends these headers from the address `client`.

        Raises AuthError: auth.token_missing, auth.token_wrong, auth.throttled.
        """
        given = _header(headers, "authorization")
        if given is None:
            if self.tokens_required or any(map(_is_from_a_proxy, headers)):
                raise AuthError("auth.token_missing" if self.tokens_required else "auth.forwarded")
            return Principal(None, Principal.everything)
        scheme, _, secret = given.strip().partition(" ")
        principal = self._tokens.verify(secret.strip()) if scheme.lower() == "bearer" else None
        if principal is None:
            self._count(client)
            raise AuthError("auth.token_wrong")
        return principal

    def _count(self, client: str) -> None:
        """Take one guess from `client`. Raises AuthError("auth.throttled") when none is left."""
        now = self._clock()
        left, at = self._guesses.pop(client, (float(GUESSES_AT_ONCE), now))
        left = min(GUESSES_AT_ONCE, left + (now - at) * GUESSES_PER_SECOND)
        if left < 1:
            self._guesses[client] = (left, now)
            wait = math.ceil((1 - left) / GUESSES_PER_SECOND)
            error = AuthError("auth.throttled", seconds=wait)
            error.retry_after = wait
            raise error
        self._guesses[client] = (left - 1, now)
        while len(self._guesses) > _MOST_CLIENTS:
            self._guesses.popitem(last=False)


def authenticate(
    headers: Mapping[str, str], settings: AccessSettings, tokens: TokenStore, client: str = ""
) -> Principal:
    """Who sends these headers, with no memory of earlier guesses. A server keeps one Gate instead."""
    return Gate(settings, tokens).authenticate(headers, client)


def tokens_required(settings: AccessSettings) -> bool:
    """Whether nothing but health answers without a token. Saying that none is needed does not open a hub to others."""
    return settings.require_token is True or not settings.on_loopback or bool(settings.allowed_hosts)


def _is_from_a_proxy(name: str) -> bool:
    return name.lower() in _FORWARDED or name.lower().startswith(_ALSO_FORWARDED)


def _header(headers: Mapping[str, str], name: str) -> str | None:
    """A header's value, whatever its case in a plain dict."""
    found = headers.get(name)
    if found is not None:
        return found
    return next((value for key, value in headers.items() if key.lower() == name), None)
