"""Opening stores on test servers and folders."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from core.storage import ObjectStore, StoreLocation, StoreOptions, StoreSecrets, open_store
from tests.servers import S3Server

QUICK = StoreOptions(retry_backoff_seconds=0.01, no_progress_seconds=20, connect_seconds=2)


def bucket_location(server: S3Server, *, url: str = "", bucket: str = "", prefix: str = "memory/test") -> StoreLocation:
    """A new bucket of `server`, reached by `url` (a proxy before it) when given."""
    return StoreLocation(endpoint=url or server.url, bucket=bucket or server.new_bucket(), prefix=prefix)


def secrets_of(server: S3Server) -> StoreSecrets:
    """The server's own key."""
    return StoreSecrets(server.ak, server.sk)


def folder_location(folder: Path, prefix: str = "memory/test") -> StoreLocation:
    """A folder as the cloud."""
    return StoreLocation(endpoint=folder.as_uri(), prefix=prefix)


@contextlib.asynccontextmanager
async def opened(
    location: StoreLocation, secrets: StoreSecrets | None = None, options: StoreOptions = QUICK
) -> AsyncIterator[ObjectStore]:
    """The store of `location`, closed at the end."""
    store = open_store(location, secrets, options)
    try:
        yield store
    finally:
        await store.close()
