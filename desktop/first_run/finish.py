"""Last screen: what will happen, then it happening: a real test, and the first sync."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QProgressBar

from core.errors import CogzyError
from core.sync.events import Cancel, Event, FindSecrets, Progress
from desktop.first_run.bringing import bring_by_hand
from desktop.first_run.choices import Choices
from desktop.first_run.finishing import Finishing, NotDoneError, Step
from desktop.first_run.page import Page
from desktop.first_run.recovery import RecoveryCard
from desktop.model import AppModel
from desktop.naming import VAULT, part_words
from desktop.palette import Appearance
from desktop.place import folder_path
from desktop.preview.choices import is_on
from desktop.settings.keeping import KeepingWays
from desktop.text import error_text, plural, size, tr
from desktop.trial import Trial
from desktop.window.message_bar import MessageBar, Tone
from desktop.window.parts import Card, Picture, begin, button, heading, plain, quiet, row, tone

_MISTYPED = ("keys.wrong_passphrase", "keys.wrong_recovery_key", "keys.mistyped_recovery_key")


class FinishPage(Page):
    """The summary, then the steps. `over` is sent when there is nothing more to do here, `key_wanted` when the key of
    the copy that is to come here has to be typed again."""

    over = Signal()
    key_wanted = Signal()

    def __init__(self, model: AppModel, appearance: Appearance, choices: Choices, trial: Trial) -> None:
        super().__init__(model, appearance, choices, trial)
        self._title = heading(tr("Ready"), 6, wrap=True)
        self.title = tr("Ready")
        self.body.addWidget(self._title)
        self._about = quiet(wrap=True)
        self._about.setObjectName("finish_about")
        self.body.addWidget(self._about)
        self.message_bar = MessageBar(appearance)
        self.body.addWidget(self.message_bar)
        self._ways = KeepingWays(model, "finish", tr("Or keep the secrets:"))
        self._ways.kept.connect(lambda *_: self.finish())
        self._ways.failed.connect(self.message_bar.show_error)
        self._ways.hide()
        self.body.addWidget(self._ways)
        self._summary = Card()
        self._lines = QGridLayout()
        self._lines.setHorizontalSpacing(20)
        self._lines.setVerticalSpacing(8)
        self._lines.setColumnStretch(1, 1)
        self._summary.body.addLayout(self._lines)
        self._secrets = plain()
        self._secrets.setObjectName("finish_secrets")
        self._look = button(tr("Look at them…"), self._preview, "finish_look")
        line = row(self._secrets, spacing=12)
        line.setStretch(0, 1)
        line.addWidget(self._look)
        self._summary.body.addLayout(line)
        self.body.addWidget(self._summary)
        self._doing = Card()
        self._steps = QGridLayout()
        self._steps.setColumnStretch(1, 1)
        self._steps.setHorizontalSpacing(12)
        self._steps.setVerticalSpacing(10)
        self._doing.body.addLayout(self._steps)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setMaximumHeight(8)
        self._bar.setAccessibleName(tr("Progress"))
        self._detail = quiet()
        self._detail.setObjectName("finish_detail")
        self._doing.body.addWidget(self._bar)
        self._doing.body.addWidget(self._detail)
        self.body.addWidget(self._doing)
        self.recovery = RecoveryCard()
        self.recovery.had.connect(self.ready)
        self.body.addWidget(self.recovery)
        self.body.addStretch(1)
        self._doing.hide()
        self.recovery.hide()
        self._undecided: int | None = None
        self._send_all = False
        self._marks: dict[Step, Picture] = {}
        self._step: Step | None = None
        self._task: asyncio.Task[Any] | None = None
        self._finishing: Finishing | None = None
        self.done = False

    # ------------------------------------------------------------------ before

    @property
    def working(self) -> bool:
        """Whether the steps are being done."""
        return self._task is not None and not self._task.done()

    @property
    def syncing(self) -> bool:
        """Whether all is set up and the first sync runs."""
        return self.working and self._step == "sync"

    @property
    def can_go_on(self) -> bool:
        """Finish may be pressed; afterwards, Close: once the recovery key is kept."""
        return not self.working and not (self.done and self.recovery.is_waiting)

    def shown(self) -> None:
        """Say what will happen, and look for secrets in it."""
        if self.working or self.done:
            return
        self.message_bar.hide()
        self._ways.hide()
        _clear(self._lines)
        for at, (label, words) in enumerate(self._planned()):
            self._lines.addWidget(quiet(label), at, 0, Qt.AlignmentFlag.AlignTop)
            self._lines.addWidget(plain(words), at, 1)
        self._about.setText(
            tr("Finish tests the place and starts the first sync. You can stop it at any time.")
            if self.choices.has_place
            else tr("Cogzy keeps your memory on this computer only. You can set up a cloud copy at any time.")
        )
        self._secrets.setVisible(self.choices.has_place)
        self._look.hide()
        if self.choices.has_place:
            self._secrets.setText(tr("Looking for keys, tokens and passwords in what goes up…"))
            tone(self._secrets, "")
            self.trial.use(self.choices.settings(), self.choices.secrets.environment())
            begin(self.model, self, self._search(), self._cannot_search)

    def _planned(self) -> list[tuple[str, str]]:
        choices, draft = self.choices, self.choices.draft
        if not choices.has_place:
            return [(tr("Cloud copy"), tr("none for now"))]
        names = [
            part_words(str(source["name"]))
            for source in self.model.status.get("sources") or ()
            if source.get("found") and is_on(draft, str(source["name"]))
        ]
        place = folder_path(str(draft.value("cloud_endpoint"))) if choices.is_folder else _bucket(draft.settings())
        lines = [
            (tr("Goes up"), "\n".join([part_words(VAULT), *names])),
            (tr("Where to"), place),
        ]
        if choices.bring is not None and choices.brings:
            system = ", ".join(choices.bring["systems"])
            lines.append((tr("Comes here first"), tr("the vault of {system}", system=system)))
        sealed = self.model.settings.settings.encrypted
        encrypted = choices.bring["encrypted"] if choices.bring else choices.encrypt or sealed
        lines.append((tr("Encryption"), tr("on: only you can read it") if encrypted else tr("off")))
        return lines

    async def _search(self) -> None:
        report = await self.trial.run(FindSecrets())
        self._undecided = int(report["undecided"])
        if self._undecided:
            self._secrets.setText(
                plural(
                    self._undecided,
                    "{count} likely secret (a key or a password) is in what goes up.",
                    "{count} likely secrets (keys, passwords) are in what goes up.",
                )
            )
        else:
            self._secrets.setText(tr("No keys, tokens or passwords were found in what goes up."))
        tone(self._secrets, "attention" if self._undecided else "good")
        self._look.setVisible(bool(self._undecided))

    def _cannot_search(self, error: CogzyError) -> None:
        if error.code != "worker.died":
            self._secrets.setText(tr("What goes up could not be searched for secrets: {why}", why=error_text(error)[0]))
            tone(self._secrets, "attention")

    def _preview(self) -> None:
        from desktop.preview import PreviewDialog

        dialog = PreviewDialog(self.model, self.appearance, self.window(), self.choices.draft)
        dialog.focus("secrets")
        dialog.finished.connect(lambda _: self.shown())
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # ------------------------------------------------------------------ doing

    def finish(self) -> None:
        """Begin, or end after all was done."""
        if self.done:
            self.over.emit()
        elif self._undecided and not self._send_all and self.choices.has_place:
            self.message_bar.say(
                self._secrets.text(),
                tr("Look at them to leave them out, or press Finish once more to send everything as it is."),
                "attention",
            )
            self._send_all = True
        elif not self.working:
            self.message_bar.hide()
            self._ways.hide()
            self._task = begin(self.model, self, self._finish(), self._failed)
            self.ready.emit()

    def cancel(self) -> None:
        """Stop the steps; what runs in the engine stops within seconds. What was saved stays."""
        if self._step == "sync":
            self.model.start(self.model.run(Cancel()))
        elif self._task is not None:
            self._task.cancel()
            self._task = None
            self.trial.end()
            self._stopped(tr("Stopped"), tr("Nothing was set up. Press Finish to begin again."), "attention")

    async def _finish(self) -> None:
        work = Finishing(
            self.model,
            self.choices,
            self.trial,
            self._began,
            self._heard,
            lambda upload: bring_by_hand(self.model, self.appearance, self.trial, upload, self.window()),
        )
        self._finishing = work
        self._list_steps(work.steps())
        self._summary.hide()
        self._doing.setVisible(self.choices.has_place)
        try:
            await work.run()
        except NotDoneError as told:
            self._task = None
            self._stopped(told.title, told.text, "attention")
            return
        self._mark("check", "good")
        self._ended(work)

    def _list_steps(self, steps: list[Step]) -> None:
        _clear(self._steps)
        self._marks.clear()
        for at, step in enumerate(steps):
            self._marks[step] = Picture(self.appearance, "more", 18, "muted")
            self._steps.addWidget(self._marks[step], at, 0)
            self._steps.addWidget(QLabel(step_words(step)), at, 1)

    def _began(self, step: Step) -> None:
        self._mark("check", "good")
        self._step = step
        self._mark("sync", "accent")
        self._bar.setRange(0, 0)
        self._detail.setText("")
        self._show_recovery_key()
        self.ready.emit()

    def _mark(self, icon: str, role: str) -> None:
        if self._step in self._marks:
            self._marks[self._step].show_icon(icon, role)

    def _heard(self, event: Event) -> None:
        if isinstance(event, Progress) and event.bytes_total:
            self._bar.setRange(0, 1000)
            self._bar.setValue(round(1000 * min(1.0, event.bytes_done / event.bytes_total)))
            self._detail.setText(tr("{done} of {total}", done=size(event.bytes_done), total=size(event.bytes_total)))

    def _show_recovery_key(self) -> None:
        if self._finishing is not None and self._finishing.recovery_key:
            self.recovery.show_key(self._finishing.recovery_key)

    def _ended(self, work: Finishing) -> None:
        self.done = True
        self._step = None
        self._show_recovery_key()
        self._bar.hide()
        self._detail.hide()
        if work.result is None:
            self._task = None
            self.over.emit()
            return
        self._title.setText(tr("Your memory is safe"))
        self._about.setText(_sent(work.result))
        self._task = None
        self.ready.emit()

    def _failed(self, error: CogzyError) -> None:
        step = self._step
        self._mark("close", "error")
        self._task = None
        title, cause, next_step = error_text(error)
        saved = step == "sync"
        again = (tr("Type it again"), self.key_wanted.emit) if step == "bring" and error.code in _MISTYPED else None
        self._stopped(title, " ".join(filter(None, (cause, next_step))), "error", again)
        self._ways.setVisible(step == "keep")
        if saved:
            self.done = True
            self._title.setText(tr("Set up, but not sent yet"))
            self._about.setText(tr("Cogzy tries again by itself. The status window says how it goes."))
        self.ready.emit()

    def _stopped(
        self, title: str, text: str, how: Tone, action: tuple[str, Callable[[], object]] | None = None
    ) -> None:
        self.message_bar.say(title, text, how, action)
        self._bar.hide() if self._step == "sync" else self._bar.setRange(0, 1000)
        self._detail.setText("")
        self._show_recovery_key()
        if self._step != "sync":
            self._summary.show()
            self._doing.hide()
        self.ready.emit()


def _clear(grid: QGridLayout) -> None:
    while (item := grid.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


def step_words(step: Step) -> str:
    """What a step does."""
    return {
        "test": tr("Test the place: write, read back, delete"),
        "bring": tr("Bring the vault here"),
        "keep": tr("Keep the keys in a safe place"),
        "encrypt": tr("Make the keys of the encryption"),
        "save": tr("Save the settings"),
        "sync": tr("First sync"),
    }[step]


def _bucket(values: Mapping[str, object]) -> str:
    where = str(values.get("cloud_endpoint") or "Amazon S3").removeprefix("https://")
    return f"{values.get('cloud_bucket')} ({where})"


def _sent(result: Mapping[str, Any]) -> str:
    files = plural(int(result.get("files_uploaded") or 0), "{count} file", "{count} files")
    return tr(
        "The first sync sent {files}: {sent} for {covered}. From now on changes go up by themselves.",
        files=files,
        sent=size(result.get("bytes_transferred")),
        covered=size(result.get("bytes_total")),
    )
