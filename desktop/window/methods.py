"""A card for each way to get memory off this computer: how it is, what it did last, why it was skipped."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QGridLayout, QLabel

from core import messages
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.text import UNKNOWN, ago, date_time, duration, error_text, number, size, tr
from desktop.window.parts import Card, Picture, button, heading, plain, quiet, row, tone

_ICONS = {"cloud": "cloud", "http": "hub"}


class MethodCard(Card):
    """One method: `cloud` or `http`."""

    def __init__(self, method: str, model: AppModel, appearance: Appearance) -> None:
        super().__init__()
        self._method = method
        self._model = model
        self.setObjectName(f"method_{method}")
        title = tr("Cloud") if method == "cloud" else tr("Hub")
        self._state = plain(wrap=False)
        self._state.setObjectName(f"{method}_state")
        self.body.addLayout(row(Picture(appearance, _ICONS[method], 20), heading(title), None, self._state))
        self._where = quiet()
        self._where.setObjectName(f"{method}_where")
        self.body.addWidget(self._where)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._values: dict[str, QLabel] = {}
        for name, words in (
            ("success", tr("Last success")),
            ("sent", tr("Sent")),
            ("wire", tr("On the wire")),
            ("took", tr("Took")),
            ("upload", tr("Upload")),
            ("next", tr("Next try")),
        ):
            at = self._grid.rowCount()
            self._values[name] = plain()
            self._values[name].setObjectName(f"{method}_{name}")
            self._grid.addWidget(quiet(words), at, 0)
            self._grid.addWidget(self._values[name], at, 1)
        self.body.addLayout(self._grid)
        self._problem = plain()
        self._problem.setObjectName(f"{method}_problem")
        self.body.addWidget(self._problem)
        self._details = plain()
        self._details.setObjectName(f"{method}_details")
        self._details.hide()
        self.body.addWidget(self._details)
        self._retry = button(tr("Retry"), lambda: model.act("try_now"), f"{method}_retry")
        self._more = button(tr("Details"), self.show_details, f"{method}_more")
        self._set_up = button(tr("Set up…"), self._open_settings, f"{method}_set_up")
        self.body.addLayout(row(self._retry, self._more, self._set_up, None))
        self.body.addStretch(1)

    def show_method(self, method: Mapping[str, Any], status: Mapping[str, Any]) -> None:
        """Show one entry of the status' methods."""
        configured = bool(method.get("configured"))
        attempt = method.get("last_attempt") or {}
        error = method.get("last_error")
        self._where.setText(self._place() if configured else _purpose(self._method))
        self._set_up.setVisible(not configured)
        self._show_state(configured, attempt, error, method)
        self._show_numbers(method, self._last_result(status))
        self._show_problem(attempt, error)

    def show_details(self) -> None:
        """Show what the person can do about the last error, or hide it again."""
        self._details.setVisible(bool(self._details.text()) and self._details.isHidden())

    def _show_state(
        self, configured: bool, attempt: Mapping[str, Any], error: Mapping[str, Any] | None, method: Mapping[str, Any]
    ) -> None:
        outcome = attempt.get("outcome")
        if not configured:
            words, how = tr("Not set up"), ""
        elif outcome == "unavailable":
            words, how = tr("Not reachable"), "attention"
        elif error:
            words, how = tr("Failed"), "error"
        elif outcome == "succeeded" or method.get("last_success"):
            words, how = tr("Working"), "good"
        else:
            words, how = tr("Not used yet"), ""
        self._state.setText(words)
        tone(self._state, how)

    def _show_numbers(self, method: Mapping[str, Any], result: Mapping[str, Any]) -> None:
        last = method.get("last_success")
        self._values["success"].setText(
            tr("never") if last is None else f"{ago(max(0.0, time.time() - last))} · {date_time(last)}"
        )
        sent, wire, took = UNKNOWN, UNKNOWN, UNKNOWN
        if result:
            sent = tr(
                "{files} files, {rows} rows",
                files=number(result.get("files_uploaded") or 0),
                rows=number(result.get("rows_changed") or 0),
            )
            wire = tr(
                "{sent} for {total}",
                sent=size(result.get("bytes_transferred") or 0),
                total=size(result.get("bytes_total") or 0),
            )
            took = duration(result.get("duration_seconds") or 0.0)
        upload = method.get("upload_id") or UNKNOWN
        values = {"sent": sent, "wire": wire, "took": took, "upload": upload, "next": self._next_try(method)}
        for name, text in values.items():
            self._values[name].setText(text)

    def _show_problem(self, attempt: Mapping[str, Any], error: Mapping[str, Any] | None) -> None:
        text, details = "", ""
        if error:
            title, cause, next_step = error_text(error)
            text, details = title, "\n".join(filter(None, (cause, next_step, error.get("code"))))
        elif attempt.get("outcome") == "skipped":
            title, cause, _ = messages.render(str(attempt.get("reason")), {}, tr)
            text = tr("Skipped: {why}", why=title)
            details = cause
        self._problem.setText(text)
        self._problem.setVisible(bool(text))
        tone(self._problem, "error" if error else "")
        self._details.setText(details)
        if not details:
            self._details.hide()
        self._more.setVisible(bool(details))
        self._retry.setVisible(error is not None)

    def _last_result(self, status: Mapping[str, Any]) -> Mapping[str, Any]:
        """The newest run that went by this method."""
        for run in status.get("runs") or ():
            result = run.get("result") or {}
            if result.get("success") and result.get("method") == self._method:
                found: Mapping[str, Any] = result
                return found
        return {}

    def _next_try(self, method: Mapping[str, Any]) -> str:
        at = method.get("next_try")
        return date_time(at) if at else tr("after the next change")

    def _place(self) -> str:
        sync = self._model.settings.settings.sync
        if self._method == "http":
            return sync.hub_url
        return " · ".join(filter(None, (sync.cloud_bucket, sync.cloud_endpoint, sync.cloud_prefix)))

    def _open_settings(self) -> None:
        self._model.open("settings", section="cloud" if self._method == "cloud" else "hub")


def _purpose(method: str) -> str:
    if method == "cloud":
        return tr("A bucket or a folder of your own keeps every change.")
    return tr("A hub of your own takes the rows when the bucket is away.")
