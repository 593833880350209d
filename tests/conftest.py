"""Fixtures that every room's tests share. Each xdist worker runs its own servers, and only those its tests ask for."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.forked import forked_command
from tests.servers import S3Server, serve

# No test may read this person's settings, keys or keychain, nor talk to their bucket.
for _name in [n for n in os.environ if n.startswith(("COGZY_", "AWS_"))]:
    del os.environ[_name]
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"

# What is proved is about values, not time: a busy machine must not fail it. HYPOTHESIS_PROFILE=soak tries many more.
settings.register_profile("suite", deadline=None, max_examples=25)
settings.register_profile("soak", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are processors: a third of the time they wait."""
    return min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2, 8) + 1


def pytest_collection_finish() -> None:
    """Leave what all tests are made of out of every later collection: it took 0.3 s each."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """Let the interpreter collect it at its end: DuckDB's binding prints every function that is left over then."""
    gc.unfreeze()


@pytest.fixture(scope="session", autouse=True)
def _own_places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Default folders of this run alone, also for child processes."""
    home = tmp_path_factory.mktemp("places")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("VAULT", "STATE", "RUNTIME"):
            patch.setenv(f"COGZY_{name}_DIR", str(home / name.lower()))
        yield


@pytest.fixture(scope="session")
def rclone_s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """The fast S3 server: ignores conditions on PUT."""
    with serve("rclone", tmp_path_factory.mktemp("rclone")) as server:
        yield server


@pytest.fixture(scope="session")
def swift_s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """The strict S3 server: checks signatures, payload hashes and part sizes."""
    with serve("swift", tmp_path_factory.mktemp("swift")) as server:
        yield server


@pytest.fixture(scope="session")
def moto_s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """The S3 server that honours conditions on PUT."""
    with serve("moto", tmp_path_factory.mktemp("moto")) as server:
        yield server


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a computer with a little memory of every kind (tests.sync.world), to be copied."""
    from tests.sync.world import Computer

    folder = tmp_path_factory.mktemp("filled")
    Computer(folder / "laptop", folder / "cloud").fill()
    return folder / "laptop"


@pytest.fixture
def vault_dir(tmp_path: Path) -> Path:
    """A vault's folder that does not exist yet."""
    return tmp_path / "vault"


@pytest.fixture
def forked_databases(monkeypatch: pytest.MonkeyPatch) -> None:
    """The children that open databases come cheap: see tests.forked."""
    monkeypatch.setattr("core.database.process.own_command", lambda *arguments: forked_command("cogzy", *arguments))
