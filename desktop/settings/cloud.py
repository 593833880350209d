"""Where the cloud copy lives: a preset, the address, the key, and the test."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLineEdit, QWidget

from core import messages
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.place import folder_path, folder_url
from desktop.settings.connection import ConnectionTest
from desktop.settings.draft import Draft
from desktop.settings.form import Form
from desktop.settings.secrets import SecretField
from desktop.text import tr
from desktop.window.parts import begin, button, plain, tone

FOLDER = "folder"
LOOK_MS = 400
"""After the last letter of a folder's path it is looked whether there is one."""


@dataclass(frozen=True)
class Preset:
    """What is particular about a provider: how its endpoint looks, and the region that is meant when none is given."""

    name: str
    words: str
    endpoint: str
    region: str = "auto"
    host: str = ""


def presets() -> tuple[Preset, ...]:
    """The providers that are offered, the general ones last."""
    return (
        Preset("aws", "Amazon S3", "", host="amazonaws.com"),
        Preset("r2", "Cloudflare R2", "https://ACCOUNT.r2.cloudflarestorage.com", host="r2.cloudflarestorage.com"),
        Preset("b2", "Backblaze B2", "https://s3.REGION.backblazeb2.com", host="backblazeb2.com"),
        Preset("minio", "MinIO", "http://localhost:9000", "us-east-1"),
        Preset("other", tr("Another S3 server"), "https://"),
        Preset(FOLDER, tr("A folder (disk, NAS, synced folder)"), "file:///"),
    )


def preset_of(endpoint: str) -> str:
    """The preset that an endpoint belongs to."""
    if endpoint.startswith("file:"):
        return FOLDER
    host = urlsplit(endpoint).hostname or "" if endpoint else "amazonaws.com"
    for preset in presets():
        if preset.host and host.endswith(preset.host):
            return preset.name
    return "other"


