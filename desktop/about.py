"""About: what this is, which version, and whose work it stands on."""

from __future__ import annotations

import asyncio
import re
from importlib import metadata

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from core import __version__
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.text import tr
from desktop.window.parts import MARGIN, Picture, begin, button, heading, plain, quiet, row
from desktop.window.tables import Column, Table, rendered

Shipped = tuple[str, str, str]
"""Name, version and licence."""
_REQUIREMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LICENCE = "License :: OSI Approved :: "
LONGEST_LICENCE = 60


class AboutDialog(QDialog):
    """The version, the licences of what is shipped, and where to read on."""

    def __init__(self, model: AppModel, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("About Cogzy"))
        self.resize(560, 520)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(heading("Cogzy", 6))
        version = plain(tr("Version {version}", version=__version__), wrap=False)
        version.setObjectName("about_version")
        words.addWidget(version)
        head = row(Picture(appearance, "cogzy", 56), spacing=16)
        head.addLayout(words, 1)
        self.table: Table[Shipped] = Table(
            [
                Column(tr("Made with"), lambda one: one[0]),
                Column(tr("Version"), lambda one: one[1]),
                Column(tr("Licence"), lambda one: one[2], stretch=True),
            ],
            "about_licences",
            tr("Licences of what is shipped"),
        )
        self.table.widths("prometheus-client", "2026.12.31", "")
        close = button(tr("Close"), self.accept, "about_close", primary=True)
        close.setDefault(True)
        guide = button(tr("User guide"), lambda: model.open("guide"), "about_guide")
        licence = button(tr("Licence"), lambda: QDesktopServices.openUrl(_licence()), "about_licence")
        licence.setVisible(not _licence().isEmpty())
        inside = QVBoxLayout(self)
        inside.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        inside.setSpacing(12)
        inside.addLayout(head)
        inside.addWidget(
            quiet(tr("Keeps the memory of your AI assistants safe in a bucket or folder of your own."), wrap=True)
        )
        inside.addWidget(self.table, 1)
        inside.addLayout(row(guide, licence, None, close))
        begin(model, self, self._list())

    async def _list(self) -> None:
        found = await asyncio.to_thread(shipped)
        self.table.rows.replace(rendered(self.table.rows.columns, found))


def shipped() -> list[Shipped]:
    """Every library that comes with Cogzy, down to the last, by name. Blocking: it reads their metadata."""
    found: dict[str, Shipped] = {}
    due = _required("cogzy", {"desktop", "embedding"})
    while due:
        name = due.pop()
        if name.lower() in found:
            continue
        try:
            about = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue  # of another system, or an extra that is not installed
        found[name.lower()] = (about["Name"], about["Version"], licence_of(about))
        due += _required(name, set())
    return sorted(found.values(), key=lambda one: one[0].lower())


def licence_of(about: metadata.PackageMetadata) -> str:
    """The licence that a library's metadata names, in a few words."""
    named = _field(about, "License-Expression")
    classified = [
        one.removeprefix(_LICENCE) for one in about.get_all("Classifier") or () if str(one).startswith(_LICENCE)
    ]
    written = _field(about, "License").strip()
    short = written if written and len(written) <= LONGEST_LICENCE and "\n" not in written else ""
    return named or "; ".join(classified) or (short if short.upper() != "UNKNOWN" else "") or "\u2013"


def _field(about: metadata.PackageMetadata, name: str) -> str:
    return next(iter(about.get_all(name) or ()), "")


def _required(name: str, extras: set[str]) -> list[str]:
    wanted = []
    for line in metadata.requires(name) or ():
        requirement, _, marker = line.partition(";")
        if "extra ==" in marker and not any(f"'{extra}'" in marker or f'"{extra}"' in marker for extra in extras):
            continue
        match = _REQUIREMENT.match(requirement.strip())
        if match:
            wanted.append(match[0])
    return wanted


def _licence() -> QUrl:
    """This program's own licence, as a file."""
    found = next((file for file in metadata.files("cogzy") or () if file.name == "LICENSE"), None)
    return QUrl() if found is None else QUrl.fromLocalFile(str(found.locate()))
