"""Second screen: where the cloud copy lives, and the keys to it."""

from __future__ import annotations

from core.errors import CogzyError
from desktop.first_run.choices import Choices, Secrets
from desktop.first_run.page import Page
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.settings.cloud import FOLDER, CloudPage
from desktop.settings.keeping import KeepingWays
from desktop.text import error_text, tr
from desktop.trial import Trial
from desktop.window.parts import begin, plain, tone


class PlacePage(Page):
    """The settings' own cloud page, without its test: that one writes, and comes last."""

    def __init__(self, model: AppModel, appearance: Appearance, choices: Choices, trial: Trial) -> None:
        super().__init__(model, appearance, choices, trial)
        self.say(
            tr("Where your cloud copy lives"),
            tr("A bucket of your own, or any folder: a disk, a NAS, a synced folder. A folder works at once."),
        )
        self.cloud = CloudPage(model, appearance, choices.draft)
        self.cloud.embed()
        self.body.addWidget(self.cloud)
        self._keeping = plain()
        self._keeping.setObjectName("place_keychain")
        tone(self._keeping, "attention")
        self._ways = KeepingWays(model, "place")
        self._ways.kept.connect(self._kept)
        self._ways.failed.connect(self._cannot)
        self.body.addWidget(self._keeping)
        self.body.addWidget(self._ways)
        self.body.addStretch(1)
        self._keeping.hide()
        self._ways.hide()
        self._needs_place = False
        if not choices.draft.value("cloud_bucket") and not choices.is_folder:
            self.cloud.preset.setCurrentIndex(self.cloud.preset.findData(FOLDER))
        for secret in self.cloud.secrets:
            secret.edited.connect(self.ready)
        choices.changed.connect(self.ready)
        self.cloud.preset.currentIndexChanged.connect(lambda _: self._show_keeping())

    @property
    def can_go_on(self) -> bool:
        """A whole address, and for a bucket both keys."""
        named = bool(self.choices.draft.value("cloud_bucket")) or self.choices.is_folder
        problems = any(name in self.choices.draft.problems for name in self.cloud.fields)
        keys = self.choices.is_folder or all(secret.typed or secret.known for secret in self.cloud.secrets)
        return named and not problems and keys

    def shown(self) -> None:
        """Look whether there is a keychain."""
        begin(self.model, self, self._look_for_keychain())
        (self.cloud.folder if self.cloud.is_folder else self.cloud.endpoint).setFocus()

    def left(self) -> None:
        """This place is meant."""
        self.choices.no_cloud = False
        self.choices.secrets = Secrets(self.cloud.key_id.typed, self.cloud.secret.typed)

    def skipped(self) -> None:
        """No cloud copy for now."""
        self.choices.forget_place()

    async def _look_for_keychain(self) -> None:
        self._needs_place = await self.model.credentials.state("cloud_key_id") == "unavailable"
        self._show_keeping()

    def _show_keeping(self) -> None:
        ask = self._needs_place and not self.cloud.is_folder
        self._keeping.setText(tr("This computer has no keychain that works. Where should the keys be kept?"))
        tone(self._keeping, "attention")
        self._keeping.setVisible(ask)
        self._ways.setVisible(ask)
        for secret in self.cloud.secrets:
            secret.tell_where(not ask)

    def _kept(self, title: str, text: str) -> None:
        self._needs_place = False
        self._ways.hide()
        self._keeping.setText(f"{title}. {text}")
        tone(self._keeping, "good")
        for secret in self.cloud.secrets:
            secret.tell_where(True)
            begin(self.model, secret, secret.look())

    def _cannot(self, error: CogzyError) -> None:
        self._keeping.setText(" ".join(filter(None, error_text(error))))
        tone(self._keeping, "error")
