"""What the app serves: the hub and REST of this computer run as its children, get what they need, and end with it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

import psutil
import pytest
from PySide6.QtWidgets import QMessageBox

from core.sync.events import SyncFinished
from desktop.local_hub import LocalHub
from desktop.local_rest import LocalRest
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.serving import Serving, Start
from desktop.settings import SettingsDialog
from tests.desktop.rig.home import Home
from tests.desktop.rig.program import App, wait_for
from tests.desktop.rig.waiting import until
from tests.servers import free_port

MASTER = "5b" * 32
SERVER = "import json, sys; print(json.dumps({'url': 'here'}), flush=True); sys.stdin.read()"
DEAF = "import json, time; print(json.dumps({'url': 'here'}), flush=True); time.sleep(60)"
HURT = "import json; print(json.dumps({'error': {'code': 'rest.port_in_use', 'params': {'port': 8683}}}))"


class Toy(Serving):
    """A server of a line of Python. It is wanted while `on`."""

    on = True
    program = SERVER

    def wanted(self) -> bool:
        return self.on

    async def start_with(self) -> Start:
        return Start([sys.executable, "-I", "-c", self.program], {"PATH": os.environ["PATH"]})

    def address(self, said: Mapping[str, object]) -> str:
        return str(said.get("url", ""))


def lives(pid: int | None) -> bool:
    return pid is not None and psutil.pid_exists(pid)


# ---------------------------------------------------------------------- the life of one


@pytest.mark.usefixtures("qloop")
async def test_it_runs_while_it_is_wanted_and_the_end_waits_for_it(model: AppModel) -> None:
    toy = Toy.of(model)
    assert Toy.of(model) is toy
    toy.follow()
    await until(lambda: toy.state == "running")
    first = toy.pid
    toy.follow()
    await asyncio.sleep(0)
    toy.leave()
    assert toy.state == "off"
    await toy.ended()
    assert not lives(first)
    toy.follow()
    await toy.ended()
    assert toy.pid is None  # nothing is started any more


@pytest.mark.usefixtures("qloop")
async def test_one_that_does_not_end_is_killed_at_the_limit(model: AppModel) -> None:
    toy = Toy.of(model)
    toy.program = DEAF
    toy.follow()
    await until(lambda: toy.state == "running")
    pid = toy.pid
    model.ownership.seconds_to_end = 0.1
    toy.leave()
    await toy.ended()
    assert not lives(pid)


@pytest.mark.usefixtures("qloop")
async def test_one_that_dies_is_started_again(model: AppModel) -> None:
    toy = Toy.of(model)
    toy._pause = 0.01
    toy.follow()
    await until(lambda: toy.state == "running")
    first = toy.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    await until(lambda: toy.state == "running" and toy.pid != first)
    toy.leave()
    await toy.ended()


@pytest.mark.usefixtures("qloop")
async def test_one_that_cannot_start_says_why_and_is_tried_again_at_the_next_change(model: AppModel) -> None:
    toy = Toy.of(model)
    toy.program = HURT
    toy.follow()
    await until(lambda: toy.state == "failed")
    assert "8683" in toy.reason
    toy.program = SERVER
    model.settings_changed.emit()
    await until(lambda: toy.state == "running")
    toy.on = False
    model.settings_changed.emit()
    await until(lambda: toy.state == "off")
    await toy.ended()


# ---------------------------------------------------------------------- what the hub gets


@pytest.fixture
def with_bucket(home: Home, model: AppModel) -> AppModel:
    """A model whose cloud is a bucket, and whose secrets are this session's."""
    bucket = {"cloud_endpoint": "https://s3.example.com", "cloud_bucket": "memories", "cloud_prefix": "ada"}
    home.set_up(bucket)
    model.reload_settings()
    model.credentials.use_session_only()
    return model


