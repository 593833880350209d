"""`cogzy config` and `cogzy credentials`: secrets stand neither in the arguments nor in anything written."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.cli import main
from core.cli.secrets import known_name, read_secret
from core.errors import UsageError
from tests.forked import run_forked

SECRET = "wJalrXUtnFEMI-planted-by-a-test"


def run(vault: Path, *arguments: str, typed: str = "", **environ: str) -> tuple[int, str, str]:
    process = run_forked(
        ["cogzy", "--vault", str(vault), *arguments],
        input=typed,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environ},
    )
    assert "Traceback" not in process.stdout + process.stderr
    return process.returncode, process.stdout, process.stderr


def test_a_setting_is_set_got_and_put_back(vault_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vault = ["--vault", str(vault_dir)]
    assert main([*vault, "config", "set", "cloud_bucket", "my-memory"]) == 0
    assert main([*vault, "config", "get", "cloud_bucket"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "my-memory"
    assert main([*vault, "config", "set", "max_retries", "5", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"name": "max_retries", "value": 5, "from_environment": False, "problems": []}
    assert main([*vault, "config", "set", "cloud_bucket"]) == 0
    assert main([*vault, "config", "get", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert shown["settings"]["cloud_bucket"] == ""
    assert shown["settings"]["schedule.interval_minutes"]
    assert shown["problems"] == []


def test_a_wrong_value_is_refused_with_its_field(vault_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--vault", str(vault_dir), "config", "set", "cloud_endpoint", "http://example.com", "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["params"]["field"] == "cloud_endpoint"
    assert error["next_step"]


def test_half_an_address_is_kept_and_what_is_missing_is_said(
    vault_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    set_to = ["--vault", str(vault_dir), "config", "set"]
    assert main([*set_to, "cloud_endpoint", "https://s3.example.com"]) == 0
    endpoint, missing = capsys.readouterr().out.splitlines()
    assert endpoint == "cloud_endpoint = https://s3.example.com"
    assert missing.startswith("cloud_bucket: The bucket's name is missing.")
    assert main([*set_to, "cloud_bucket", "my-memory"]) == 0
    assert capsys.readouterr().out == "cloud_bucket = my-memory\n"


def test_the_environment_wins_and_says_so(
    vault_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COGZY_CLOUD_BUCKET", "from-outside")
    assert main(["--vault", str(vault_dir), "config", "set", "cloud_bucket", "from-here"]) == 0
    shown = capsys.readouterr().out
    assert "cloud_bucket = from-outside" in shown
    assert "environment overrides" in shown


def test_a_secret_goes_from_standard_input_into_the_encrypted_file_and_nowhere_else(vault_dir: Path) -> None:
    environ = {"COGZY_SECRETS_PASSPHRASE": "correct horse battery"}
    code, out, err = run(
        vault_dir, "credentials", "set", "cloud_secret", "--in-file", "--verbose", typed=f"{SECRET}\n", **environ
    )
    assert (code, out) == (0, "cloud_secret is kept (file).\n")
    assert SECRET not in out + err
    written = [path for path in vault_dir.rglob("*") if path.is_file()]
    assert written
    assert not [path for path in written if SECRET.encode() in path.read_bytes()]
    code, out, _ = run(vault_dir, "credentials", "delete", "cloud-secret", "--json", **environ)
    assert json.loads(out) == {"name": "cloud_secret", "deleted": True}


def test_without_a_keychain_the_next_step_is_told(vault_dir: Path) -> None:
    code, out, _ = run(vault_dir, "credentials", "set", "cloud_secret", "--json", typed=f"{SECRET}\n")
    assert code == 1
    error = json.loads(out)["error"]
    assert error["code"].startswith("credentials.")
    assert error["next_step"]


def test_a_file_wants_its_passphrase(vault_dir: Path) -> None:
    code, out, _ = run(vault_dir, "credentials", "set", "cloud_secret", "--in-file", "--json", typed=f"{SECRET}\n")
    assert (code, json.loads(out)["error"]["code"]) == (2, "cli.no_file_passphrase")


def test_a_secret_is_no_argument(vault_dir: Path) -> None:
    code, _, err = run(vault_dir, "credentials", "set", "cloud_secret", "value-on-the-command-line")
    assert code == 2
    assert "credentials --help" in err


def test_a_secret_is_no_setting(vault_dir: Path) -> None:
    code, out, _ = run(vault_dir, "config", "set", "cloud_secret", "x", "--json")
    assert (code, json.loads(out)["error"]["code"]) == (2, "settings.secret_not_here")


@pytest.mark.parametrize("typed", ["", "\n", "a\x00b\n", "tab\there\n", "x" * 9000])
def test_what_cannot_be_a_secret_is_refused(typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    with pytest.raises(UsageError):
        read_secret("cloud_secret")


def test_names_of_secrets_may_be_written_as_people_do() -> None:
    assert known_name("COGZY_CLOUD_KEY_ID") == known_name("cloud-key-id") == "cloud_key_id"
    assert known_name("recovery_key") == "recovery_key"


@pytest.mark.skipif(sys.platform == "win32", reason="no terminals there")
def test_a_prompt_hides_what_is_typed(vault_dir: Path) -> None:
    import pty

    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-I", "-m", "cogzy", "--vault", str(vault_dir), "credentials", "set", "hub_token"],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        env={**os.environ, "COGZY_SECRETS_PASSPHRASE": "correct horse battery"},
    )
    os.close(slave)
    shown = b""
    while b"hub_token:" not in shown:
        shown += os.read(master, 1024)
    os.write(master, f"{SECRET}\n".encode())
    try:
        while block := os.read(master, 1024):
            shown += block
    except OSError:
        pass  # the terminal's other end closed
    process.wait(30)
    os.close(master)
    assert SECRET.encode() not in shown
