"""What the hub's command line offers, and how it answers what it does not understand."""

from __future__ import annotations

import argparse
import io
import json
import re
import sys
from datetime import datetime
from pathlib import Path

import pytest

from core.cli.akosha import main
from core.cli.akosha.parser import _COMMANDS, moment, parse
from core.cli.akosha.shown import plain
from core.logs import redact

EVERY = [
    ["serve"],
    ["ingest"],
    ["search"],
    ["status"],
    ["token", "create"],
    ["token", "revoke"],
    ["token", "list"],
    ["key", "add"],
    ["key", "list"],
    ["key", "remove"],
]


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKOSHA_DATA", str(tmp_path / "hub"))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(list(arguments))
    shown = capsys.readouterr()
    assert "Traceback" not in shown.out + shown.err
    return code, shown.out, shown.err


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"], ["help"]])
def test_help_names_every_command_and_how_to_begin(
    arguments: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, err) == (0, "")
    for command in _COMMANDS:
        assert f"  {command} " in out
    assert "akosha token create laptop-a" in out
    assert "Exit codes" in out
    assert not (tmp_path / "hub").exists()


@pytest.mark.parametrize("command", EVERY, ids=" ".join)
def test_every_command_explains_itself(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, *command, "--help")
    assert code == 0
    assert f"usage: akosha {' '.join(command)}" in out
    for option in ("--data", "--json", "--verbose"):
        assert option in out


@pytest.mark.parametrize("command", ["token", "key"])
def test_what_has_actions_lists_them(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "list" in run(capsys, command, "--help")[1]


def test_what_belongs_to_a_later_version_is_not_offered(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("verify", "age"):
        assert run(capsys, name)[0] == 2


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert re.fullmatch(r"akosha \d\S*\n", run(capsys, "--version")[1])


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("serch x", "akosha_cli.wrong_arguments"),
        ("search", "akosha_cli.wrong_arguments"),
        ("search a b", "akosha_cli.wrong_arguments"),
        ("search a -k 0", "akosha_cli.wrong_arguments"),
        ("search a -k 1001", "akosha_cli.wrong_arguments"),
        ("search a -k ten", "akosha_cli.wrong_arguments"),
        ("search a -k ²", "akosha_cli.wrong_arguments"),
        ("search a --after yesterday", "akosha_cli.wrong_arguments"),
        ("search a --sys b", "akosha_cli.wrong_arguments"),
        ("serve --port http", "akosha_cli.wrong_arguments"),
        ("serve --port 65536", "akosha.settings"),
        ("token", "akosha_cli.wrong_arguments"),
        ("token create", "akosha_cli.wrong_arguments"),
        ("token create a --scope root", "tokens.bad_scope"),
        ("token create ../a", "tokens.bad_system"),
        ("token revoke", "akosha_cli.wrong_arguments"),
        ("token revoke 123", "tokens.unknown"),
        ("key add xyz", "akosha.bad_vault_id"),
        (f"key remove {'0' * 32}", "akosha_cli.no_such_key"),
        ("--data", "akosha_cli.wrong_arguments"),
        ("status --data=", "akosha_cli.wrong_arguments"),
        ("--loud status", "akosha_cli.wrong_arguments"),
    ],
)
def test_wrong_use_is_exit_code_2_with_a_next_step(line: str, code: str, capsys: pytest.CaptureFixture[str]) -> None:
    returned, out, err = run(capsys, "--json", *line.split())
    assert returned == 2
    error = json.loads(out)["error"]
    assert error["code"] == code
    assert error["title"] != code, "no sentence for this code"
    assert error["next_step"]
    assert error["title"] in err


