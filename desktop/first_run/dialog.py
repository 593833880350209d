"""The window of the first run: one screen at a time; Skip and Later at any time; Escape is Later."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.first_run.choices import Choices
from desktop.first_run.finish import FinishPage
from desktop.first_run.found import FoundPage
from desktop.first_run.holds import HoldsPage
from desktop.first_run.page import Page
from desktop.first_run.place import PlacePage
from desktop.first_run.sealing import SealingPage
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.settings.draft import Draft
from desktop.text import number, tr
from desktop.trial import Trial
from desktop.window.parts import button, quiet

SCREENS = (FoundPage, PlacePage, HoldsPage, SealingPage, FinishPage)


class FirstRunDialog(QDialog):
    """Sets up a cloud copy. Closed before Finish, it has changed nothing."""

    def __init__(self, model: AppModel, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("first_run")
        self.setWindowTitle(tr("Set up Cogzy"))
        self.resize(720, 640)
        self.setMinimumSize(520, 420)
        self.trial = Trial(model)
        self.choices = Choices(Draft(model))
        self.pages: list[Page] = [kind(model, appearance, self.choices, self.trial) for kind in SCREENS]
        self._finish = self.pages[-1]
        assert isinstance(self._finish, FinishPage)
        self._finish.over.connect(self.accept)
        self._finish.key_wanted.connect(self.back)
        self._way: list[int] = []
        self._stack = QStackedWidget()
        for page in self.pages:
            page.ready.connect(self._update)
            scroll = QScrollArea()
            scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # nobody would see that it has the focus
            scroll.setWidgetResizable(True)
            scroll.setFrameShape(QFrame.Shape.NoFrame)
            scroll.setWidget(page)
            self._stack.addWidget(scroll)
        self._where = quiet()
        self._where.setObjectName("first_run_where")
        self._later = button(tr("Set up later"), self.reject, "first_run_later")
        self._back = button(tr("Back"), self.back, "first_run_back")
        self._skip = button(tr("Skip"), self.skip, "first_run_skip")
        self._next = QPushButton()
        self._next.setObjectName("first_run_next")
        self._next.setProperty("primary", True)
        self._next.clicked.connect(self.go_on)
        self._next.setDefault(True)
        lower = QHBoxLayout()
        lower.setContentsMargins(32, 12, 32, 16)
        lower.setSpacing(10)
        lower.addWidget(self._later)
        lower.addWidget(self._where)
        lower.addStretch(1)
        for one in (self._back, self._skip, self._next):
            lower.addWidget(one)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addWidget(self._stack, 1)
        inside.addLayout(lower)
        self.finished.connect(lambda _: self.trial.end())
        self._show(0)

    @property
    def page(self) -> Page:
        """The screen that is shown."""
        return self.pages[self._stack.currentIndex()]

    def focus(self, **_: Any) -> None:
        """Nothing to look at but the screen that is shown."""

    def go_on(self) -> None:
        """Next; on the last screen Finish, then Close."""
        if not self.page.can_go_on:
            return
        if isinstance(self.page, FinishPage):
            self.page.finish()
        else:
            self.page.left()
            self._on()

    def skip(self) -> None:
        """On, without this screen."""
        if not isinstance(self.page, FinishPage):
            self.page.skipped()
            self._on()

    def back(self) -> None:
        """To the screen before."""
        if self._way and not self._is_working:
            self._show(self._way.pop(), back=True)

    def reject(self) -> None:
        """Later: close without a trace; while the steps run, stop them first."""
        if isinstance(self.page, FinishPage) and self.page.working:
            self.page.cancel()
            return
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:  # Qt's name
        """The window's own close button is Later, too; a sync that runs goes on in the background."""
        if isinstance(self.page, FinishPage) and self.page.working and not self.page.syncing:
            self.page.cancel()
        super().closeEvent(event)

    @property
    def _is_working(self) -> bool:
        return isinstance(self.page, FinishPage) and self.page.working

    def _on(self) -> None:
        at = self._stack.currentIndex()
        self._way.append(at)
        self._show(next(n for n in range(at + 1, len(self.pages)) if self.pages[n].is_needed))

    def _show(self, at: int, *, back: bool = False) -> None:
        self._stack.setCurrentIndex(at)
        self._update()
        if not back:
            self._next.setFocus()
        self.page.shown()
        self.setAccessibleName(self.page.title)

    def _update(self) -> None:
        page, at = self.page, self._stack.currentIndex()
        last = isinstance(page, FinishPage)
        done = isinstance(page, FinishPage) and page.done
        self._next.setText(tr("Close") if done else tr("Finish") if last else tr("Next"))
        lost = not self._next.isEnabled() and self.focusWidget() in (None, self._next, self._later)
        self._next.setEnabled(page.can_go_on)
        if lost and page.can_go_on:
            self._next.setFocus()
        self._skip.setVisible(not last)
        self._back.setVisible(bool(self._way) and not done)
        self._back.setEnabled(not self._is_working)
        self._later.setText(tr("Stop") if self._is_working else tr("Set up later"))
        self._later.setVisible(not done)
        self._where.setText(
            tr("Step {step} of {count}", step=number(at + 1), count=number(len(self.pages))) if not done else ""
        )
