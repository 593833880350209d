"""A card for each way to get memory off this computer: how it is, what it did last, why it was skipped."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from core import messages
from core.presenting import settings_problem
from core.settings import config_path
from core.sync.events import Sync
from desktop.model import AppModel
from desktop.naming import part_words
from desktop.palette import Appearance
from desktop.place import folder_path
from desktop.text import UNKNOWN, ago, date_time, duration, error_text, moment, plural, sent_words, size, tr
from desktop.window.parts import Card, Elided, IconButton, Picture, button, copies, heading, plain, quiet, row, tone

_ICONS = {"cloud": "cloud", "http": "hub"}
MISSED = ("failed", "unavailable")


class MethodCard(Card):
    """One method: `cloud` or `http`."""

    def __init__(self, method: str, model: AppModel, appearance: Appearance) -> None:
        super().__init__()
        self._method = method
        self._model = model
        self._wrong: Mapping[str, Any] | None = None
        self.setObjectName(f"method_{method}")
        title = tr("Cloud") if method == "cloud" else tr("Hub")
        self.setAccessibleName(title)
        self._state = plain(wrap=False)
        self._state.setObjectName(f"{method}_state")
        self.body.addLayout(row(Picture(appearance, _ICONS[method], 20), heading(title), None, self._state))
        self._where = Elided(muted=True)
        self._where.setObjectName(f"{method}_where")
        self.body.addWidget(self._where)
        self._purpose = quiet(_purpose(method), wrap=True)
        self.body.addWidget(self._purpose)
        self._numbers = QWidget()
        self._grid = QGridLayout(self._numbers)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self._values: dict[str, QLabel] = {}
        self._words: dict[str, QLabel] = {}
        for name, words in _rows(method):
            self._add_row(name, words)
        self._upload = Elided()
        self._upload.setObjectName(f"{method}_upload")
        self._copy = IconButton(
            appearance, "copy", tr("Copy the upload's id"), copies(lambda: self._upload.whole), f"{method}_copy"
        )
        if method == "cloud":
            at = self._grid.rowCount()
            self._grid.addWidget(quiet(tr("Upload")), at, 0)
            self._grid.addLayout(_beside(self._upload, self._copy), at, 1)
        self.body.addWidget(self._numbers)
        self._note = quiet(wrap=True)
        self._note.setObjectName(f"{method}_note")
        self.body.addWidget(self._note)
        self._problem = plain()
        self._problem.setObjectName(f"{method}_problem")
        self.body.addWidget(self._problem)
        self._details = quiet(wrap=True)
        self._details.setObjectName(f"{method}_details")
        self._details.hide()
        self.body.addWidget(self._details)
        self._retry = button(tr("Retry"), self._try_again, f"{method}_retry")
        self._more = button(tr("Details"), self._toggle_details, f"{method}_more")
        self._set_up = button(tr("Set up…"), self._open_settings, f"{method}_set_up")
        self.body.addLayout(row(self._retry, self._more, self._set_up, None))
        self.body.addStretch(1)

    def show_method(self, method: Mapping[str, Any], status: Mapping[str, Any]) -> None:
        """Show one entry of the status' methods."""
        configured, told = bool(method.get("configured")), "methods" in status
        self._wrong = settings_problem(status, self._method)
        confirmed = bool(method.get("confirmed", True))
        self._where.show_text(self._place(method) if configured else "")
        self._where.setVisible(bool(self._where.whole))
        self._purpose.setVisible(not configured)
        self._numbers.setVisible(configured)
        self._set_up.setText(_offer(configured, self._wrong))
        self._set_up.setVisible((told and not (configured and confirmed)) or self._wrong is not None)
        words, how = _state(method, status, self._method) if told and self._wrong is None else _not_told(self._wrong)
        self._state.setText(words)
        tone(self._state, how)
        self._show_numbers(method)
        self._show_note(method, status)
        self._show_problem(method)

    def show_details(self) -> None:
        """Let everything be seen that is known of the last error, or lead to the settings that are wrong."""
        if self._wrong is not None:
            self._set_up.setFocus()
            return
        self._details.setVisible(bool(self._details.text()))
        self._name_details()
        self._more.setFocus()

    def _add_row(self, name: str, words: str) -> None:
        at = self._grid.rowCount()
        self._words[name], self._values[name] = quiet(words), plain()
        self._values[name].setObjectName(f"{self._method}_{name}")
        self._grid.addWidget(self._words[name], at, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(self._values[name], at, 1)

    def _show_numbers(self, method: Mapping[str, Any]) -> None:
        last = method.get("last_success")
        sent = (method.get("last_sent") or {}) if last is not None else {}  # before the first success: of another place
        values = {"success": tr("never"), "sent": UNKNOWN, "wire": UNKNOWN, "took": UNKNOWN}
        if last is not None:
            values["success"] = ago(max(0.0, time.time() - last))
            self._values["success"].setToolTip(date_time(last))
        if sent:
            values["sent"] = sent_words(sent)
            wire, covered = sent.get("bytes_transferred") or 0, sent.get("bytes_total") or 0
            values["wire"] = tr("{sent} for {total}", sent=size(wire), total=size(covered)) if covered else size(wire)
            values["took"] = duration(sent.get("duration_seconds") or 0.0)
        values["next"] = self._next_try(method)
        if self._method == "http":
            count = method.get("rows") or 0
            values["held"] = plural(count, "{count} row", "{count} rows")
        for name, text in values.items():
            self._values[name].setText(text)
        upload = str(method.get("upload_id") or "")
        self._upload.show_text(upload or UNKNOWN)
        self._copy.setVisible(bool(upload))

    def _show_note(self, method: Mapping[str, Any], status: Mapping[str, Any]) -> None:
        """What happened beside success and failure: it was skipped, or stood in for the other."""
        lines = []
        skipped = method.get("skipped")
        if method.get("configured") and skipped:
            lines.append(tr("Skipped by the last sync: {why}", why=messages.render(str(skipped), {}, tr)[0]))
        stood_in = fallback(status)
        if stood_in is not None:
            at, why = stood_in
            lines.append(
                tr("Took the rows at {time} in the cloud's place: {why}", time=moment(at, time.time()), why=why)
                if self._method == "http"
                else tr("The hub took the rows instead. They go to the cloud as soon as it answers.")
            )
        if not method.get("confirmed", True) and method.get("configured"):
            lines.append(tr("Nothing goes there before you confirm it: a hub can read what it gets."))
        waiting = method.get("waiting") or ()
        if waiting:
            lines.append(tr("To be sent: {names}", names=", ".join(part_words(str(name)) for name in waiting)))
        self._note.setText("\n".join(lines))
        self._note.setVisible(bool(lines))

    def _show_problem(self, method: Mapping[str, Any]) -> None:
        error, refused = method.get("last_error"), method.get("refused") or {}
        text, details = "", []
        if error:
            title, cause, next_step = error_text(error)
            text = title
            details += [" ".join(filter(None, (cause, next_step))), str(error.get("code") or "")]
        if refused.get("count"):
            refusal = plural(refused["count"], "{count} row was refused by the hub", "{count} rows were refused")
            text = " · ".join(filter(None, (text, refusal)))
            for one in refused.get("examples") or ():
                details.append(f"{one.get('id', '')}: {error_text(one['error'])[0]}")
        self._problem.setText(text)
        self._problem.setVisible(bool(text))
        tone(self._problem, "error" if error else "attention")
        self._details.setText("\n".join(filter(None, details)))
        if not text:
            self._details.hide()
        self._more.setVisible(bool(self._details.text()))
        self._name_details()
        self._retry.setVisible(error is not None)

    def _next_try(self, method: Mapping[str, Any]) -> str:
        at, held = method.get("next_try"), self._model.held()
        if held == "paused":
            return tr("after the pause")
        if held is not None:
            return tr("when it need not wait any more")
        if not self._model.settings.settings.schedule.enabled:
            return tr("when you ask")
        if at is None:
            return tr("after the next change")
        return tr("now") if at <= time.time() else tr("about {time}", time=moment(at, time.time()))

    def _place(self, method: Mapping[str, Any]) -> str:
        sync = self._model.settings.settings.sync
        if self._method == "http":
            return str(method.get("url") or sync.hub_url)
        if sync.is_folder:
            return folder_path(sync.cloud_endpoint)
        return " · ".join(filter(None, (sync.cloud_bucket, sync.cloud_endpoint, sync.cloud_prefix)))

    def _toggle_details(self) -> None:
        self._details.setVisible(self._details.isHidden())
        self._name_details()

    def _name_details(self) -> None:
        self._more.setText(tr("Details") if self._details.isHidden() else tr("Hide details"))

    def _try_again(self) -> None:
        if self._method == "cloud":
            self._model.act("try_now")
        else:
            self._model.start(self._model.run(Sync(method="http")))

    def _open_settings(self) -> None:
        if self._wrong is None:
            self._model.open("settings", section="cloud" if self._method == "cloud" else "hub")
        elif "field" in self._wrong:
            self._model.open("settings", field=self._wrong["field"])
        else:
            file = config_path(self._model.vault)
            if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(file))):  # no program for it
                QDesktopServices.openUrl(QUrl.fromLocalFile(str(file.parent)))


