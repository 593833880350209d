"""Every window and dialog that shows on a stage what it is told, by a name for its test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMenu, QWidget

from core.sync.events import PreviewReset
from desktop.about import AboutDialog
from desktop.crash import CrashDialog
from desktop.diagnostics import DiagnosticsDialog
from desktop.guide import GuideDialog
from desktop.importing import Importing, Outcome
from desktop.palette import Appearance
from desktop.settings import SettingsDialog
from desktop.settings.passphrase import PassphraseDialog, RecoveryKeyDialog
from desktop.text import tr
from desktop.tray import TrayMenu
from desktop.window.files import FilesDialog
from desktop.window.importing import ImportDialog
from desktop.window.reset import ResetDialog
from desktop.window.shell import PAGES, StatusWindow
from tests.desktop import stage as staging
from tests.desktop.rig.waiting import settled
from tests.desktop.stage import StageModel

SECTIONS = ("general", "cloud", "hub", "sources", "limits", "security")
UPLOAD = "20260921_101302_417_laptop-a-7f3c_q8w2e1"
Make = Callable[[StageModel, Appearance], QWidget]


def _page(name: str) -> Make:
    def make(model: StageModel, appearance: Appearance) -> QWidget:
        window = StatusWindow(model, appearance)
        model.show(staging.states()["attention_hub_only"][0])
        window.open(name)
        return window

    return make


def _section(name: str) -> Make:
    def make(model: StageModel, appearance: Appearance) -> QWidget:
        dialog = SettingsDialog(model, appearance)
        dialog.draft.set("cloud_bucket", "Not A Bucket")
        dialog.draft.set("hub_url", "http://hub.example.com/mcp")
        dialog.focus(section=name)
        return dialog

    return make


def _reset(model: StageModel, appearance: Appearance) -> QWidget:
    model.answers[PreviewReset] = staging.preview(refused=True)
    return ResetDialog(model, appearance)


def _import(model: StageModel, appearance: Appearance) -> QWidget:
    Importing.of(model).last = Outcome((Path("chatgpt-export.zip"),), staging.imported())
    return ImportDialog(model, appearance)


def _passphrase(model: StageModel, appearance: Appearance) -> QWidget:
    title, words = tr("Encrypt the cloud copy"), tr("The old passphrase opens nothing any more.")
    return PassphraseDialog(title, words, SettingsDialog(model, appearance))


def _recovery(model: StageModel, appearance: Appearance) -> QWidget:
    return RecoveryKeyDialog("ABCD-EFGH-" * 6, SettingsDialog(model, appearance))


def _crash(model: StageModel, appearance: Appearance) -> QWidget:
    dialog = CrashDialog(model, appearance)
    dialog.focus("", native=True)
    return dialog


VIEWS: Mapping[str, Make] = {
    **{f"page-{name}": _page(name) for name in PAGES},
    **{f"settings-{name}": _section(name) for name in SECTIONS},
    "reset": _reset,
    "files": lambda model, appearance: FilesDialog(model, appearance, UPLOAD),
    "import": _import,
    "passphrase": _passphrase,
    "recovery": _recovery,
    "about": AboutDialog,
    "guide": GuideDialog,
    "diagnostics": DiagnosticsDialog,
    "crash": _crash,
    "tray": lambda model, _: TrayMenu(model),
}
every_view = pytest.mark.parametrize("name", sorted(VIEWS))
every_window = pytest.mark.parametrize("name", sorted(VIEWS.keys() - {"tray"}))


async def shown(name: str, model: StageModel, appearance: Appearance) -> QWidget:
    """The view of that name, as a person sees it once everything that it asked for is there."""
    view = VIEWS[name](model, appearance)
    if not isinstance(view, QMenu):
        view.show()
        view.activateWindow()
    await settled(view, model)
    return view
