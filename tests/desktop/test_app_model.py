"""The model on a real vault: its own engine, its own worker, a folder as the cloud."""

from __future__ import annotations

import pytest

from core.sync.events import Sync
from desktop.model import AppModel
from tests.desktop.rig.home import Home
from tests.desktop.rig.waiting import until


@pytest.mark.usefixtures("qloop")
async def test_a_sync_goes_through_the_worker_and_is_shown(model: AppModel, home: Home) -> None:
    assert model.view.sentence.code == "idle.first"
    result = await model.run(Sync())
    assert result["success"]
    await until(lambda: model.view.sentence.code == "idle")
    assert (home.cloud / "systems").exists() or any(home.cloud.rglob("manifest.json*"))
