"""The contract of every store, and the data that flows through it.

Invariants, held by tests/storage/conformance.py for every kind of store:

- A key is a relative posix path below the location's prefix; one that could lead out of it is refused.
- `put` is whole or not at all: no reader ever sees a part of an object.
- `get` returns exactly the stored bytes or raises; a cut answer is an error, never a short object.
- `list` yields every object in the order of its key, or raises; it never ends early in silence. Names that are no
  keys (folder markers of other programs) are not ours and not listed.
- Every call ends: by an answer, by a StorageError within its deadline, or by cancellation.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from core.storage.limits import Limiter, SpeedLimits
from core.storage.location import StoreLocation

MOST_BYTES = 64 << 20


@dataclass(frozen=True)
class StoreSecrets:
    """The S3 key pair. Its secret never shows in a repr."""

    key_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class StoreOptions:
    """How patient, how parallel and how fast. Seconds and bytes per second."""

    max_retries: int = 3
    retry_backoff_seconds: float = 2.0
    no_progress_seconds: float = 300.0
    """A call, its retries included, that moved nothing for this long has failed."""
    concurrency: int = 4
    connect_seconds: float = 5.0
    upload_bytes_per_second: int | None = None
    download_bytes_per_second: int | None = None
    proxy: str | None = None
    limits: SpeedLimits | None = None
    """Limits that others share and may change; None: the two above, for this store alone."""

    @property
    def limiters(self) -> tuple[Limiter, Limiter]:
        """The limiters up and down."""
        if self.limits is not None:
            return self.limits.up, self.limits.down
        return Limiter(self.upload_bytes_per_second), Limiter(self.download_bytes_per_second)

    @property
    def idle_seconds(self) -> float:
        """How long one attempt may stand still, so that every attempt fits into `no_progress_seconds`."""
        return min(60.0, self.no_progress_seconds / (self.max_retries + 1))


@dataclass(frozen=True)
class StoredObject:
    """One object of a listing. A sub-folder of a delimited listing has a key that ends in `/` and size 0."""

    key: str
    size: int
    modified: datetime | None = None


@dataclass
class Traffic:
    """What really went over the wire: every attempt is a request, its body bytes count each time."""

    requests: int = 0
    sent: int = 0
    received: int = 0


@dataclass(frozen=True)
class Capabilities:
    """What a probe proved about a store; nothing is believed because of a brand."""

    only_if_absent: bool = False
    clock_skew_seconds: float | None = None
    """This computer's clock minus the server's, when the server sends one."""


@dataclass(frozen=True)
class ProbeStep:
    """One step: `ok` is None when it was not tried, or does not exist for this kind of store."""

    name: str
    ok: bool | None
    error: dict[str, object] | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class ProbeReport:
    """What the probe found."""

    steps: tuple[ProbeStep, ...]
    capabilities: Capabilities

    @property
    def failed(self) -> ProbeStep | None:
        """The first step that failed."""
        return next((step for step in self.steps if step.ok is False), None)

    @property
    def ok(self) -> bool:
        """True when everything that a sync needs works."""
        return self.failed is None


class ObjectStore(Protocol):
    """A bucket or a folder. Keys are relative to the location's prefix."""

    @property
    def location(self) -> StoreLocation: ...

    @property
    def traffic(self) -> Traffic: ...

    async def warm_up(self) -> None:
        """Load what the store needs, in a thread. Touches no network."""
        ...

    async def put(self, key: str, body: bytes, *, only_if_absent: bool = False) -> None:
        """Store `body` whole. Raises AlreadyExistsError when `only_if_absent` and something else is there.

        A store that ignores the condition (see Capabilities) overwrites: use unique names.
        """
        ...

    async def get(self, key: str, *, offset: int = 0, length: int | None = None, at_most: int = MOST_BYTES) -> bytes:
        """The object's bytes, or those of the range as far as they exist (none at all gives b"").

        Raises NotFoundError, and TooLargeError when more than `at_most` bytes would come.
        """
        ...

    async def head(self, key: str) -> StoredObject | None:
        """Size and time of an object, None when it is not there."""
        ...

    def list(self, prefix: str = "", *, delimiter: str = "") -> AsyncIterator[StoredObject]:
        """Everything below `prefix` in the order of keys; with `delimiter` "/" one level, sub-folders as `a/b/`."""
        ...

    async def delete(self, key: str) -> None:
        """Remove an object; one that is not there is fine."""
        ...

    async def close(self) -> None:
        """Let go of connections. The store can not be used afterwards."""
        ...
