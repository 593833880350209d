"""Each place has a default of the platform's, moves by its variable, and the socket folder is safe."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from core import locations
from core.errors import RefusedError


def test_the_vault_is_where_the_platform_keeps_data_unless_it_was_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert locations.default_vault_dir({}).name == "cogzy"
    assert tmp_path in locations.default_vault_dir({}).parents
    assert locations.default_vault_dir({"COGZY_VAULT_DIR": "~/mine"}) == tmp_path / "mine"
    assert locations.default_vault_dir({"COGZY_VAULT_DIR": "x/../y"}) == Path.cwd() / "y"


def test_the_socket_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    environ = {"COGZY_RUNTIME_DIR": str(tmp_path / "run")}
    (tmp_path / "run").mkdir(mode=0o777)
    (tmp_path / "run").chmod(0o777)
    assert stat.S_IMODE(locations.runtime_dir(environ).stat().st_mode) == 0o700


def test_a_socket_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "run").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RefusedError, match="not safe"):
        locations.runtime_dir({"COGZY_RUNTIME_DIR": str(tmp_path / "run")})


def test_the_socket_folder_follows_the_session_and_needs_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert locations.runtime_dir({"XDG_RUNTIME_DIR": str(tmp_path)}) == tmp_path / "cogzy"
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "shared"))
    missing = {"XDG_RUNTIME_DIR": str(tmp_path / "gone")}
    assert locations.runtime_dir(missing).parent == tmp_path / "shared"


def test_places_are_found_without_heavy_imports() -> None:
    program = "import sys, core.locations as l; l.default_vault_dir(); print({'pydantic', 'asyncio'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
