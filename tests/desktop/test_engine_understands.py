"""After a sync or an import, and at the first quiet moment, the app lets its worker do what was left for later."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from core.memory import upkeep
from core.sync.events import CheckForChanges, Command, Done, Failed, Import, Sync, Understand
from core.sync.rules import Outside
from desktop import engine as engine_module
from desktop.engine import AppEngine


class Worker:
    """Takes commands and does nothing, a sync until `may_end` is set; `understood` is set with the first Understand."""

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self.understood = asyncio.Event()
        self.may_end = asyncio.Event()
        self.may_end.set()
        self.end: Done | Failed = Done()

    async def execute(self, command: Command) -> Done | Failed:
        self.commands.append(command)
        if isinstance(command, Understand):
            self.understood.set()
        if isinstance(command, Sync):
            await self.may_end.wait()
        return self.end

    async def close(self, seconds: float = 0.0) -> None:
        """Nothing to end."""


@pytest.mark.parametrize("command", [Sync(), Import(("export.zip",)), CheckForChanges()])
async def test_what_was_left_for_later_is_done_after_it(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qloop: object
) -> None:
    monkeypatch.setattr(engine_module, "QUIET_SECONDS", 0.0)
    monkeypatch.setattr(upkeep, "due", lambda root, environ: True)
    engine, worker = AppEngine(tmp_path / "vault", {"HOME": str(tmp_path)}), Worker()
    engine._worker = worker  # type: ignore[assignment]
    try:
        await engine.execute(command)
        async with asyncio.timeout(10):
            await worker.understood.wait()
    finally:
        await engine.close()


async def test_nothing_is_begun_while_it_is_held_nor_after_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qloop: object
) -> None:
    held = [Outside(held="battery")]
    engine, worker = AppEngine(tmp_path / "vault", surroundings=lambda: held[0]), Worker()
    engine._worker = worker  # type: ignore[assignment]
    await engine.execute(Sync())
    assert engine._understanding is None
    held[0] = Outside()
    await engine.execute(Sync())
    assert engine._understanding is not None
    await engine.close()
    assert worker.commands == [Sync(), Sync()]
    assert engine._understanding is None


async def test_it_waits_until_a_sync_that_may_end_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qloop: object
) -> None:
    monkeypatch.setattr(engine_module, "QUIET_SECONDS", 0.0)
    monkeypatch.setattr(upkeep, "due", lambda root, environ: True)
    engine, worker = AppEngine(tmp_path / "vault", {"HOME": str(tmp_path)}), Worker()
    engine._worker = worker  # type: ignore[assignment]
    worker.may_end.clear()
    syncing = asyncio.create_task(engine.execute(Sync()))
    try:
        await engine.execute(CheckForChanges())
        for _ in range(100):
            await asyncio.sleep(0)
        assert not worker.understood.is_set()
        worker.may_end.set()
        await syncing
        async with asyncio.timeout(60):
            await worker.understood.wait()
    finally:
        await engine.close()
