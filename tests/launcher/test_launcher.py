"""The entry point: quick, alone with the standard library where it must be, and deaf to other people's modules."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from cogzy.__main__ import _asks_for_the_window, _queue_request

from core.control import place, queue
from core.locations import default_vault_dir
from tests.control import fake_cogzy

COGZY = Path(sys.executable).with_name("cogzy.exe" if sys.platform == "win32" else "cogzy")
SCREEN = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
FOREIGN_CORE = 'raise SystemExit("the core package of another project was imported")\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of somebody else, with packages named like ours."""
    folder = tmp_path / "project"
    for name in ("core", "cogzy", "desktop"):
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text(FOREIGN_CORE)
    (folder / "core" / "control.py").write_text(FOREIGN_CORE)
    return folder


@pytest.fixture
def quiet_vault(vault_dir: Path) -> Path:
    """A vault whose detached run counts as just starting, so that none is started."""
    (vault_dir / "sync" / "queue").mkdir(parents=True)
    (vault_dir / "sync" / "queue" / ".starting").touch()
    return vault_dir


def run(command: list[str], cwd: Path | None = None, **environ: str) -> subprocess.CompletedProcess[str]:
    """Without a screen, wherever the tests run."""
    screenless = {name: value for name, value in os.environ.items() if name not in SCREEN}
    return subprocess.run(
        command, capture_output=True, text=True, cwd=cwd, env={**screenless, **environ}, timeout=60, check=False
    )


