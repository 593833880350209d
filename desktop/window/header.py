"""The header: one sentence, one big action, and how far the run is."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QProgressBar, QPushButton, QVBoxLayout

from core.presenting import Action, View
from desktop import icons
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.text import error_text, sentence, size, tr
from desktop.window.parts import GAP, MARGIN, Picture, heading, quiet, row

_ROLES = {"idle": "good", "attention": "attention", "error": "error", "setup": "muted"}
STEPS = 1000


class Header(QFrame):
    """Shows the model's view; the button does what the view offers."""

    def __init__(self, model: AppModel, appearance: Appearance) -> None:
        super().__init__()
        self._model = model
        self._frame = 0
        self._asked_to_cancel = False
        self._picture = Picture(appearance, "state-idle", 36)
        self._picture.setObjectName("state_icon")
        self._sentence = heading("", 5, wrap=True)
        self._sentence.setObjectName("sentence")
        self._detail = quiet(wrap=True)
        self._detail.setObjectName("progress_detail")
        self._action = QPushButton()
        self._action.setAutoDefault(True)
        self._action.setObjectName("action_button")
        self._action.setProperty("primary", True)
        self._action.clicked.connect(self._act)
        self._bar = QProgressBar()
        self._bar.setObjectName("progress_bar")
        self._bar.setAccessibleName(tr("Progress of the run"))
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(6)
        self._bar.setRange(0, STEPS)
        self._turning = QTimer(self, interval=250)
        self._turning.timeout.connect(self._turn)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._sentence)
        words.addWidget(self._detail)
        line = row(self._picture, spacing=14)
        line.addLayout(words, 1)
        line.addWidget(self._action, 0, Qt.AlignmentFlag.AlignTop)
        line.setAlignment(self._picture, Qt.AlignmentFlag.AlignTop)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(MARGIN, MARGIN, MARGIN, 10)
        inside.setSpacing(GAP)
        inside.addLayout(line)
        inside.addWidget(self._bar)
        model.changed.connect(self.show_view)
        appearance.changed.connect(self.show_view)
        self.show_view()

    def show_view(self) -> None:
        """Show what the model shows now."""
        view = self._model.view
        self._sentence.setText(sentence(view.sentence))
        self._sentence.setAccessibleName(self._sentence.text())
        self._picture.show_icon(f"state-{view.icon}", _ROLES.get(view.icon, "text"), self._turn_now(view))
        if view.state not in ("syncing", "checking", "resetting"):
            self._asked_to_cancel = False
        self._action.setVisible(view.action is not None)
        if view.action is not None:
            self._action.setText(label(view.action))
        self._action.setEnabled(not self._asked_to_cancel)
        running = view.state in ("syncing", "resetting") or view.share is not None
        self._bar.setVisible(running)
        if running:
            self._bar.setRange(0, 0 if view.share is None else STEPS)
            self._bar.setValue(round((view.share or 0) * STEPS))
        self._detail.setText(self._bytes() if running else self._why(view))
        self._detail.setVisible(bool(self._detail.text()))

    def _bytes(self) -> str:
        progress = self._model.progress
        if self._asked_to_cancel:
            return tr("Stopping… nothing that was sent is lost.")
        if progress is None or not progress.bytes_total:
            return ""
        return tr("{done} of {total}", done=size(progress.bytes_done), total=size(progress.bytes_total))

    def _why(self, view: View) -> str:
        if view.error is None:
            return ""
        _, cause, next_step = error_text(view.error)
        return " ".join(filter(None, (cause, next_step)))

    def _act(self) -> None:
        action = self._model.view.action
        if action is None:
            return
        if action == "cancel":
            self._asked_to_cancel = True
        self._model.act(action)
        self.show_view()

    def _turn_now(self, view: View) -> float:
        if view.moving and not self._turning.isActive():
            self._turning.start()
        elif not view.moving and self._turning.isActive():
            self._turning.stop()
            self._frame = 0
        return 360.0 * self._frame / icons.FRAMES

    def _turn(self) -> None:
        self._frame = (self._frame + 1) % icons.FRAMES
        self.show_view()


def label(action: Action) -> str:
    """The words on a button that does `action`."""
    return {
        "set_up": tr("Set up a cloud copy…"),
        "unlock": tr("Unlock"),
        "cancel": tr("Cancel"),
        "sync": tr("Sync now"),
        "resume": tr("Resume"),
        "try_now": tr("Try now"),
        "sync_anyway": tr("Once anyway"),
        "show": tr("Show"),
        "fix": tr("Fix…"),
    }[action]
