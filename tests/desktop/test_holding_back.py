"""What holds syncs back while one runs ends it, unless a person asked for it; what waits for a decision is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.sync.events import Cancel, Command, Done, Pause, Sync, Trigger
from core.sync.rules import Outside
from desktop.engine import AppEngine
from desktop.model import AppModel
from tests.desktop.rig.waiting import until
from tests.desktop.stage import StageModel, status_of


def told(engine: AppEngine, monkeypatch: pytest.MonkeyPatch, *running: Command) -> list[Command]:
    """The commands that reach the worker of an engine that works on these."""
    asked: list[Command] = []

    async def execute(command: Command) -> Done:
        asked.append(command)
        return Done()

    monkeypatch.setattr(engine._worker, "execute", execute)
    engine._working.extend(running)
    return asked


@pytest.mark.parametrize(
    ("triggers", "ends"),
    [(["schedule"], True), (["session_end"], True), (["user"], False), (["schedule", "user"], False)],
)
@pytest.mark.usefixtures("qloop")
async def test_a_pause_ends_a_sync_that_nobody_asked_for(
    triggers: list[Trigger], ends: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = AppEngine(tmp_path / "vault", {"COGZY_STATE_DIR": str(tmp_path)})
    asked = told(engine, monkeypatch, *(Sync(trigger=trigger) for trigger in triggers))
    assert isinstance(await engine.execute(Pause()), Done)
    assert (asked == [Cancel()]) == ends
    await engine.close()


@pytest.mark.usefixtures("qloop")
async def test_a_switch_in_the_settings_that_holds_syncs_back_ends_the_one_that_runs(
    model: AppModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    await until(lambda: model.ownership.own is not None)
    assert model.ownership.own is not None
    asked = told(model.ownership.own, monkeypatch, Sync(trigger="schedule"))
    held: list[str | None] = [None]
    monkeypatch.setattr(model, "_outside", lambda: Outside(held=held[0]))
    model.reload_settings()
    held[0] = "metered"
    assert asked == []
    model.reload_settings()
    await until(lambda: asked == [Cancel()])
    model.ownership.own._working.clear()


def test_show_opens_the_preview_on_the_findings(stage: StageModel) -> None:
    opened: list[tuple[str, object]] = []
    stage.opened.connect(lambda page, focus: opened.append((page, focus)))
    stage.show(status_of("attention", reason="secrets.held", secrets={"count": 1, "parts": ["vault"]}))
    assert stage.view.action is not None
    stage.act(stage.view.action)
    stage.show(status_of("attention", reason="vault.damaged"))
    stage.act("show")
    assert opened == [("preview", {"tab": "secrets"}), ("status", {"reason": "vault.damaged"})]
