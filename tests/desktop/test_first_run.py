"""The first run on a real engine: nothing leaves this computer before Finish, and everything is set up after it."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QRadioButton, QWidget

from core.settings import load
from core.sync.events import Encrypt
from desktop.first_run import offer
from desktop.first_run.dialog import FirstRunDialog
from desktop.first_run.finish import FinishPage
from desktop.first_run.holds import HoldsPage
from desktop.first_run.place import PlacePage
from desktop.first_run.sealing import SealingPage
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.settings.cloud import FOLDER
from desktop.window.reset import ResetDialog
from tests.desktop.rig.home import Home
from tests.desktop.rig.waiting import ended, until
from tests.servers import S3Server
from tests.sync.world import Computer, objects

PASSPHRASE = "seven quiet horses cross the ford"
AWS = "AKIAQWERTYUIOPASDF12"
IDENTITY = {"vault_id", "install_id", "system_id"}
"""What a vault is given when it is first opened, whatever a person chooses."""
FOUND, PLACE, HOLDS, SEALING, FINISH = range(5)


@pytest.fixture
def run(empty_home: Home, empty_model: AppModel, appearance: Appearance, qloop: Any) -> Iterator[FirstRunDialog]:
    """The first run, open, on a computer with memory on it."""
    empty_home.computer.fill()
    empty_model.refresh()
    dialog = FirstRunDialog(empty_model, appearance)
    dialog.open()
    yield dialog
    with contextlib.suppress(RuntimeError):  # it was closed by the test
        qloop.run_until_complete(ended(dialog.trial, empty_model))
        dialog.deleteLater()


def at(run: FirstRunDialog, kind: type) -> bool:
    return isinstance(run.page, kind)


async def found(run: FirstRunDialog) -> None:
    """The first screen has looked."""
    await until(lambda: run.findChild(QWidget, "found_claude-code"))


async def choose_folder(run: FirstRunDialog, folder: Path) -> None:
    """On to the second screen, and a folder on it."""
    await found(run)
    run.go_on()
    place = run.page
    assert isinstance(place, PlacePage)
    place.cloud.preset.setCurrentIndex(place.cloud.preset.findData(FOLDER))
    place.cloud.folder.setText(str(folder))
    assert place.can_go_on


async def look_there(run: FirstRunDialog) -> HoldsPage:
    """On to the third screen; it has looked, or says why not."""
    run.go_on()
    page = run.page
    assert isinstance(page, HoldsPage)
    await until(lambda: "Looking" not in page._state.text())
    return page


async def finish(run: FirstRunDialog) -> FinishPage:
    """Press Finish, and wait for its end."""
    page = run.page
    assert isinstance(page, FinishPage)
    await until(lambda: page._secrets.isHidden() or "Looking" not in page._secrets.text())
    run.go_on()
    if not page.working and not page.done:
        run.go_on()  # yes, with the secrets
    await until(lambda: not page.working)
    return page


def untouched(home: Home) -> bool:
    """Nothing was set up, and nothing was sent."""
    config = home.vault / "config.json"
    settings = json.loads(config.read_text()) if config.exists() else {}
    return not objects(home.cloud) and settings.keys() <= IDENTITY


async def other_computer(tmp_path: Path, cloud: Path, *, encrypted: bool = False) -> Computer:
    """A computer whose vault is in that cloud."""
    other = Computer(tmp_path / "other", cloud, name="desktop")
    other.fill()
    if encrypted:
        other.environ["COGZY_PASSPHRASE"] = PASSPHRASE
        await other.run(Encrypt("new"))
    await other.sync()
    await other.close()
    return other


@pytest.mark.real_worker
@pytest.mark.usefixtures("qloop")
async def test_a_folder_is_set_up_and_gets_the_first_copy(
    run: FirstRunDialog, empty_home: Home, empty_model: AppModel
) -> None:
    await choose_folder(run, empty_home.cloud)
    page = await look_there(run)
    assert "empty" in page._state.text()
    run.go_on()
    assert at(run, SealingPage)
    assert not run.findChild(QWidget, "sealing_encrypt").isChecked()  # type: ignore[union-attr]
    run.go_on()
    assert untouched(empty_home)
    done = await finish(run)
    assert done.done, done.message_bar._title.text()
    assert [key for key in objects(empty_home.cloud) if key.endswith("manifest.json")]
    assert load(empty_home.vault, empty_home.environ).settings.sync.cloud_endpoint == empty_home.cloud.as_uri()
    await until(lambda: empty_model.view.state == "idle")
    run.go_on()
    assert not run.isVisible()


@pytest.mark.usefixtures("qloop")
@pytest.mark.parametrize("screen", [FOUND, PLACE, HOLDS, SEALING, FINISH])
async def test_cancelling_on_any_screen_leaves_nothing_behind(
    run: FirstRunDialog, empty_home: Home, empty_model: AppModel, screen: int
) -> None:
    await found(run)
    run.findChild(QWidget, "found_claude-code").click()  # type: ignore[union-attr]
    if screen >= PLACE:
        await choose_folder(run, empty_home.cloud)
    if screen >= HOLDS:
        await look_there(run)
    if screen >= SEALING:
        run.go_on()
        sealing = run.page
        assert isinstance(sealing, SealingPage)
        sealing.encrypt.setChecked(True)
        sealing.typed.first.setText(PASSPHRASE)
        sealing.typed.again.setText(PASSPHRASE)
    if screen >= FINISH:
        run.go_on()
        assert at(run, FinishPage)
    assert run._stack.currentIndex() == screen
    QTest.keyClick(run, Qt.Key.Key_Escape)
    await until(lambda: not run.isVisible())
    await run.trial.close()
    assert untouched(empty_home)
    assert await empty_model.credentials.state("passphrase") != "present"
    await until(lambda: empty_model.view.state == "setup_needed")


@pytest.mark.usefixtures("qloop")
async def test_skipping_every_screen_leaves_this_computer_alone_and_calm(
    run: FirstRunDialog, empty_home: Home, empty_model: AppModel
) -> None:
    await found(run)
    run.findChild(QWidget, "found_claude-code").click()  # type: ignore[union-attr]
    run.skip()
    run.skip()
    assert at(run, FinishPage)  # without a place there is nothing to ask about it
    await finish(run)
    assert untouched(empty_home)
    await until(lambda: empty_model.view.sentence.code == "setup_needed")
    assert empty_model.view.icon == "setup"


@pytest.mark.usefixtures("qloop")
async def test_what_is_switched_off_does_not_go_up(run: FirstRunDialog, empty_home: Home) -> None:
    await found(run)
    run.findChild(QWidget, "found_claude-code").click()  # type: ignore[union-attr]
    run.findChild(QWidget, "found_session-buddy-reflection").click()  # type: ignore[union-attr]
    await choose_folder(run, empty_home.cloud)
    await look_there(run)
    run.skip()
    run.skip()
    await finish(run)
    (manifest,) = (data for key, data in objects(empty_home.cloud).items() if key.endswith("manifest.json"))
    names = {source["name"] for source in json.loads(manifest)["metadata"]["cogzy"]["sources"]}
    assert names == {"claude-code", "session-buddy-knowledge-graph"}


@pytest.mark.usefixtures("qloop")
async def test_a_vault_that_is_there_is_brought_to_an_empty_computer(
    empty_home: Home, empty_model: AppModel, appearance: Appearance, tmp_path: Path
) -> None:
    other = await other_computer(tmp_path, empty_home.cloud)
    before = objects(empty_home.cloud)
    run = FirstRunDialog(empty_model, appearance)
    run.open()
    await until(lambda: run.findChild(QWidget, "found_total").text())  # type: ignore[union-attr]
    run.go_on()
    place = run.page
    assert isinstance(place, PlacePage)
    place.cloud.preset.setCurrentIndex(place.cloud.preset.findData(FOLDER))
    place.cloud.folder.setText(str(empty_home.cloud))
    holds = await look_there(run)
    radio = holds.findChild(QRadioButton, "holds_0")
    assert radio is not None
    assert "desktop-a1b2" in radio.text()
    assert not radio.isChecked()  # starting new harms nothing
    radio.setChecked(True)
    run.go_on()
    assert at(run, FinishPage)  # whether it is encrypted was settled there
    assert objects(empty_home.cloud) == before
    done = await finish(run)
    assert done.done, done.message_bar._title.text()
    assert empty_home.computer.service().read_nodes() == other.service().read_nodes()
    theirs, ours = load(other.vault, other.environ), load(empty_home.vault, empty_home.environ)
    assert ours.settings.vault_id == theirs.settings.vault_id
    assert ours.settings.sync.cloud_endpoint == empty_home.cloud.as_uri()
    run.go_on()


@pytest.mark.usefixtures("qloop")
async def test_a_vault_that_holds_memory_is_replaced_by_hand_or_not_at_all(
    run: FirstRunDialog, empty_home: Home, tmp_path: Path
) -> None:
    other = await other_computer(tmp_path, empty_home.cloud)
    mine = empty_home.computer.service()
    mine.write_nodes([{**node, "human_content": "mine alone"} for node in mine.read_nodes()[:3]])
    await choose_folder(run, empty_home.cloud)
    holds = await look_there(run)
    holds.findChild(QRadioButton, "holds_0").setChecked(True)  # type: ignore[union-attr]
    run.go_on()
    page = run.page
    assert isinstance(page, FinishPage)
    await until(lambda: "Looking" not in page._secrets.text())
    for allowed in (False, True):
        run.go_on()
        await until(lambda: run.findChild(ResetDialog) is not None)
        reset = run.findChild(ResetDialog)
        assert reset is not None
        go, word = reset.findChild(QPushButton, "reset_go"), reset.findChild(QLineEdit, "reset_word")
        assert go is not None
        assert word is not None
        await until(lambda word=word: word.isVisible())
        assert not go.isEnabled()
        if allowed:
            word.setText("RESET")
            go.click()
        else:
            reset.reject()
        await until(lambda: not page.working)
        if not allowed:
            assert not page.done
            assert "not brought" in page.message_bar._title.text()
            assert not load(empty_home.vault, empty_home.environ).settings.sync.cloud_configured
            assert len(empty_home.computer.service().read_nodes()) == 3
            await until(lambda: run.findChild(ResetDialog) is None)
    assert page.done, page.message_bar._title.text()
    assert empty_home.computer.service().read_nodes() == other.service().read_nodes()
    assert list(empty_home.vault.glob(".before-*"))  # and can be put back


@pytest.mark.usefixtures("qloop")
async def test_somebody_elses_encrypted_vault_opens_with_its_passphrase_alone(
    empty_home: Home, empty_model: AppModel, appearance: Appearance, tmp_path: Path
) -> None:
    other = await other_computer(tmp_path, empty_home.cloud, encrypted=True)
    before = objects(empty_home.cloud)
    run = FirstRunDialog(empty_model, appearance)
    run.open()
    run.go_on()
    place = run.page
    assert isinstance(place, PlacePage)
    place.cloud.preset.setCurrentIndex(place.cloud.preset.findData(FOLDER))
    place.cloud.folder.setText(str(empty_home.cloud))
    holds = await look_there(run)
    holds.findChild(QRadioButton, "holds_0").setChecked(True)  # type: ignore[union-attr]
    assert not holds.can_go_on  # it wants a key
    holds.key.setText("not the passphrase")
    run.go_on()
    page = await finish(run)
    assert not page.done
    assert "passphrase" in (page.message_bar._title.text() + page.message_bar._text.text()).lower()
    assert {key: objects(empty_home.cloud)[key] for key in before} == before
    assert not load(empty_home.vault, empty_home.environ).settings.sync.cloud_configured
    assert await empty_model.credentials.state("passphrase") != "present"
    run.back()
    run.go_on()
    assert page.message_bar.isHidden()  # it was about the try before
    page = await finish(run)
    page.message_bar._action.click()
    assert run.page is holds
    holds.key.setText(PASSPHRASE)
    run.go_on()
    page = await finish(run)
    assert not page.done  # brought, but there is no keychain to keep its passphrase
    page.findChild(QPushButton, "finish_session").click()  # type: ignore[union-attr]
    await until(lambda: not page.working)
    assert page.done, page.message_bar._title.text() + page.message_bar._text.text()
    settings = load(empty_home.vault, empty_home.environ).settings
    assert settings.encrypted
    assert settings.vault_id == load(other.vault, other.environ).settings.vault_id
    assert empty_home.computer.service().read_nodes() == other.service().read_nodes()
    run.go_on()


@pytest.mark.usefixtures("qloop")
async def test_an_encrypted_copy_gives_a_recovery_key_before_it_can_be_closed(
    run: FirstRunDialog, empty_home: Home, empty_model: AppModel
) -> None:
    empty_model.credentials.use_session_only()
    await choose_folder(run, empty_home.cloud)
    await look_there(run)
    run.go_on()
    sealing = run.page
    assert isinstance(sealing, SealingPage)
    sealing.encrypt.setChecked(True)
    sealing.typed.first.setText(PASSPHRASE)
    sealing.typed.again.setText(PASSPHRASE + "?")
    assert not sealing.can_go_on
    sealing.typed.again.setText(PASSPHRASE)
    run.go_on()
    page = await finish(run)
    assert page.done, page.message_bar._title.text()
    key = page.recovery._key.text()
    assert len(key.split("-")) == 9
    assert not page.can_go_on
    page.recovery._have.setChecked(True)
    assert page.can_go_on
    assert load(empty_home.vault, empty_home.environ).settings.encrypted
    everything = b"".join(objects(empty_home.cloud).values())
    for secret in (PASSPHRASE, key, "question 1"):
        assert secret.encode() not in everything
    run.go_on()


@pytest.mark.real_worker
@pytest.mark.usefixtures("qloop")
async def test_a_bucket_is_looked_at_with_the_typed_keys_and_wrong_ones_are_told(
    run: FirstRunDialog, empty_home: Home, empty_model: AppModel, rclone_s3: S3Server
) -> None:
    bucket = rclone_s3.new_bucket()
    empty_model.credentials.use_session_only()
    await found(run)
    run.go_on()
    place = run.page
    assert isinstance(place, PlacePage)
    place.cloud.preset.setCurrentIndex(place.cloud.preset.findData("other"))
    for name, value in (
        ("cloud_endpoint", rclone_s3.url),
        ("cloud_bucket", bucket),
        ("cloud_region", rclone_s3.region),
    ):
        field = place.cloud.fields[name]
        assert isinstance(field, QLineEdit)
        field.setText(value)
    assert not place.can_go_on  # no keys yet
    place.cloud.key_id.field.setText(rclone_s3.ak)
    place.cloud.secret.field.setText("wrong" * 8)
    assert place.can_go_on
    holds = await look_there(run)
    assert not holds.can_go_on
    assert not holds._again.isHidden()
    assert "key" in holds._state.text().lower()
    assert untouched(empty_home)
    run.back()
    place.cloud.secret.field.setText(rclone_s3.sk)
    holds = await look_there(run)
    assert holds.can_go_on
    assert "empty" in holds._state.text()
    assert not rclone_s3.client().list_objects_v2(Bucket=bucket).get("Contents")
    run.go_on()
    run.skip()
    page = await finish(run)
    assert page.done, page.message_bar._title.text() + page.message_bar._text.text()
    keys = [item["Key"] for item in rclone_s3.client().list_objects_v2(Bucket=bucket)["Contents"]]
    assert [key for key in keys if key.endswith("manifest.json")]
    config = (empty_home.vault / "config.json").read_text()
    assert rclone_s3.sk not in config
    run.go_on()


@pytest.mark.usefixtures("qloop")
async def test_likely_secrets_are_told_before_they_go_up(run: FirstRunDialog, empty_home: Home) -> None:
    service = empty_home.computer.service()
    nodes = service.read_nodes()
    service.write_nodes([{**nodes[0], "human_content": f"my key is {AWS}"}, *nodes[1:]])
    await choose_folder(run, empty_home.cloud)
    await look_there(run)
    run.skip()
    run.skip()
    page = run.page
    assert isinstance(page, FinishPage)
    await until(lambda: "1 likely secret" in page._secrets.text())
    run.go_on()
    assert not page.working
    assert "1 likely secret" in page.message_bar._title.text()
    assert untouched(empty_home)
    texts = [label.text() for label in page.findChildren(QWidget) if hasattr(label, "text")]
    assert not any(AWS in text for text in texts if isinstance(text, str))


@pytest.mark.usefixtures("qloop")
async def test_a_place_that_cannot_be_written_is_told_and_nothing_is_saved(
    run: FirstRunDialog, empty_home: Home
) -> None:
    blocked = empty_home.folder / "a file"
    blocked.write_text("in the way")
    await choose_folder(run, blocked / "below")
    await look_there(run)
    run.skip()
    run.skip()
    page = await finish(run)
    assert not page.done
    assert page.message_bar.shows_error
    assert untouched(empty_home)
    assert page.can_go_on  # to try again


@pytest.mark.real_worker
@pytest.mark.usefixtures("qloop")
async def test_stopping_after_finish_leaves_no_cloud_copy_half_set_up(
    run: FirstRunDialog, empty_home: Home, empty_model: AppModel
) -> None:
    await choose_folder(run, empty_home.cloud)
    await look_there(run)
    run.skip()
    run.skip()
    page = run.page
    assert isinstance(page, FinishPage)
    await until(lambda: "Looking" not in page._secrets.text())
    run.go_on()
    assert page.working
    await until(lambda: page._step == "test")
    QTest.keyClick(run, Qt.Key.Key_Escape)  # while the place is tested
    await until(lambda: not page.working)
    await run.trial.close()
    assert run.isVisible()
    assert not page.done
    assert untouched(empty_home)
    assert page.can_go_on
    await finish(run)
    assert page.done, page.message_bar._title.text()
    assert empty_model.settings.settings.sync.cloud_configured


@pytest.mark.usefixtures("qloop")
async def test_it_opens_by_itself_once(empty_model: AppModel) -> None:
    opened: list[str] = []
    empty_model.opened.connect(lambda page, _: opened.append(page))
    await offer(empty_model)
    assert opened == ["first_run"]
    await offer(empty_model)
    assert opened == ["first_run"]


@pytest.mark.usefixtures("qloop")
async def test_it_does_not_open_where_something_is_set_up(model: AppModel) -> None:
    opened: list[str] = []
    model.opened.connect(lambda page, _: opened.append(page))
    await offer(model)
    assert opened == []


@pytest.mark.usefixtures("qloop")
@pytest.mark.parametrize("config", ['{"cloud_endpoint": "file', '{"cloud_endpoint": "nowhere"}'])
async def test_it_does_not_open_over_settings_that_cannot_be_read_or_used(
    config: str, empty_home: Home, qapp: QApplication
) -> None:
    empty_home.vault.mkdir(parents=True, exist_ok=True)
    (empty_home.vault / "config.json").write_text(config)
    model = AppModel(empty_home.vault, empty_home.environ)
    opened: list[str] = []
    model.opened.connect(lambda page, _: opened.append(page))
    await offer(model)
    assert opened == []
    model.deleteLater()


@pytest.mark.usefixtures("qloop")
async def test_settings_by_the_environment_are_consent(empty_home: Home, qapp: QApplication) -> None:
    model = AppModel(empty_home.vault, {**empty_home.environ, "COGZY_CLOUD_ENDPOINT": empty_home.cloud.as_uri()})
    opened: list[str] = []
    model.opened.connect(lambda page, _: opened.append(page))
    await offer(model)
    assert opened == []
    model.deleteLater()


@pytest.mark.parametrize(
    ("endpoint", "bucket", "remote"),
    [
        ("", "ada-memories", True),
        ("https://abc.r2.cloudflarestorage.com", "ada-memories", True),
        ("http://localhost:9000", "ada-memories", False),
        ("file:///media/disk/cogzy", "", False),
        ("", "", False),
    ],
)
def test_encryption_is_chosen_beforehand_for_every_place_that_others_run(
    still_model: AppModel, endpoint: str, bucket: str, remote: bool
) -> None:
    from desktop.first_run.choices import Choices
    from desktop.settings.draft import Draft

    draft = Draft(still_model)
    draft.set("cloud_endpoint", endpoint)
    draft.set("cloud_bucket", bucket)
    assert Choices(draft).is_remote is remote


@pytest.mark.usefixtures("qloop")
async def test_every_screen_can_be_walked_by_keyboard(run: FirstRunDialog, empty_home: Home) -> None:
    await found(run)
    QTest.keyClick(run, Qt.Key.Key_Return)
    assert at(run, PlacePage)
    place = run.page
    assert isinstance(place, PlacePage)
    place.cloud.folder.setText(str(empty_home.cloud))
    QTest.keyClick(place.cloud.folder, Qt.Key.Key_Return)
    assert at(run, HoldsPage)
    QTest.keyClick(run._back, Qt.Key.Key_Return)  # presses what has the focus, not what is the default
    assert at(run, PlacePage)
    await asyncio.sleep(0)
    for page in run.pages:
        for widget in page.findChildren(QWidget):
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isEnabled() and not widget.focusProxy():
                named = widget.accessibleName() or getattr(widget, "text", lambda: "")()
                assert named or not widget.isVisibleTo(page), widget.objectName()
