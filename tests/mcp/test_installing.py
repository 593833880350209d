"""The hook and the server in the settings of other programs: nothing else there changes, nothing of theirs is lost."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core.assistants import installing, settings_file
from core.cli import main
from core.control import queue
from core.errors import BusyError, CogzyError, RefusedError, UsageError

SETTINGS = """{
    "model": "opus",   "$schema": "https://json.schemastore.org/claude-code-settings.json",
    "hooks": {
        "PreToolUse": [ { "matcher": "Bash", "hooks": [ { "type": "command", "command": "guard" } ] } ],
        "SessionEnd": [
            {
                "matcher": "exit",
                "hooks": [ { "type": "command", "command": "notify \\u00fc", "timeout": 5 } ]
            }
        ]
    },
    "unknown": [1.50, 1e3, null]
}
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder with Claude Code in it."""
    (tmp_path / ".claude").mkdir()
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    for name in ("CLAUDE_CONFIG_DIR", "XDG_CONFIG_HOME", "APPDATA"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def settings(home: Path) -> Path:
    return home / ".claude" / "settings.json"


def hooks_in(path: Path) -> list[str]:
    """The commands at the end of a session."""
    groups = json.loads(path.read_bytes().decode("utf-8-sig")).get("hooks", {}).get("SessionEnd", [])
    return [hook["command"] for group in groups for hook in group["hooks"]]


@pytest.mark.parametrize(
    "before",
    [
        "{}\n",
        '{"model":"opus"}',
        '{"hooks": {"Stop": []}, "a": 1}',
        SETTINGS,
        SETTINGS.replace("\n", "\r\n"),
        SETTINGS.replace("    ", "\t"),
        "\ufeff" + SETTINGS,
    ],
)
def test_install_adds_one_hook_and_uninstall_gives_back_every_byte(home: Path, before: str) -> None:
    settings(home).write_bytes(before.encode())
    expected = hooks_in(settings(home))
    done = installing.install_hook(None)
    assert done.changed
    assert done.backup is not None
    assert done.backup.read_bytes() == before.encode()
    assert hooks_in(settings(home)) == [*expected, installing.hook_command(None)]
    now = json.loads(settings(home).read_bytes().decode("utf-8-sig"))
    now["hooks"].pop("SessionEnd")
    was = json.loads(before.removeprefix("\ufeff"))
    was.get("hooks", {}).pop("SessionEnd", None)
    assert {**now, "hooks": now["hooks"] or None} == {**was, "hooks": was.get("hooks") or None}
    assert not installing.install_hook(None).changed
    assert installing.uninstall_hook().changed
    assert settings(home).read_bytes() == before.encode()
    assert not installing.uninstall_hook().changed


def test_without_a_settings_file_one_is_made(home: Path) -> None:
    assert installing.install_hook(None).backup is None
    assert len(hooks_in(settings(home))) == 1
    (hook,) = json.loads(settings(home).read_text())["hooks"]["SessionEnd"][0]["hooks"]
    assert hook["timeout"] == 10, "without one of its own a hook is cancelled after 1.5 seconds"


def test_a_hook_of_another_place_is_brought_up_to_date_where_it_stands(home: Path, tmp_path: Path) -> None:
    settings(home).write_text(SETTINGS)
    installing.install_hook(tmp_path / "old vault")
    installing.install_hook(tmp_path / "new")
    assert hooks_in(settings(home)) == ["notify ü", installing.hook_command(tmp_path / "new")]


@pytest.mark.parametrize(
    "command", ["cogzy sync --queue && notify", "backup; cogzy sync --queue", "cogzy sync", "echo cogzy"]
)
def test_a_hook_that_somebody_wrote_is_theirs(home: Path, command: str) -> None:
    settings(home).write_text(json.dumps({"hooks": {"SessionEnd": [{"hooks": [{"command": command}]}]}}))
    installing.install_hook(None)
    assert len(hooks_in(settings(home))) == 2
    installing.uninstall_hook()
    assert hooks_in(settings(home)) == [command]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'{"model": "opus",}', "hooks.damaged"),
        (b"// mine\n{}", "hooks.damaged"),
        (b'{"model": "\xff"}', "hooks.damaged"),
        (b"[]", "hooks.unexpected"),
        (b'{"hooks": []}', "hooks.unexpected"),
        (b'{"hooks": {"SessionEnd": {}}}', "hooks.unexpected"),
    ],
)
def test_a_file_that_is_not_as_expected_is_left_alone(home: Path, content: bytes, code: str) -> None:
    settings(home).write_bytes(content)
    with pytest.raises(RefusedError) as raised:
        installing.install_hook(None)
    assert raised.value.code == code
    assert raised.value.next_step
    assert settings(home).read_bytes() == content
    assert [path.name for path in settings(home).parent.iterdir()] == ["settings.json"]


def test_without_claude_code_nothing_is_made(home: Path) -> None:
    (home / ".claude").rmdir()
    for install in (installing.install_hook, installing.install_mcp):
        with pytest.raises(UsageError):
            install(None)  # type: ignore[operator]
    assert list(home.iterdir()) == []
    assert not installing.uninstall_hook().changed
    assert installing.uninstall_mcp() == []


def test_a_link_stays_a_link_and_permissions_stay(home: Path) -> None:
    real = home / "dotfiles.json"
    real.write_text(SETTINGS)
    real.chmod(0o640)
    settings(home).symlink_to(real)
    installing.install_hook(None)
    assert settings(home).is_symlink()
    assert len(hooks_in(real)) == 2
    assert real.stat().st_mode & 0o777 == 0o640


def test_what_the_program_writes_meanwhile_is_not_lost(home: Path) -> None:
    path = home / "file.json"
    path.write_text("{}")
    writes = iter(['{"theirs": 1}'])

    def edit(text: str) -> str:
        if (new := next(writes, None)) is not None:
            path.write_text(new)
        return json.dumps({**json.loads(text), "ours": 1})

    assert settings_file.change(path, edit, create=True).changed
    assert json.loads(path.read_text()) == {"theirs": 1, "ours": 1}

    def restless(text: str) -> str:
        path.write_text(json.dumps({"n": text}))
        return "[]"

    with pytest.raises(BusyError):
        settings_file.change(path, restless, create=True)


def test_the_hook_asks_for_a_sync_as_claude_code_would_run_it(home: Path, tmp_path: Path) -> None:
    vault = tmp_path / "a vault's folder"
    waiting = vault / "sync" / "queue"
    waiting.mkdir(parents=True)
    (waiting / ".starting").touch()  # somebody is about to do what waits, so that nothing is started for it
    installing.install_hook(vault)
    (command,) = hooks_in(settings(home))
    assert Path(shlex.split(command)[0]).is_absolute()
    told = json.dumps({"hook_event_name": "SessionEnd", "reason": "exit"})
    done = subprocess.run(["sh", "-c", command], input=told, capture_output=True, text=True, check=False, cwd="/")
    assert (done.returncode, done.stdout) == (0, "")
    assert "Traceback" not in done.stderr
    assert queue.merged(queue.waiting(vault))["trigger"] == "session_end"


def servers_in(path: Path) -> dict[str, Any]:
    servers: dict[str, Any] = json.loads(path.read_text())["mcpServers"]
    return servers


def test_the_server_is_put_into_every_program_that_is_here(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    desktop = home / ".config" / "Claude"
    desktop.mkdir(parents=True)
    code = home / ".claude.json"
    before = '{\n  "numStartups": 34,\n  "mcpServers": {\n    "other": {\n      "command": "x"\n    }\n  }\n}'
    code.write_text(before)
    done = installing.install_mcp(None)
    assert [(program.name, one.changed) for program, one in done] == [("Claude Code", True), ("Claude Desktop", True)]
    assert list(servers_in(code)) == ["other", "cogzy"]
    assert servers_in(code)["cogzy"]["type"] == "stdio"
    assert servers_in(code)["cogzy"]["args"][-1] == "mcp"
    assert servers_in(desktop / "claude_desktop_config.json")["cogzy"]["command"] == sys.executable
    assert not any(one.changed for _, one in installing.install_mcp(None))
    installing.uninstall_mcp()
    assert code.read_text() == before
    assert json.loads((desktop / "claude_desktop_config.json").read_text()) == {}


def test_with_claude_codes_folder_elsewhere_its_files_are_there(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moved = home / "work"
    moved.mkdir()
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(moved))
    installing.install_hook(None)
    installing.install_mcp(None)
    assert {path.name for path in moved.iterdir()} == {"settings.json", ".claude.json"}
    assert not (home / ".claude.json").exists()


def test_what_was_added_to_our_server_stays(home: Path) -> None:
    path = home / ".claude.json"
    installing.install_mcp(None)
    text = json.loads(path.read_text())
    text["mcpServers"]["cogzy"]["env"] = {"COGZY_LOG_LEVEL": "DEBUG"}
    path.write_text(json.dumps(text))
    installing.install_mcp(home / "vault")
    assert servers_in(path)["cogzy"]["env"] == {"COGZY_LOG_LEVEL": "DEBUG"}
    assert servers_in(path)["cogzy"]["args"][-3:] == ["--vault", str(home / "vault"), "mcp"]


def test_a_server_of_another_program_with_our_name_is_left_alone(home: Path) -> None:
    path = home / ".claude.json"
    path.write_text('{"mcpServers": {"cogzy": {"command": "npx", "args": ["something"]}}}')
    with pytest.raises(CogzyError) as raised:
        installing.install_mcp(None)
    assert raised.value.code == "hooks.name_taken"
    installing.uninstall_mcp()
    assert "npx" in path.read_text()


def test_the_commands_say_what_they_changed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings(home).write_text(SETTINGS)
    assert main(["install-hook"]) == 0
    shown = capsys.readouterr().out
    assert str(settings(home)) in shown
    assert "sync --queue" in shown
    assert main(["install-mcp", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["programs"][0]["changed"] is True
    assert main(["uninstall-hook", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["changed"] is True
    assert main(["uninstall-mcp"]) == 0
    assert "no longer starts" in capsys.readouterr().out
    settings(home).write_text("{,")
    assert main(["install-hook", "--json"]) == 4
    assert json.loads(capsys.readouterr().out)["error"]["next_step"]
