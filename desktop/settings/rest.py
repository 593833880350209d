"""Other programs of this computer in the settings: where they ask, and the token that lets them."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from desktop.local_rest import LocalRest
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.text import tr
from desktop.window.parts import IconButton, begin, button, copies, plain, quiet, row, tone


class RestRow(QWidget):
    """The address and the token, while the server runs; why it does not, when it should."""

    def __init__(self, model: AppModel, appearance: Appearance) -> None:
        super().__init__()
        self._model = model
        self._rest = LocalRest.of(model)
        self._state = plain()
        self._state.setObjectName("rest_state")
        self._copy_address = button(tr("Copy"), copies(lambda: self._rest.url), "rest_copy_address")
        self._copy_address.setAccessibleName(tr("Copy the address"))
        self._token = QLineEdit()
        self._token.setObjectName("rest_token")
        self._token.setAccessibleName(tr("The token that programs show"))
        self._token.setReadOnly(True)
        self._token.setEchoMode(QLineEdit.EchoMode.Password)
        eye = IconButton(appearance, "eye", tr("Show the token"), self._toggle, "rest_show_token")
        copy = button(tr("Copy"), copies(self._value), "rest_copy_token")
        copy.setAccessibleName(tr("Copy the token"))
        self._renew = button(tr("New token"), lambda: begin(model, self, self._rest.renew_token()), "rest_new_token")
        self._where = quiet(wrap=True)
        self._where.setObjectName("rest_where")
        address = row(self._state, self._copy_address)
        address.setStretch(0, 1)
        self._more = QWidget()
        more = QVBoxLayout(self._more)
        more.setContentsMargins(0, 0, 0, 0)
        token = row(self._token, eye, copy, self._renew)
        token.setStretch(0, 1)
        more.addLayout(token)
        more.addWidget(self._where)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addLayout(address)
        inside.addWidget(self._more)
        self._rest.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        rest = self._rest
        words, how = {
            "off": (tr("Off: no program can ask."), ""),
            "starting": (tr("Starting…"), ""),
            "running": (tr("Programs ask at {url}", url=rest.url), "good"),
            "failed": (tr("It does not run. {reason}", reason=rest.reason), "error"),
        }[rest.state]
        self._state.setText(words)
        tone(self._state, how)
        self._copy_address.setVisible(rest.state == "running")
        self._more.setVisible(rest.state in ("starting", "running") and rest.token is not None)
        self._token.setText(self._value())
        self._token.setCursorPosition(0)
        self._renew.setEnabled(not rest.token_is_given)
        kept = rest.token is not None and rest.token.kept
        if rest.token_is_given:
            where = tr("Set by the environment ({variable})", variable="COGZY_REST_TOKEN")
        elif kept:
            where = tr("A new token ends the old one.")
        else:
            where = tr("There is no place for secrets, so that this token lasts until Cogzy is quit.")
        self._where.setText(where)

    def _value(self) -> str:
        return self._rest.token.value if self._rest.token is not None else ""

    def _toggle(self) -> None:
        hidden = self._token.echoMode() == QLineEdit.EchoMode.Password
        self._token.setEchoMode(QLineEdit.EchoMode.Normal if hidden else QLineEdit.EchoMode.Password)
