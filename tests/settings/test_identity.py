"""Who this vault and this computer are: made once, noticed when copied, never silently remade."""

from __future__ import annotations

import re
import shutil
import threading
from pathlib import Path

import pytest

from core.errors import DamageError
from core.files import FileError
from core.settings import Settings, config_path, ensure_identity, load


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"COGZY_STATE_DIR": str(tmp_path / "state")}


def who(settings: Settings) -> tuple[str, str, str]:
    return settings.vault_id, settings.install_id, settings.sync.system_id


def test_the_first_run_makes_an_identity_and_later_runs_keep_it(vault_dir: Path, environ: dict[str, str]) -> None:
    first = ensure_identity(vault_dir, environ)
    assert re.fullmatch(r"[0-9a-f]{32}", first.settings.vault_id)
    assert re.fullmatch(r"[a-z0-9-]+-[a-z0-9]{4}", first.settings.sync.system_id)
    written = config_path(vault_dir).stat().st_mtime_ns
    assert who(ensure_identity(vault_dir, environ).settings) == who(first.settings)
    assert config_path(vault_dir).stat().st_mtime_ns == written


def test_two_vaults_on_one_computer_are_two_systems_with_one_install_id(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    one, two = (ensure_identity(tmp_path / name, environ).settings for name in ("one", "two"))
    assert one.install_id == two.install_id
    assert one.vault_id != two.vault_id
    assert one.sync.system_id != two.sync.system_id


def test_a_vault_copied_to_another_computer_gets_a_new_system_id_and_keeps_its_vault_id(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    here = ensure_identity(tmp_path / "here", environ).settings
    shutil.copytree(tmp_path / "here", tmp_path / "there")
    there = ensure_identity(tmp_path / "there", {"COGZY_STATE_DIR": str(tmp_path / "other computer")}).settings
    assert there.vault_id == here.vault_id
    assert there.install_id != here.install_id
    assert there.sync.system_id != here.sync.system_id
    assert ensure_identity(tmp_path / "here", environ).settings == here


def test_a_system_id_from_the_environment_is_used_and_not_written_down(
    vault_dir: Path, environ: dict[str, str]
) -> None:
    loaded = ensure_identity(vault_dir, environ | {"COGZY_SYSTEM_ID": "ci-runner"})
    assert loaded.settings.sync.system_id == "ci-runner"
    assert load(vault_dir, {}).settings.sync.system_id == ""


@pytest.mark.parametrize("content", ["{", '{"vault_id": "mine"}', '{"vault_id": 7}'])
def test_a_damaged_identity_is_an_error_and_never_replaced(
    vault_dir: Path, environ: dict[str, str], content: str
) -> None:
    vault_dir.mkdir()
    config_path(vault_dir).write_text(content)
    with pytest.raises(DamageError) as caught:
        ensure_identity(vault_dir, environ)
    assert caught.value.next_step
    assert "<" not in str(caught.value)
    assert config_path(vault_dir).read_text() == content


def test_an_install_id_cut_short_by_a_crash_is_made_anew(vault_dir: Path, environ: dict[str, str]) -> None:
    state = Path(environ["COGZY_STATE_DIR"])
    state.mkdir()
    (state / "install-id").write_text("")
    assert len(ensure_identity(vault_dir, environ).settings.install_id) == 32
    assert len((state / "install-id").read_text()) == 32


def test_two_that_start_at_once_agree_on_the_install_id(tmp_path: Path, environ: dict[str, str]) -> None:
    found: list[str] = []
    ready = threading.Barrier(4)

    def start(number: int) -> None:
        ready.wait()
        found.append(ensure_identity(tmp_path / str(number), environ).settings.install_id)

    threads = [threading.Thread(target=start, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1


def test_a_state_folder_that_cannot_be_written_is_named(vault_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="file"):
        ensure_identity(vault_dir, {"COGZY_STATE_DIR": str(tmp_path / "file" / "state")})
