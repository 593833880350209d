"""Databases are read by forked processes: see tests.forked."""

from __future__ import annotations

import pytest

from tests.forked import forked_command


@pytest.fixture(autouse=True)
def _forked_databases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.database.process.own_command", lambda *arguments: forked_command("cogzy", *arguments))
