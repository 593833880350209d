"""Rows of a settings page: a label, a control bound to a setting, and what is wrong with it beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from core import messages
from core.settings import SettingProblem
from desktop.settings.draft import Draft
from desktop.text import tr
from desktop.window.parts import heading, plain, quiet, tone


class Form(QWidget):
    """A page of settings. Each method adds a row; `name` is the dotted name of a setting."""

    def __init__(self, title: str, draft: Draft) -> None:
        super().__init__()
        self.draft = draft
        self.fields: dict[str, QWidget] = {}
        self._labels: dict[str, str] = {}
        self._errors: dict[str, QLabel] = {}
        self._refresh: list[Callable[[], None]] = []
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(20, 16, 20, 16)
        self.body.setSpacing(12)
        self.body.addWidget(heading(title, 3))
        self.rows = self.section()
        draft.changed.connect(self.show_problems)
        self.setObjectName(type(self).__name__)

    def section(self, title: str = "") -> QFormLayout:
        """Begin a new group of rows."""
        if title:
            self.body.addSpacing(4)
            self.body.addWidget(heading(title))
        self.rows = QFormLayout()
        self.rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.rows.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self.rows.setHorizontalSpacing(20)
        self.rows.setVerticalSpacing(10)
        self.rows.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self.body.addLayout(self.rows)
        return self.rows

    def finish(self) -> None:
        """No more rows: let the rest of the page be empty, and show what is wrong already."""
        self.show_problems()
        self.body.addStretch(1)

    def note(self, text: str) -> QLabel:
        """A quiet explanation over the whole width."""
        label = quiet(text, wrap=True)
        self.rows.addRow(label)
        return label

    def text(self, name: str, label: str, placeholder: str = "") -> QLineEdit:
        """One line of text."""
        field = QLineEdit()
        field.setPlaceholderText(placeholder)

        def show() -> None:
            if field.text().strip() != str(self.draft.value(name)):
                field.setText(str(self.draft.value(name)))

        show()
        field.textChanged.connect(lambda text: self.draft.set(name, text.strip()))
        self._add(name, label, field, show)
        return field

    def number(self, name: str, label: str, least: int, most: int, unit: str = "", zero: str = "") -> QSpinBox:
        """A whole number; `zero` is what the least value is called."""
        field = QSpinBox()
        field.setRange(least, most)
        field.setSuffix(f" {unit}" if unit else "")
        field.setSpecialValueText(zero)
        field.setMaximumWidth(160)

        def show() -> None:
            field.setValue(int(self.draft.value(name)))

        show()
        field.valueChanged.connect(lambda value: self.draft.set(name, value))
        self._add(name, label, field, show)
        return field

    def switch(
        self,
        name: str,
        label: str,
        is_on: Callable[[], bool] | None = None,
        put: Callable[[bool], None] | None = None,
    ) -> QCheckBox:
        """Yes or no. `is_on` and `put` where more than the one setting decides."""
        field = QCheckBox(label)

        def show() -> None:
            field.setChecked(bool(self.draft.value(name)) if is_on is None else is_on())

        show()
        field.toggled.connect(put or (lambda on: self.draft.set(name, on)))
        self._add(name, "", field, show)
        return field

    def choice(self, name: str, label: str, choices: Sequence[tuple[str, str]]) -> QComboBox:
        """One of several: pairs of value and words."""
        field = QComboBox()
        for value, words in choices:
            field.addItem(words, value)

        def show() -> None:
            field.setCurrentIndex(max(0, field.findData(self.draft.value(name))))

        show()
        field.currentIndexChanged.connect(lambda _: self.draft.set(name, field.currentData()))
        self._add(name, label, field, show)
        return field

    def lines(self, name: str, label: str, placeholder: str = "") -> QPlainTextEdit:
        """A list of texts, one a line."""
        field = QPlainTextEdit()
        field.setPlaceholderText(placeholder)
        field.setTabChangesFocus(True)
        field.setMaximumHeight(110)

        def entered() -> list[str]:
            return [line.strip() for line in field.toPlainText().splitlines() if line.strip()]

        def show() -> None:
            if entered() != list(self.draft.value(name)):
                field.setPlainText("\n".join(self.draft.value(name)))

        show()
        field.textChanged.connect(lambda: self.draft.set(name, entered()))
        self._add(name, label, field, show)
        return field

    def widget(self, label: str, field: QWidget) -> None:
        """A row with any widget."""
        words = QLabel(label)
        words.setBuddy(field)
        words.setContentsMargins(0, 6, 0, 0)
        self.rows.addRow(words, field)

    def place_of(self, name: str) -> QWidget | None:
        """Where a setting or a secret is typed, if that is on this page."""
        return self.findChild(QWidget, name) if name else None

    def show_values(self) -> None:
        """Show every value as it stands in the draft."""
        for show in self._refresh:
            show()
        self.show_problems()

    def show_problems(self) -> None:
        """Show beside each field what is wrong with it, or what is still to be typed."""
        for name, label in self._errors.items():
            problem, to_come = self.draft.problems.get(name), self.to_come(name)
            text = to_come or ("" if problem is None else self.words_of(problem))
            label.setVisible(bool(text))
            label.setText(text)
            tone(label, "" if to_come else "error")
            field = self.fields[name]
            field.setAccessibleDescription(text)
            wrong = bool(text) and not to_come
            if bool(field.property("wrong")) != wrong:
                field.setProperty("wrong", wrong)
                field.style().unpolish(field)
                field.style().polish(field)

    def to_come(self, name: str) -> str:
        """What to say while a field holds a pattern that nobody has filled in yet."""
        return ""

    def words_of(self, problem: SettingProblem) -> str:
        """What is wrong, in one line; settings are called as they are on this page."""
        title, cause, next_step = messages.render(problem.code, {"field": problem.field, **problem.params}, tr)
        text = " ".join(filter(None, (f"{title}.", cause, next_step)))
        for name, label in self._labels.items():
            text = text.replace(name, label)
        return text

    def _add(self, name: str, label: str, field: QWidget, show: Callable[[], None]) -> None:
        field.setObjectName(name)
        if label:
            field.setAccessibleName(label)
            self._labels[name] = label
        self.fields[name] = field
        self._refresh.append(show)
        error = plain()
        error.setObjectName(f"{name}_problem")
        tone(error, "error")
        error.hide()
        self._errors[name] = error
        box = QWidget()
        inside = QVBoxLayout(box)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(2)
        inside.addWidget(field)
        inside.addWidget(error)
        if self.draft.is_given(name):
            field.setEnabled(False)
            variable = f"COGZY_{name.replace('.', '_').upper()}"
            inside.addWidget(quiet(tr("Set by the environment ({variable})", variable=variable)))
        if label:
            words = QLabel(label)
            words.setBuddy(field)
            words.setContentsMargins(0, 6, 0, 0)
            self.rows.addRow(words, box)
        else:
            self.rows.addRow(box)