def fallback(status: Mapping[str, Any]) -> tuple[float, str] | None:
    """When the hub last stood in for the cloud, and why; None when the newest sync went another way."""
    methods = status.get("methods") or {}
    cloud = (methods.get("cloud") or {}).get("last_attempt") or {}
    hub = (methods.get("http") or {}).get("last_attempt") or {}
    if cloud.get("outcome") not in MISSED or hub.get("outcome") != "succeeded" or cloud.get("at") != hub.get("at"):
        return None
    return float(hub["at"]), error_text(cloud["error"])[0] if cloud.get("error") else ""


def _state(method: Mapping[str, Any], status: Mapping[str, Any], name: str) -> tuple[str, str]:
    outcome = (method.get("last_attempt") or {}).get("outcome")
    if not method.get("configured"):
        return tr("Not set up"), ""
    if not method.get("confirmed", True):
        return tr("Not confirmed"), "attention"
    if outcome == "unavailable":
        return tr("Not reachable"), "attention"
    if method.get("last_error"):
        return tr("Failed"), "error"
    if name == "http" and fallback(status) is not None:
        return tr("Standing in"), "attention"
    if outcome == "succeeded" or method.get("last_success"):
        return tr("Working"), "good"
    return tr("Not used yet"), ""


def _not_told(wrong: Mapping[str, Any] | None) -> tuple[str, str]:
    """The state of a card of which nothing can be told, or whose settings are wrong."""
    if wrong is None:
        return UNKNOWN, ""
    return (tr("Its settings are wrong") if "field" in wrong else tr("Settings cannot be read")), "error"


def _offer(configured: bool, wrong: Mapping[str, Any] | None) -> str:
    if wrong is not None:
        return tr("Fix…") if "field" in wrong else tr("Open the settings file")
    return tr("Confirm…") if configured else tr("Set up…")


def _rows(method: str) -> tuple[tuple[str, str], ...]:
    held = (("held", tr("Held there")),) if method == "http" else ()
    return (
        ("success", tr("Last success")),
        ("sent", tr("Sent")),
        ("wire", tr("On the wire")),
        ("took", tr("Took")),
        ("next", tr("Next try")),
        *held,
    )


def _beside(text: QWidget, copy: QWidget) -> Any:
    line = row(text, copy, spacing=4)
    line.setStretch(0, 1)
    return line


def _purpose(method: str) -> str:
    if method == "cloud":
        return tr("A bucket or a folder of your own keeps every change.")
    return tr(
        "A hub of your own searches the memory of all your computers, and takes the rows when the bucket is away."
    )
