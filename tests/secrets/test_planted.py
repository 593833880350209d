"""Secrets are planted in every way there is, everything is done with them, and nothing may give one away."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import pytest

from core.sync.events import Shutdown, Sync, to_wire
from core.vault import LocalVaultService
from tests.forked import run_forked
from tests.secrets.conftest import Bucket
from tests.secrets.looking import Watch, contents, forms, leaks
from tests.servers import free_port

KEY_ID, SECRET = "PLANTEDKEYID+01", "pl4nted/cloud+s3cret=one"
WRONG_SECRET = "pl4nted/wr0ng+s3cret=two"
HUB_TOKEN = "pl4nted hub/t0ken+three"
PASSPHRASE = "pl4nted pass/phr4se+four ü"
NEW_PASSPHRASE = "pl4nted new/phr4se+five"
FILE_PASSPHRASE = "pl4nted file/phr4se+six"
PLANTED = {
    "key id": KEY_ID,
    "cloud secret": SECRET,
    "wrong cloud secret": WRONG_SECRET,
    "hub token": HUB_TOKEN,
    "passphrase": PASSPHRASE,
    "new passphrase": NEW_PASSPHRASE,
    "passphrase of the file": FILE_PASSPHRASE,
}
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="arguments of all processes are read from /proc")


@pytest.fixture
def key() -> tuple[str, str]:
    """The key that the server accepts."""
    return KEY_ID, SECRET


class Person:
    """A person who uses Cogzy at its most talkative, and all that it says meanwhile."""

    def __init__(self, folder: Path, bucket: Bucket, **environ: str) -> None:
        self.folder, self.bucket = folder, bucket
        self.vault = folder / "vault"
        self.vault.mkdir(parents=True)
        self.said: list[tuple[str, bytes]] = []
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder / "home"),
            "LANG": "C.UTF-8",
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "COGZY_VAULT_DIR": str(self.vault),
            "COGZY_STATE_DIR": str(folder / "state"),
            "COGZY_RUNTIME_DIR": str(folder / "run"),
            "COGZY_CLOUD_ENDPOINT": bucket.url,
            "COGZY_CLOUD_BUCKET": bucket.name,
            "COGZY_MAX_RETRIES": "0",
            "COGZY_DEBUG": "1",
            "COGZY_LOG_LEVEL": "debug",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            **environ,
        }
        self.watch = Watch(folder)

    def remember(self, text: str) -> None:
        LocalVaultService.open(self.vault).append_nodes([{"id": text, "human_content": text}], None)

    def cogzy(self, *arguments: str, typed: str = "", code: int = 0, **environ: str) -> str:
        """Run a command; returns what it said on standard output."""
        done = run_forked(
            ["cogzy", *arguments],
            input=typed,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environ | environ,
            cwd=self.folder,
        )
        assert done.returncode == code, done.stdout + done.stderr
        self.said.append((f"what `{arguments}` said", (done.stdout + done.stderr).encode()))
        return done.stdout

    def use(self, typed_passphrase: str = "") -> str:
        """Encrypt, sync, report, and sync in the background; returns the recovery key."""
        self.remember("first")
        recovery_key = self._encrypt(typed_passphrase)
        self.cogzy("--verbose", "sync", "--json")
        self.cogzy("diagnose")
        self.remember("second")
        self.cogzy("sync", "--queue")
        self._until_nobody_runs()
        assert not list((self.vault / "sync" / "queue").glob("*.json"))
        return recovery_key

    def _encrypt(self, typed: str) -> str:
        said = self.cogzy("encrypt", "--new", "--json", typed=typed)
        self.said.pop()  # the one place where the recovery key is shown
        key: str = json.loads(said)["recovery_key"]
        self.said.append(("what `encrypt --new` said", said.replace(key, "").encode()))
        return key

    def _until_nobody_runs(self) -> None:
        end = time.monotonic() + 30
        while self.watch.running:
            assert time.monotonic() < end, "the detached sync did not end"
            time.sleep(0.02)

    def must_have_kept_its_secrets(self, *more: str) -> None:
        """Nothing that was said, written, stored or passed as an argument gives a secret away."""
        planted = PLANTED | {f"secret {number}": secret for number, secret in enumerate(more)}
        places = [*self.said, *((f"arguments {text!r}", text) for text in self.watch.arguments)]
        places += contents(self.folder, self.bucket.data)
        assert leaks(planted, iter(places)) == []
        names = [name for name, _ in places]
        for part in ("state.db", ".zip:", "config.json", ".pack", "manifest.json", "keys/"):
            assert any(part in name for name in names), f"{part} was looked at"
        for command in (b"--drain-queue", b"sync"):
            assert any(command in text.split(b"\0") for text in self.watch.arguments), f"{command!r} was seen running"


def test_secrets_of_the_environment(tmp_path: Path, bucket: Bucket) -> None:
    secrets = {
        "COGZY_CLOUD_KEY_ID": KEY_ID,
        "COGZY_CLOUD_SECRET": SECRET,
        "COGZY_HUB_TOKEN": HUB_TOKEN,
        "COGZY_PASSPHRASE": PASSPHRASE,
        "COGZY_SECRETS_PASSPHRASE": FILE_PASSPHRASE,
    }
    person = Person(tmp_path / "person", bucket, **secrets)
    with person.watch:
        person.remember("in clear")
        person.cogzy("--verbose", "sync")
        person.remember("what the wrong key cannot send")
        person.cogzy("sync", code=1, COGZY_CLOUD_SECRET=WRONG_SECRET)
        nobody = f"http://127.0.0.1:{free_port()}"
        person.cogzy("sync", "--json", code=1, COGZY_CLOUD_ENDPOINT=nobody)
        recovery_key = person.use()
        for command in (("status", "--json"), ("config", "get"), ("test-connection", "--json")):
            person.cogzy(*command)
        person.cogzy("encrypt", "--change", COGZY_NEW_PASSPHRASE=NEW_PASSPHRASE)
        person.environ["COGZY_PASSPHRASE"] = NEW_PASSPHRASE
        upload = json.loads(person.cogzy("uploads", "--json"))["uploads"][0]["upload_id"]
        fresh = {"COGZY_PASSPHRASE": "", "COGZY_VAULT_DIR": str(person.folder / "fresh")}
        for key, code in ((recovery_key, 0), (recovery_key[:-1] + "?", 2)):
            to = str(person.folder / f"restored-{code}")
            person.cogzy("--verbose", "restore", upload, "--to", to, code=code, COGZY_RECOVERY_KEY=key, **fresh)
        for name in secrets:
            del person.environ[name]
        _use_a_worker(person, secrets | {"COGZY_PASSPHRASE": NEW_PASSPHRASE})
    person.must_have_kept_its_secrets(recovery_key, recovery_key.replace("-", ""))


def test_secrets_in_a_keychain(tmp_path: Path, bucket: Bucket, keychain: dict[str, str]) -> None:
    backend = {"PYTHON_KEYRING_BACKEND": "keyring.backends.SecretService.Keyring"}
    person = Person(tmp_path / "person", bucket, **keychain, **backend)
    with person.watch:
        for name, value in (("cloud_key_id", KEY_ID), ("cloud_secret", SECRET), ("hub_token", HUB_TOKEN)):
            person.cogzy("credentials", "set", name, typed=value + "\n")
        recovery_key = person.use(PASSPHRASE + "\n")
        person.cogzy("encrypt", "--change", typed=NEW_PASSPHRASE + "\n")
        person.cogzy("credentials", "set", "nonsense", typed=SECRET + "\n", code=2)
    keyrings = list(person.folder.rglob("*.keyring"))
    assert keyrings, "the keychain's own files were looked at"
    person.must_have_kept_its_secrets(recovery_key, recovery_key.replace("-", ""), _master_key(person))
    assert _master_key(person)


def test_secrets_in_the_encrypted_file(tmp_path: Path, bucket: Bucket) -> None:
    person = Person(tmp_path / "person", bucket, COGZY_SECRETS_PASSPHRASE=FILE_PASSPHRASE)
    with person.watch:
        for name, value in (("cloud_key_id", KEY_ID), ("cloud_secret", SECRET)):
            person.cogzy("credentials", "set", name, "--in-file", typed=value + "\n")
        recovery_key = person.use(PASSPHRASE + "\n")
        person.cogzy("uploads", code=1, COGZY_SECRETS_PASSPHRASE=WRONG_SECRET)
    assert (person.vault / "secrets.json").exists()
    person.must_have_kept_its_secrets(recovery_key, recovery_key.replace("-", ""), _master_key(person))


def _use_a_worker(person: Person, secrets: dict[str, str]) -> None:
    """What the window does: an engine in a child that gets its secrets on its standard input."""
    person.remember("by a worker")
    lines = [{"v": 1, "vault": str(person.vault), "environ": secrets}]
    lines += [{"v": 1, "id": number, "message": to_wire(one)} for number, one in enumerate((Sync(),), 1)]
    worker = subprocess.Popen(
        [sys.executable, "-I", "-m", "cogzy", "--worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=person.environ,
    )
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdin.write(b"".join(json.dumps(line).encode() + b"\n" for line in lines))
    worker.stdin.flush()
    said = []
    while not said or said[-1]["id"] != 1:
        said.append(json.loads(worker.stdout.readline()))
    assert said[-1]["message"]["value"]["success"], said[-1]
    worker.stdin.write(json.dumps({"v": 1, "id": 2, "message": to_wire(Shutdown())}).encode() + b"\n")
    out, err = worker.communicate(timeout=30)
    person.said.append(("what the worker said", json.dumps(said).encode() + out + err))


def _master_key(person: Person) -> str:
    """The master key as the place of secrets keeps it, in hex."""
    script = (
        "import asyncio, os; from pathlib import Path; from core.credentials import Credentials\n"
        "print(asyncio.run(Credentials(Path(os.environ['COGZY_VAULT_DIR'])).get('master_key')).value)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=person.environ, capture_output=True, text=True, check=True, timeout=30
    )
    return done.stdout.strip().partition(":")[2]


def test_the_search_finds_every_form_of_a_secret(tmp_path: Path) -> None:
    raw = SECRET.encode()
    written = {
        "plain": b"..." + raw + b"...",
        "base64": base64.b64encode(b"id:" + raw + b":more"),
        "base64 one on": base64.b64encode(b"id:." + raw + b":more"),
        "base64 two on": base64.urlsafe_b64encode(b"id:.." + raw),
        "hex": raw.hex().encode(),
        "quoted": b"?secret=" + quote(SECRET, safe="").encode(),
    }
    for name, data in written.items():
        (tmp_path / name).write_bytes(data)
        assert [leak for leak in leaks(PLANTED, contents(tmp_path)) if leak.endswith(f"/{name}")], name
    assert min(map(len, forms(SECRET))) > 20


def test_the_watch_sees_the_arguments_of_a_detached_process(tmp_path: Path) -> None:
    detached = ["sh", "-c", f'python3 -c "import time; time.sleep(5)" {SECRET} & exit 0']
    with Watch(tmp_path, "python3") as watch:
        subprocess.run(detached, env={"X": str(tmp_path), "PATH": os.environ["PATH"]}, check=True)
        end = time.monotonic() + 30
        while not any(SECRET.encode() in text for text in list(watch.arguments)) and time.monotonic() < end:
            time.sleep(0.01)
    places = ((repr(text), text) for text in watch.arguments)
    assert leaks(PLANTED, places)
