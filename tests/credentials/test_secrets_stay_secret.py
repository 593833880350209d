"""Secrets are planted, the program is used at its most talkative, and all that it leaves is searched for them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from core.vault import LocalVaultService
from tests.servers import S3Server

PASSPHRASE = "pl4nted-passphrase"
HUB_TOKEN = "pl4nted-hub-token"
FILE_PASSPHRASE = "pl4nted-file-passphrase"
WRONG_SECRET = "pl4nted-wrong-secret"


class Use:
    """One person's use of the program: what it said, what it was started with, where it wrote."""

    def __init__(self, place: Path, server: S3Server) -> None:
        self.place = place
        self.vault = place / "vault"
        self.said: list[str] = []
        self.started_with: set[str] = set()
        self.environment = {
            "HOME": str(place),
            "PATH": os.environ["PATH"],
            "COGZY_VAULT_DIR": str(self.vault),
            "COGZY_STATE_DIR": str(place / "state"),
            "COGZY_RUNTIME_DIR": str(place / "runtime"),
            "COGZY_CLOUD_ENDPOINT": server.url,
            "COGZY_CLOUD_BUCKET": server.new_bucket(),
            "COGZY_CLOUD_KEY_ID": server.ak,
            "COGZY_CLOUD_SECRET": server.sk,
            "COGZY_HUB_TOKEN": HUB_TOKEN,
            "COGZY_PASSPHRASE": PASSPHRASE,
            "COGZY_SECRETS_PASSPHRASE": FILE_PASSPHRASE,
            "COGZY_DEBUG": "1",
            "COGZY_LOG_LEVEL": "debug",
            "COGZY_MAX_RETRIES": "0",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        }

    def cogzy(self, *arguments: str, given: str = "", **environment: str) -> int:
        command = [sys.executable, "-I", "-m", "cogzy", *arguments]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        process = subprocess.Popen(
            command,
            env=self.environment | environment,
            cwd=self.place,
            text=True,
            **pipes,  # type: ignore[call-overload]
        )
        with self._watched(process.pid):
            said, _ = process.communicate(given, timeout=60)
        self.said.append(said)
        return int(process.returncode)

    @contextmanager
    def _watched(self, pid: int) -> Iterator[None]:
        """Note the arguments of the process and of everything that it starts."""
        over = threading.Event()

        def watch() -> None:
            while not over.is_set():
                try:
                    top = psutil.Process(pid)
                    for process in [top, *top.children(recursive=True)]:
                        self.started_with.add(" ".join(process.cmdline()))
                except psutil.Error:
                    pass  # it ended while it was looked at
                time.sleep(0.01)

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()

    def everything(self) -> Iterator[tuple[str, bytes]]:
        """All that the program left: words, arguments, files, and what is inside archives."""
        yield from ((f"output {number}", said.encode()) for number, said in enumerate(self.said))
        yield from ((f"arguments {text}", text.encode()) for text in self.started_with)
        for path in self.place.rglob("*"):
            if path.is_file():
                yield str(path), path.read_bytes()
                if zipfile.is_zipfile(path):
                    with zipfile.ZipFile(path) as archive:
                        yield from ((f"{path}:{name}", archive.read(name)) for name in archive.namelist())


def _leaks(use: Use, secrets: list[str]) -> list[str]:
    return [f"{secret} in {where}" for where, data in use.everything() for secret in secrets if secret.encode() in data]


def _remember(vault: Path, text: str) -> None:
    LocalVaultService.open(vault).write_nodes([{"id": text, "human_content": text, "assistant_content": "there"}])


@pytest.fixture
def use(tmp_path: Path, rclone_s3: S3Server) -> Use:
    use = Use(tmp_path / "person", rclone_s3)
    use.vault.mkdir(parents=True)
    _remember(use.vault, "hello")
    return use


def test_no_secret_is_written_said_logged_or_passed_as_an_argument(use: Use, rclone_s3: S3Server) -> None:
    assert use.cogzy("sync") == 0
    _remember(use.vault, "a change that the wrong key cannot send")
    assert use.cogzy("sync", "--json", COGZY_CLOUD_SECRET=WRONG_SECRET) == 1
    assert use.cogzy("test-connection", "--json") == 0
    assert use.cogzy("status", "--json") == 0
    assert use.cogzy("config", "get", "--json") == 0
    assert use.cogzy("diagnose") == 0
    assert use.started_with
    assert list(use.place.glob("*.zip"))
    assert _leaks(use, [rclone_s3.sk, WRONG_SECRET, PASSPHRASE, HUB_TOKEN, FILE_PASSPHRASE]) == []


def test_a_secret_given_to_be_kept_is_nowhere_in_clear(use: Use) -> None:
    given = "pl4nted-and-kept"
    unset = {"COGZY_CLOUD_SECRET": "", "COGZY_HUB_TOKEN": ""}
    assert use.cogzy("credentials", "set", "cloud_secret", "--in-file", given=given + "\n", **unset) == 0
    assert (use.vault / "secrets.json").exists()
    use.cogzy("sync", **unset)
    use.cogzy("diagnose")
    assert _leaks(use, [given, FILE_PASSPHRASE]) == []


def test_the_search_would_find_a_leak(use: Use) -> None:
    (use.place / "log").write_text(f"signing with {HUB_TOKEN}")
    assert use.cogzy("config", "set", "cloud_prefix", HUB_TOKEN) == 0
    found = _leaks(use, [HUB_TOKEN])
    assert any("person/log" in leak for leak in found)
    assert any("config.json" in leak for leak in found)
    assert any("arguments" in leak for leak in found)
