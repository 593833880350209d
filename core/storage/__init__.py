"""Buckets and folders behind one small protocol. This is the room's front; importing it imports nothing heavy."""

from __future__ import annotations

from core.storage.errors import (
    AccessError,
    AlreadyExistsError,
    NotFoundError,
    ServerError,
    StorageError,
    ThrottledError,
    TooLargeError,
    UnreachableError,
)
from core.storage.limits import SpeedLimits
from core.storage.location import StoreLocation, check
from core.storage.protocol import (
    Capabilities,
    ObjectStore,
    ProbeReport,
    ProbeStep,
    StoredObject,
    StoreOptions,
    StoreSecrets,
    Traffic,
)

__all__ = [
    "AccessError",
    "AlreadyExistsError",
    "Capabilities",
    "NotFoundError",
    "ObjectStore",
    "ProbeReport",
    "ProbeStep",
    "ServerError",
    "SpeedLimits",
    "StorageError",
    "StoreLocation",
    "StoreOptions",
    "StoreSecrets",
    "StoredObject",
    "ThrottledError",
    "TooLargeError",
    "Traffic",
    "UnreachableError",
    "open_store",
    "probe",
    "reachable",
]

_DEFAULTS = StoreOptions()


def open_store(
    location: StoreLocation,
    secrets: StoreSecrets | None,
    options: StoreOptions = _DEFAULTS,
) -> ObjectStore:
    """A store with retries. Cheap: nothing is imported, touched or connected before the first call or `warm_up`.

    The folder of a folder store must be there: one that is gone is a disk that is not plugged in. Raises AccessError
    for a location that cannot be right or for missing keys.
    """
    from core.storage.retry import RetryingStore

    check(location)
    if location.is_folder:
        from core.storage.folder import FolderStore

        return RetryingStore(FolderStore(location, options), options)
    if secrets is None or not secrets.key_id or not secrets.secret:
        raise AccessError("storage.no_keys")
    from core.storage.s3 import S3Store

    return RetryingStore(S3Store(location, secrets, options), options)


async def probe(store: ObjectStore, location: StoreLocation, *, proxied: bool = False) -> ProbeReport:
    """Test connection: every step of a sync, one after the other; never raises for what store or network do.

    With `proxied` (the store was opened with a proxy) the checks of name and certificate are left to the proxy.
    """
    from core.storage.probing import run

    return await run(store, location, proxied=proxied)


async def reachable(location: StoreLocation, seconds: float = 1.0, *, proxy: str | None = None) -> bool | None:
    """Whether anything answers there within `seconds`: None = no answer, to be tried anyway."""
    from core.storage.reach import reachable as ask

    return await ask(location, seconds, proxy=proxy)
