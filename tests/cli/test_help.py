"""What the command line offers, word for word, and how it answers what it does not know."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.cli import main
from core.cli.parser import COMMANDS, parse

GOLDEN = Path(__file__).with_name("golden")


def test_help_is_as_agreed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert capsys.readouterr().out == (GOLDEN / "help.txt").read_text()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_and_exists(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    from importlib import import_module

    assert main([name, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"cogzy {name}" in shown
    assert "--json" in shown
    command = COMMANDS[name]
    assert callable(getattr(import_module(f"core.cli.{command.module}"), command.function))


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("cogzy ")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("syncc", "cli.unknown_command"),
        ("--json", "cli.no_command"),
        ("sync --mode fast", "cli.wrong_arguments"),
        ("sync --meth http", "cli.wrong_arguments"),
        ("sync extra", "cli.wrong_arguments"),
        ("status --vault", "cli.wrong_arguments"),
        ("reset", "cli.wrong_arguments"),
        ("verify --sample 101", "cli.wrong_arguments"),
        ("verify --sample lots", "cli.wrong_arguments"),
        ("restore u1", "cli.restore_where"),
        ("restore u1 --to a --in-place b", "cli.restore_where"),
        ("restore u1 --in-place b --file c", "cli.restore_file_in_place"),
        ("encrypt", "cli.encrypt_what"),
        ("pause sometime", "sync.wrong_span"),
        ("config set", "cli.config_name"),
        ("config get no_such_setting", "settings.unknown"),
        ("config set sources {", "cli.not_json"),
        ("credentials set colour", "cli.unknown_secret"),
        ("credentials delete master_key", "cli.unknown_secret"),
    ],
)
def test_wrong_use_is_exit_code_2_with_a_next_step(
    line: str, code: str, vault_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [*line.split(), "--json"] if "--json" not in line else line.split()
    if not line.endswith("--vault"):
        arguments = ["--vault", str(vault_dir), *arguments]
    assert main(arguments) == 2
    shown = capsys.readouterr()
    error = json.loads(shown.out)["error"]
    assert error["code"] == code
    assert error["title"] != code, "no sentence for this code"
    assert error["next_step"]
    assert "Traceback" not in shown.err


def test_the_vault_may_stand_before_or_after_the_command(vault_dir: Path) -> None:
    for arguments in (["--vault", str(vault_dir), "status"], ["status", f"--vault={vault_dir}"]):
        options = parse(arguments)
        assert options is not None
        assert options.vault == vault_dir
