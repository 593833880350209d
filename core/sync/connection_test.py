"""The connection test: what a sync does, step by step, to the cloud and to the hub. It confirms a hub that passes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import CogzyError
from core.storage import ProbeStep, probe
from core.sync.connect import connect_store, store_options
from core.sync.events import Notice

if TYPE_CHECKING:
    from core.credentials import Credentials
    from core.settings import Loaded
    from core.settings_model import Settings


async def run(loaded: Loaded, credentials: Credentials, root: Path, environ: Mapping[str, str]) -> dict[str, Any]:
    """The report: `steps` and `capabilities` of the cloud; `hub` when one is set up.

    Raises UsageError when neither is.
    """
    settings = loaded.settings
    report: dict[str, Any] = {"steps": [], "capabilities": None}
    if settings.sync.cloud_configured or not settings.sync.hub_endpoint:
        try:
            report = await _cloud(settings, credentials)
        except CogzyError as error:
            if not settings.sync.hub_endpoint:
                raise
            report["steps"] = [asdict(ProbeStep("sign-in", False, error.as_json()))]
    if settings.sync.hub_endpoint:
        report["hub"] = await _hub(loaded, credentials, root, environ)
    return report


async def _cloud(settings: Settings, credentials: Credentials) -> dict[str, Any]:
    store = await connect_store(settings, credentials)
    try:
        return asdict(await probe(store, store.location, proxied=bool(settings.network.proxy)))
    finally:
        await store.close()


async def _hub(loaded: Loaded, credentials: Credentials, root: Path, environ: Mapping[str, str]) -> dict[str, Any]:
    from core import settings as saved
    from core.sync.http import hub_token
    from core.sync.hub.probe import probe

    settings = loaded.settings
    url = settings.sync.hub_endpoint
    token = await hub_token(credentials)
    steps = await probe(url, token, store_options(settings), settings.sync.system_id_resolved)
    passed = not any(step.ok is False for step in steps)
    notices: list[Notice] = []
    if passed and not loaded.hub_allowed:
        await asyncio.to_thread(saved.save, root, {"hub_confirmed": settings.hub_consent}, environ)
        notices.append(Notice("hub.confirmed", {"url": url}))
        if settings.encrypted:
            notices.append(Notice("hub.reads_encrypted"))
    return {
        "url": url,
        "steps": [asdict(step) for step in steps],
        "confirmed": passed or loaded.hub_allowed,
        "notices": [{"code": notice.code, "params": notice.params} for notice in notices],
    }