def test_every_wrong_setting_is_named_before_anything_happens(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AKOSHA_PORT", "much")
    monkeypatch.setenv("AKOSHA_SHARD_FILES", "0")
    code, _, err = run(capsys, "token", "list")
    assert code == 2
    assert "port" in err
    assert "shard_files" in err
    assert not (tmp_path / "hub").exists()


def test_options_for_all_may_stand_anywhere(tmp_path: Path) -> None:
    for arguments in (["--data", "d", "--json", "token", "list"], ["token", "list", "--json", "--data", "d"]):
        options = parse(arguments)
        assert options is not None
        assert (options.data, options.json, options.runs) == (Path("d").absolute(), True, "tokens:list_tokens")


def test_a_token_is_made_listed_and_revoked(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, _ = run(capsys, "token", "create", "laptop-a", "--note", "the old one", "--json")
    made = json.loads(out)
    assert code == 0
    assert made["scopes"] == ["read", "write"]
    assert made["secret"].startswith("ak_")
    listed = run(capsys, "token", "list")[1]
    assert "laptop-a" in listed
    assert "the old one" in listed
    assert "active" in listed
    assert made["secret"] not in listed
    assert "opens nothing any more" in run(capsys, "token", "revoke", made["id"])[1]
    (left,) = json.loads(run(capsys, "token", "list", "--json")[1])["tokens"]
    assert left["revoked_at"]
    assert "secret" not in left
    assert made["secret"].encode() not in b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())


@pytest.mark.parametrize(
    ("given", "scopes"),
    [("--scope admin", ["admin"]), ("--scope read,admin", ["admin", "read"]), ("--scope read --scope write", None)],
)
def test_scopes_may_be_chosen(given: str, scopes: list[str] | None, capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "token", "create", "a", *given.split(), "--json")[1]
    assert json.loads(out)["scopes"] == (scopes or ["read", "write"])


def test_a_person_is_told_where_the_secret_goes_and_that_it_is_shown_once(capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "token", "create", "laptop-a")[1]
    assert re.search(r"^    ak_[\w-]{43}$", out, re.MULTILINE)
    assert "shown this once" in out
    assert "cogzy credentials set hub_token" in out


def test_a_key_without_a_bucket_says_how_to_name_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("a good passphrase\n"))
    code, out, _ = run(capsys, "key", "add", "0" * 32, "--json")
    error = json.loads(out)["error"]
    assert (code, error["code"]) == (2, "akosha_cli.no_bucket_here")
    assert "AKOSHA_CLOUD" in error["next_step"]


def test_a_data_folder_that_cannot_be_written_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, out, _ = run(capsys, "token", "list", "--json", "--data", str(tmp_path / "file" / "hub"))
    error = json.loads(out)["error"]
    assert (code, error["code"]) == (1, "files.in_the_way")
    assert str(tmp_path / "file") in error["cause"]


def test_dates_are_of_this_computers_zone_and_spans_count_back() -> None:
    assert moment("2025-06-01") == datetime(2025, 6, 1).astimezone().timestamp()
    assert moment("2025-06-01T14:00") == datetime(2025, 6, 1, 14).astimezone().timestamp()
    assert moment("2025-06-01T14:00Z") == 1_748_786_400
    assert moment("2025-06-01T14:00+02:00") == 1_748_779_200
    assert [moment(text, 1e9) for text in ("12h", "30d", "4w")] == [1e9 - 43_200, 1e9 - 2_592_000, 1e9 - 2_419_200]


@pytest.mark.parametrize("text", ["", "soon", "2025-13-01", "30", "-3d", "99999999d", "1e9"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        moment(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb\tc", "a b c"),
        ("\x1b[2J\x1b]0;title\x07x", "[2J ]0;title x"),
        ("\x9b31mred", "31mred"),
        ("left\u202eright", "left right"),
        ("a\u2028b\x00c\udcff", "a b c"),
        ("naïve 日本語 👩\u200d💻", "naïve 日本語 👩\u200d💻"),
        ("[bold]not markup[/bold]", "[bold]not markup[/bold]"),
    ],
)
def test_nothing_in_a_memory_steers_the_terminal(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_what_opens_the_bucket_is_hidden_wherever_it_would_be_logged(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("AKOSHA_CLOUD_KEY_ID", "AKOSHA_CLOUD_SECRET", "AKOSHA_PASSPHRASE")
    for name in names:
        monkeypatch.setenv(name, f"planted {name.lower()}")
    monkeypatch.setattr("core.logs._secrets", set())
    assert run(capsys, "token", "list")[0] == 0
    for name in names:
        assert redact(f"it says planted {name.lower()} here") == "it says [hidden] here"
