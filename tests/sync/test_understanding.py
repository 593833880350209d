"""`Understand` runs beside everything else, once, and ends when the engine is told to stop."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from core.errors import CogzyError
from core.memory import upkeep
from core.sync.engine import SyncEngine
from core.sync.events import Cancel, Event, Status, Understand, Understanding
from tests.memory.vaults import node, vault_of

pytestmark = pytest.mark.asyncio


async def test_whoever_asks_meanwhile_gets_the_same_run_and_cancel_ends_it(
    vault_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[bool] = []
    go_on, slow_began = asyncio.Event(), asyncio.Event()

    async def slow(vault: Any, sources: Any, *, anew: bool, told: Any, environ: Any) -> upkeep.Ready:
        begun.append(anew)
        told(1, 2)
        slow_began.set()
        await go_on.wait()
        return upkeep.Ready(made=len(begun))

    monkeypatch.setattr(upkeep, "make_ready", slow)
    vault_of(vault_dir, node("n", "words"), vectors=False)
    heard: list[Event] = []
    engine = SyncEngine(vault_dir, environ={"HOME": str(vault_dir.parent)}, emit=heard.append)
    try:
        both = [asyncio.create_task(engine.run(Understand())) for _ in range(2)]
        async with asyncio.timeout(60):
            await slow_began.wait()
        assert Understanding(1, 2) in heard
        assert (await engine.run(Status()))["vault"]["without_vectors"] == 1
        go_on.set()
        assert [one["made"] for one in await asyncio.gather(*both)] == [1, 1]
        go_on.clear()
        slow_began.clear()
        another = asyncio.create_task(engine.run(Understand(anew=True)))
        async with asyncio.timeout(60):
            await slow_began.wait()
        await engine.run(Cancel())
        with pytest.raises(CogzyError) as cancelled:
            await another
        assert cancelled.value.code == "sync.cancelled"
        assert begun == [False, True]
    finally:
        await engine.close()
