"""Engines for the tests of this room."""

from __future__ import annotations

import sys
import types

import pytest

from tests.control import fake_engine


@pytest.fixture(autouse=True)
def _fake_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = types.ModuleType("core.sync.engine")
    engine.SyncEngine = fake_engine.SyncEngine  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "core.sync.engine", engine)
