"""A hub that tests of this folder share, and one of a test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.akosha.server.running import RunningHub, hub


@pytest.fixture(scope="session", autouse=True)
def _no_model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Whether this computer has an embedding model must not decide what a test sees."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COGZY_MODEL_DIR", str(tmp_path_factory.mktemp("no-model")))
        yield


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """One hub for a module's tests, each of which uses names of its own."""
    with hub(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.fixture
def open_hub(tmp_path: Path) -> Iterator[Callable[..., RunningHub]]:
    """Opens hubs of a test's own, with options."""
    with ExitStack() as stack:

        def opened(**options: Any) -> RunningHub:
            return stack.enter_context(hub(tmp_path / "hub", **options))

        yield opened