class CloudPage(Form):
    """A bucket, or a folder."""

    def __init__(self, model: AppModel, appearance: Appearance, draft: Draft) -> None:
        super().__init__(tr("Cloud"), draft)
        self._model = model
        self.note(tr("Your memory goes to a place of your own, and nowhere else."))
        self.preset = QComboBox()
        self.preset.setObjectName("preset")
        self.preset.setAccessibleName(tr("Where"))
        for preset in presets():
            self.preset.addItem(preset.words, preset.name)
        self.widget(tr("Where"), self.preset)
        self.folder = QLineEdit()
        self.folder.setObjectName("folder")
        self.folder.setAccessibleName(tr("Folder"))
        self.folder.textChanged.connect(self._folder_typed)
        self._folder_row = QWidget()
        line = QHBoxLayout(self._folder_row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.folder, 1)
        line.addWidget(button(tr("Choose…"), self._choose, "choose_folder"))
        self._folder_row.setFocusProxy(self.folder)
        self.widget(tr("Folder"), self._folder_row)
        self._folder_problem = plain()
        self._folder_problem.setObjectName("folder_problem")
        self.rows.addRow("", self._folder_problem)
        self._looking = QTimer(self, interval=LOOK_MS, singleShot=True)
        self._looking.timeout.connect(lambda: begin(model, self, self._look_at_folder()))
        self.endpoint = self.text("cloud_endpoint", tr("Endpoint"), "https://s3.example.com")
        self.text("cloud_bucket", tr("Bucket"), "my-memories")
        self.text("cloud_region", tr("Region"), "auto")
        self.text("cloud_prefix", tr("Folder in the bucket"))
        self.key_id = SecretField(model, appearance, "cloud_key_id", tr("Key id"))
        self.secret = SecretField(model, appearance, "cloud_secret", tr("Secret key"))
        self.widget(tr("Key id"), self.key_id)
        self.widget(tr("Secret key"), self.secret)
        self.test = ConnectionTest(model, appearance, self.given, "cloud")
        self.rows.addRow(self.test)
        self._guided = button(tr("Set up step by step…"), lambda: model.open("first_run"), "set_up_guided")
        self.rows.addRow(self._guided)
        self.preset.setCurrentIndex(max(0, self.preset.findData(preset_of(str(draft.value("cloud_endpoint"))))))
        self.preset.currentIndexChanged.connect(lambda _: self._use_preset())
        self._show_kind()
        self.finish()

    def embed(self) -> None:
        """Stand within another page, which has a title of its own and tests later."""
        first = self.body.itemAt(0)
        title = first.widget() if first is not None else None
        if title is not None:
            title.hide()
        self.test.hide()
        self._guided.hide()
        self.body.setContentsMargins(0, 0, 0, 0)

    @property
    def secrets(self) -> tuple[SecretField, ...]:
        """The secrets of this page."""
        return self.key_id, self.secret

    def place_of(self, name: str) -> QWidget | None:
        """See Form. Of a folder all is the folder's path."""
        if self.is_folder and name in ("cloud_endpoint", "cloud_bucket", "cloud_region", "cloud_prefix"):
            return self.folder
        return super().place_of(name)

    @property
    def is_folder(self) -> bool:
        """Whether a folder is chosen, not a bucket."""
        return bool(self.preset.currentData() == FOLDER)

    def given(self) -> tuple[Mapping[str, object], Mapping[str, str]]:
        """What stands here, for a test: of the settings those of the cloud alone, and the typed secrets."""
        values = {name: value for name, value in self.draft.settings().items() if name != "hub_url"}
        typed = {"COGZY_CLOUD_KEY_ID": self.key_id.typed, "COGZY_CLOUD_SECRET": self.secret.typed}
        return values, {name: value for name, value in typed.items() if value}

    def to_come(self, name: str) -> str:
        """See Form. What a preset puts there is a pattern, except MinIO's own address."""
        pattern = self._chosen().endpoint
        if name == "cloud_endpoint" and self.draft.value(name) == pattern and name in self.draft.problems:
            return tr("Put in the address that your provider names.")
        return ""

    def show_problems(self) -> None:
        """See Form. Of a folder the problem stands beside its path."""
        super().show_problems()
        problem = self.draft.problems.get("cloud_endpoint")
        shown = self.is_folder and bool(self.folder.text()) and problem is not None
        self._say_of_folder("" if problem is None or not shown else self.words_of(problem), "error")
        if self.is_folder and problem is None:
            self._looking.start()

    async def _look_at_folder(self) -> None:
        """Say that it is not there: in a thread, a NAS can take its time."""
        typed = folder_path(str(self.draft.value("cloud_endpoint")))
        there = not typed or await asyncio.to_thread(Path(typed).is_dir)
        if not there and self.is_folder and typed == folder_path(str(self.draft.value("cloud_endpoint"))):
            title, _, next_step = messages.render("storage.folder_missing", {"folder": typed}, tr)
            self._say_of_folder(f"{title}. {next_step}", "attention")

    def _say_of_folder(self, text: str, how: str) -> None:
        self._folder_problem.setText(text)
        tone(self._folder_problem, how)
        self.rows.setRowVisible(self._folder_problem, bool(text))
        self.folder.setAccessibleDescription(text)

    def _chosen(self) -> Preset:
        return next(preset for preset in presets() if preset.name == self.preset.currentData())

    def _use_preset(self) -> None:
        chosen = self._chosen()
        if chosen.name == FOLDER:
            self.draft.set("cloud_endpoint", folder_url(self.folder.text()))
            self.draft.set("cloud_bucket", "")
        elif preset_of(str(self.draft.value("cloud_endpoint"))) != chosen.name:
            self.draft.set("cloud_endpoint", chosen.endpoint)
            self.draft.set("cloud_region", chosen.region)
        self._show_kind()
        self.show_values()

    def _show_kind(self) -> None:
        is_folder = self.is_folder
        self.rows.setRowVisible(self._folder_row, is_folder)
        for name in ("cloud_endpoint", "cloud_bucket", "cloud_region", "cloud_prefix"):
            box = self.fields[name].parentWidget()
            if box is not None:
                self.rows.setRowVisible(box, not is_folder)
        for secret in self.secrets:
            self.rows.setRowVisible(secret, not is_folder)
        if is_folder and not self.folder.text():
            self.folder.setText(folder_path(str(self.draft.value("cloud_endpoint"))))

    def _folder_typed(self, text: str) -> None:
        if self.is_folder:
            self.draft.set("cloud_endpoint", folder_url(text))

    def _choose(self) -> None:
        dialog = QFileDialog(self, tr("Choose a folder"), self.folder.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.folder.setText)
        dialog.open()
