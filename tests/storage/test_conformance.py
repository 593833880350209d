"""The conformance suite, over a folder and three real S3 servers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from core.storage import ObjectStore, StoreLocation, StoreSecrets
from tests.storage import conformance
from tests.storage.stores import bucket_location, folder_location, opened, secrets_of

Check = Callable[[ObjectStore], Awaitable[None]]

KINDS = ["folder", "rclone_s3", "swift_s3", "moto_s3"]


def place(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> tuple[StoreLocation, StoreSecrets | None]:
    """An empty store of this kind."""
    if kind == "folder":
        return folder_location(tmp_path), None
    server = request.getfixturevalue(kind)
    return bucket_location(server), secrets_of(server)


@pytest.mark.asyncio
@pytest.mark.parametrize("check", conformance.CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("kind", KINDS)
async def test_store(kind: str, check: Check, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    async with opened(*place(kind, request, tmp_path)) as store:
        await check(store)


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", ["folder", "swift_s3", "moto_s3"])
async def test_store_that_proved_it_creates_only_once(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    async with opened(*place(kind, request, tmp_path)) as store:
        await conformance.creates_only_once_when_asked(store)