@pytest.mark.usefixtures("qloop")
async def test_the_hub_gets_the_bucket_and_its_key_in_its_environment_alone(
    with_bucket: AppModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COGZY_PASSPHRASE", "of the vault and not of the hub")
    hub = LocalHub.of(with_bucket)
    assert "AKOSHA_CLOUD_BUCKET" not in (await hub.start_with()).environ
    assert "no key id and secret" in hub.cannot
    await with_bucket.credentials.set("cloud_key_id", "AK-of-ada")
    await with_bucket.credentials.set("cloud_secret", "the-secret-of-ada")
    start = await hub.start_with()
    assert start.environ["AKOSHA_CLOUD_ENDPOINT"] == "https://s3.example.com"
    assert start.environ["AKOSHA_CLOUD_PREFIX"] == "ada"
    assert start.environ["AKOSHA_CLOUD_KEY_ID"] == "AK-of-ada"
    assert start.environ["AKOSHA_CLOUD_SECRET"] == "the-secret-of-ada"
    assert "COGZY_PASSPHRASE" not in start.environ
    assert "the-secret" not in " ".join(start.words) + repr(start)
    assert hub.takes_in == "It takes in what lies in memories."
    assert hub.cannot == ""


@pytest.mark.usefixtures("qloop")
async def test_a_keychain_that_opens_later_gives_the_hub_its_bucket(
    with_bucket: AppModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, asked = LocalHub.of(with_bucket), []
    await hub.start_with()
    monkeypatch.setattr(hub, "follow", lambda: asked.append(True))
    hub.state = "running"
    with_bucket.happened.emit(SyncFinished({"success": False}))
    assert not asked
    with_bucket.happened.emit(SyncFinished({"success": True}))
    assert asked


@pytest.mark.usefixtures("qloop")
async def test_the_key_of_an_encrypted_copy_is_given_only_when_a_person_agreed(
    home: Home, model: AppModel, appearance: Appearance
) -> None:
    vault_id = "5a" * 16
    home.set_up({"window.run_hub": False, "encrypted": True, "vault_id": vault_id})
    model.reload_settings()
    model.credentials.use_session_only()
    hub = LocalHub.of(model)
    start = await hub.start_with()
    assert "encrypted and the hub has no key" in hub.cannot
    await model.credentials.set("master_key", f"{vault_id}:{MASTER}")
    assert MASTER not in str((await hub.start_with()).environ)

    hub.wanted = lambda: False  # type: ignore[method-assign]  # the process is another test's
    home.set_up({"window.run_hub": True, "encrypted": True, "vault_id": vault_id})
    model.reload_settings()
    dialog = SettingsDialog(model, appearance)
    dialog.open()
    dialog.focus(section="hub")
    press(dialog, "local_hub_give_key")
    ask = dialog.findChild(QMessageBox, "ask_local_hub_key")
    assert ask is not None
    assert "reads everything in the bucket" in ask.informativeText()
    press(ask, "local_hub_agree")
    await until(lambda: hub.has_key)
    start = await hub.start_with()
    assert start.environ["AKOSHA_VAULT_KEY"] == f"{vault_id}:{MASTER}"
    assert MASTER not in " ".join(start.words)
    assert hub.cannot == ""
    press(dialog, "local_hub_take_key")
    await until(lambda: not hub.has_key)
    assert "AKOSHA_VAULT_KEY" not in (await hub.start_with()).environ
    dialog.close()


def press(within: Any, name: str) -> None:
    from PySide6.QtWidgets import QAbstractButton

    button = within.findChild(QAbstractButton, name)
    assert button is not None, name
    button.click()


# ---------------------------------------------------------------------- REST


def asked(url: str, token: str = "") -> tuple[int, Any]:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@pytest.mark.usefixtures("qloop")
async def test_rest_is_off_until_switched_on_and_answers_who_shows_the_token(
    home: Home, model: AppModel, appearance: Appearance
) -> None:
    model.credentials.use_session_only()
    rest = LocalRest.of(model)
    assert not rest.wanted()
    dialog = SettingsDialog(model, appearance)
    dialog.open()
    fields = dialog.general.fields
    fields["window.rest_port"].setValue(free_port())  # type: ignore[attr-defined]
    fields["window.serve_rest"].setChecked(True)  # type: ignore[attr-defined]
    await dialog.apply()
    await until(lambda: rest.state == "running", 25)
    assert rest.token is not None
    first = rest.token.value
    assert (await asyncio.to_thread(asked, f"{rest.url}/vault/status"))[0] == 401
    code, status = await asyncio.to_thread(asked, f"{rest.url}/vault/status", first)
    assert (code, "state" in status) == (200, True)
    assert first not in " ".join(psutil.Process(rest.pid).cmdline())
    press(dialog, "rest_new_token")
    await until(lambda: rest.state == "running" and rest.token is not None and rest.token.value != first, 25)
    assert (await asyncio.to_thread(asked, f"{rest.url}/vault/status", first))[0] == 401
    dialog.close()
    rest.leave()
    await rest.ended()


@pytest.mark.usefixtures("qloop")
async def test_without_a_place_for_secrets_the_token_lasts_as_long_as_the_app(model: AppModel) -> None:
    rest = LocalRest.of(model)
    first = await rest.start_with()
    assert rest.token is not None
    assert not rest.token.kept
    assert await rest.start_with() == first


# ---------------------------------------------------------------------- the app's end


def test_no_server_outlives_the_app(start_app: Callable[..., App], other_home: Home, screen: object) -> None:
    other_home.set_up({"window.run_hub": True, "window.serve_rest": True, "window.rest_port": free_port()})
    app = start_app("--hidden", AKOSHA_PORT=str(free_port()))
    app.wait_until_it_owns()

    def served() -> list[psutil.Process]:
        found = [one for one in app.family()[1:] if {"--hub", "--serve"} & set(one.cmdline())]
        return found if len(found) == 2 else []

    servers = wait_for(served, 20)
    assert app.end() < 5
    assert not any(one.is_running() for one in servers)
    assert app.process.returncode == 0