def until(condition: Callable[[], bool], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_a_queued_sync_leaves_a_request_and_says_nothing(quiet_vault: Path) -> None:
    done = run([str(COGZY), "sync", "--queue", "--vault", str(quiet_vault)])
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert len(queue.waiting(quiet_vault)) == 1


def test_a_queued_sync_as_json_is_one_object(quiet_vault: Path) -> None:
    done = run([str(COGZY), "--vault", str(quiet_vault), "sync", "--json", "--queue", "--only=vault"])
    assert json.loads(done.stdout) == {"queued": True, "owner_told": False}
    assert queue.merged(queue.waiting(quiet_vault))["only"] == "vault"


def test_a_queued_sync_imports_the_standard_library_alone(quiet_vault: Path) -> None:
    done = run([sys.executable, "-X", "importtime", "-m", "cogzy", "sync", "--queue", "--vault", str(quiet_vault)])
    assert done.returncode == 0
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    modules = {line.rpartition("|")[2].strip() for line in lines}
    ours = {name for name in modules if name.partition(".")[0] in ("core", "cogzy")}
    assert ours <= {"core", "core.control", "core.control.place", "core.control.queue", "cogzy"}
    machinery = {"sitecustomize", "usercustomize", "distutils-precedence", "_distutils_hack"}
    foreign = {
        name
        for name in modules - ours - machinery
        if name.partition(".")[0] not in sys.stdlib_module_names and not name.startswith("__editable__")
    }
    assert foreign <= {"imported package"}
    assert not modules & {"asyncio", "argparse", "dataclasses", "logging", "ssl"}


@pytest.mark.parametrize("pythonpath", ["", "."])
@pytest.mark.parametrize("start", [[str(COGZY)], [sys.executable, "-m", "cogzy"]], ids=["script", "module"])
def test_a_project_with_its_own_core_is_not_imported(
    project: Path, quiet_vault: Path, start: list[str], pythonpath: str
) -> None:
    if start[-1] == "cogzy" or pythonpath:
        # Python itself finds `cogzy` by its path before a line of ours runs: only `core` and `desktop` are in our hands
        (project / "cogzy" / "__init__.py").unlink()
        (project / "cogzy").rmdir()
    environ = {"PYTHONPATH": pythonpath} if pythonpath else {}
    queued = run([*start, "sync", "--queue", "--vault", str(quiet_vault)], project, **environ)
    assert (queued.returncode, queued.stderr) == (0, "")
    assert len(queue.waiting(quiet_vault)) == 1
    path = run([*start, "config", "path", "--vault", str(quiet_vault)], project, **environ)
    assert path.stdout.strip() == str(quiet_vault / "config.json")
    assert run(start, project, **environ).returncode == 2


def test_without_an_owner_a_detached_run_does_the_queued_sync(vault_dir: Path) -> None:
    done = run(fake_cogzy.command("sync", "--queue", "--vault", str(vault_dir)))
    assert done.returncode == 0
    assert until(lambda: (vault_dir / "ran").exists() and not queue.waiting(vault_dir))
    assert (vault_dir / "ran").read_text().split()[1] == "session_end"
    assert until(lambda: not (vault_dir / "sync" / "queue" / ".starting").exists())


def test_many_hooks_at_once_start_few_runs_and_lose_no_request(vault_dir: Path) -> None:
    command = fake_cogzy.command("sync", "--queue", "--vault", str(vault_dir))
    hooks = [subprocess.Popen(command) for _ in range(6)]
    assert [hook.wait(30) for hook in hooks] == [0] * 6
    assert until(lambda: (vault_dir / "ran").exists() and not queue.waiting(vault_dir))
    assert len((vault_dir / "ran").read_text().splitlines()) <= 6


def test_a_running_owner_is_told_and_a_run_follows(vault_dir: Path) -> None:
    environ = {**os.environ, "FAKE_SECONDS": "1.5"}
    owner = subprocess.Popen(fake_cogzy.command("sync", "--vault", str(vault_dir)), env=environ)
    assert until(lambda: place.read_address(vault_dir) is not None)
    done = run(fake_cogzy.command("sync", "--queue", "--json", "--vault", str(vault_dir)))
    assert json.loads(done.stdout) == {"queued": True, "owner_told": True}
    assert owner.wait(30) == 0
    assert until(lambda: not queue.waiting(vault_dir))
    assert [line.split()[1] for line in (vault_dir / "ran").read_text().splitlines()] == ["user", "session_end"]


def test_an_unwritable_vault_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run([str(COGZY), "sync", "--queue", "--json", "--vault", str(tmp_path / "file" / "vault")])
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "files.not_writable"
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", ["", "--hidden", "--vault {vault}", "--page log --vault={vault} --hidden"])
def test_without_a_screen_it_names_the_next_step(words: str, vault_dir: Path) -> None:
    done = run([str(COGZY), *words.format(vault=vault_dir).split()])
    assert done.returncode == 2
    assert "no screen" in done.stderr
    assert "cogzy sync" in done.stderr
    assert not vault_dir.exists()


def test_without_qt_it_names_what_to_install(tmp_path: Path) -> None:
    without = "import sys; sys.modules['PySide6'] = None; from cogzy.__main__ import main; sys.exit(main())"
    done = run([sys.executable, "-c", without, "--vault", str(tmp_path)], QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 2
    assert "PySide6" in done.stderr
    assert "pip install" in done.stderr


@pytest.mark.parametrize(
    ("words", "asks"),
    [
        ("", True),
        ("--hidden", True),
        ("--vault /v", True),
        ("--vault=/v --page settings --hidden", True),
        ("--vault /v sync", False),
        ("--vault", False),
        ("--vault=", False),
        ("--vault /v status --json", False),
        ("--help", False),
        ("--version", False),
        ("status", False),
        ("--hidden sync", False),
    ],
)
def test_the_window_is_asked_for_by_no_command_at_all(words: str, asks: bool) -> None:
    assert _asks_for_the_window(words.split()) is asks


def test_the_hubs_command_is_deaf_to_other_peoples_modules_too(project: Path, tmp_path: Path) -> None:
    akosha = str(COGZY.with_name(COGZY.name.replace("cogzy", "akosha")))
    (project / "cogzy" / "__init__.py").unlink()  # Python itself finds that one before a line of ours runs
    (project / "cogzy").rmdir()
    environ = {"PYTHONPATH": str(project), "AKOSHA_DATA": str(tmp_path / "hub")}
    done = run([akosha, "token", "list", "--json"], cwd=project, **environ)
    assert (done.returncode, done.stdout) == (0, '{"tokens": []}\n')


def test_one_program_is_the_hubs_command_too(tmp_path: Path) -> None:
    done = run([str(COGZY), "--akosha", "token", "list", "--json"], AKOSHA_DATA=str(tmp_path / "hub"))
    assert (done.returncode, done.stdout) == (0, '{"tokens": []}\n')


@pytest.mark.parametrize(
    "arguments",
    [
        "sync --queue --frobnicate",
        "sync --queue --only nothing",
        "sync --queue extra",
        "sync",
        "--queue",
        "sync --queue sync",
    ],
)
def test_what_the_fast_way_does_not_know_it_leaves_alone(arguments: str) -> None:
    assert _queue_request(arguments.split()) is None


def test_the_fast_way_understands_every_option_of_a_queued_sync() -> None:
    found = _queue_request(["--vault=/v", "sync", "--method", "http", "--full", "--only", "vault", "--queue", "--json"])
    assert found == ("/v", {"trigger": "session_end", "full": True, "method": "http", "only": "vault"}, True)


@pytest.mark.parametrize(
    "environ",
    [
        {"HOME": "/home/a"},
        {"HOME": "/home/a", "XDG_DATA_HOME": "/data"},
        {"HOME": "/home/a", "XDG_DATA_HOME": "relative"},
        {"HOME": "relative"},
        {"HOME": "/home/a", "COGZY_VAULT_DIR": "/else/where/../vault"},
        {"HOME": "/home/a", "COGZY_VAULT_DIR": "~/vault"},
        {"HOME": "/home/a", "COGZY_VAULT_DIR": "here"},
    ],
)
def test_the_cheap_way_to_the_vault_leads_where_the_other_one_does(
    environ: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOME", "XDG_DATA_HOME", "COGZY_VAULT_DIR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert place.vault_dir(None, os.environ) == default_vault_dir(os.environ)
