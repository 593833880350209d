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
from core.storage.location import StoreLocation, check
from core.storage.protocol import (
    Capabilities,
    ObjectStore,
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
    "ServerError",
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
]

_DEFAULTS = StoreOptions()


def open_store(
    location: StoreLocation,
    secrets: StoreSecrets | None,
    options: StoreOptions = _DEFAULTS,
    *,
    create: bool = False,
) -> ObjectStore:
    """A store with retries. Cheap: nothing is imported, touched or connected before the first call or `warm_up`.

    `create` makes the folder of a folder store: only for set-up, since a folder that is gone is a disk that is not
    plugged in. Raises AccessError for a location that cannot be right or for missing keys.
    """
    from core.storage.retry import RetryingStore

    check(location)
    if location.is_folder:
        from core.storage.folder import FolderStore

        return RetryingStore(FolderStore(location, options, create=create), options)
    if secrets is None or not secrets.key_id or not secrets.secret:
        raise AccessError("storage.no_keys")
    from core.storage.s3 import S3Store

    return RetryingStore(S3Store(location, secrets, options), options)
