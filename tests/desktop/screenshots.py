"""Pictures of every view, for a person to look at: `python -m tests.desktop.screenshots FOLDER`.

Light and dark, at 100 and 200 %, in English, German and the pseudo-locale. Nobody's memory is read: the model is on a
stage. Each scale and language is a process of its own, since Qt fixes both when it starts.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop.palette import Appearance

SCALES = ("1", "2")
LANGUAGES = ("en", "de", "pseudo")
MODES = ("light", "dark")
SETTLE_SECONDS = 0.15
Shot = tuple[str, "QWidget"]


def main() -> int:
    """Take the pictures; `--scale` and `--language` take those of one process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scale", choices=SCALES)
    parser.add_argument("--language", choices=LANGUAGES)
    parser.add_argument("--only", default="", help="only pictures whose name has this in it")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    if given.scale and given.language:
        return _take(given.folder, given.scale, given.language, given.only)
    for language in [given.language] if given.language else LANGUAGES:
        for scale in [given.scale] if given.scale else SCALES:
            words = [str(given.folder), "--scale", scale, "--language", language, "--only", given.only]
            environ = {**os.environ, "QT_SCALE_FACTOR": scale, "LANG": "de_DE.UTF-8" if language == "de" else "C.UTF-8"}
            subprocess.run([sys.executable, "-m", __spec__.name, *words], check=True, env=environ)
    print(f"{len(list(given.folder.glob('*.png')))} pictures in {given.folder}")
    return 0


def _take(folder: Path, scale: str, language: str, only: str) -> int:
    import PySide6.QtWidgets  # noqa: F401  # before qasync
    import qasync
    from PySide6.QtCore import QLocale

    from desktop import text
    from desktop.app import application

    if language == "de":
        QLocale.setDefault(QLocale("de_DE"))
    app = application()
    text.use_language(app, language)
    loop = qasync.QEventLoop(app)
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(_take_all(folder, f"{int(scale) * 100}-{language}", only))
    return 0


async def _take_all(folder: Path, what: str, only: str) -> None:
    from PySide6.QtWidgets import QApplication

    from desktop.palette import Appearance

    app = QApplication.instance()
    assert isinstance(app, QApplication)
    appearance = Appearance(app, "light")
    with tempfile.TemporaryDirectory(prefix="cogzy-pictures-") as scratch:
        for mode in MODES:
            appearance.use(mode)
            async for name, widget in _views(Path(scratch), appearance, lambda name: only in name):
                await asyncio.sleep(SETTLE_SECONDS)
                widget.grab().save(str(folder / f"{name}-{what}-{mode}.png"))


async def _views(scratch: Path, appearance: Appearance, wanted: Callable[[str], bool]) -> AsyncIterator[Shot]:
    """Every window and dialog, shown, one after the other."""
    from core.sync.events import PreviewReset, Progress
    from desktop.importing import Importing, Outcome
    from desktop.settings import SettingsDialog
    from desktop.window.files import FilesDialog
    from desktop.window.importing import ImportDialog
    from desktop.window.reset import ResetDialog
    from desktop.window.shell import PAGES, StatusWindow
    from tests.desktop import stage

    model = stage.staged(scratch)
    window = StatusWindow(model, appearance)
    window.show()
    for name, (status, progress) in stage.states().items():
        if wanted(f"state-{name}"):
            model.show(status, progress)
            window.resize(1040, 700)
            yield f"state-{name}", window
    model.show(stage.status_of())
    for page in PAGES:
        if wanted(f"page-{page}"):
            window.open(page)
            window.resize(1040, 700)
            yield f"page-{page}", window
            window.resize(window.minimumSize())
            yield f"page-{page}-small", window
            window.resize(1040, 700)
    window.open("activity")
    model.runs, kept = [], model.runs
    if wanted("empty-activity"):
        window.open("status")
        window.open("activity")
        yield "empty-activity", window
    model.runs = kept
    window.hide()
    dialog = SettingsDialog(model, appearance)
    dialog.show()
    for section in ("general", "cloud", "hub", "sources", "limits", "security"):
        if wanted(f"settings-{section}"):
            dialog.focus(section=section)
            yield f"settings-{section}", dialog
    if wanted("settings-problem"):
        dialog.draft.set("cloud_bucket", "Not A Bucket")
        dialog.draft.set("hub_url", "http://hub.example.com/mcp")
        dialog.cloud.show_values()
        dialog.focus(section="cloud")
        yield "settings-problem", dialog
    dialog.close()
    if wanted("import"):
        outcome = Outcome((Path("chatgpt-export.zip"),), stage.imported())
        Importing.of(model).last = outcome
        imports = ImportDialog(model, appearance)
        imports.show()
        yield "import", imports
        Importing.of(model).running, Importing.of(model).begun = outcome.paths, True
        Importing.of(model).progress = Progress("reading", bytes_done=20_000_000, bytes_total=80_000_000)
        Importing.of(model).changed.emit()
        yield "import-running", imports
        Importing.of(model).running = ()
        imports.close()
    for name, preview in (("reset", stage.preview()), ("reset-refused", stage.preview(refused=True))):
        if wanted(name):
            model.answers[PreviewReset] = preview
            reset = ResetDialog(model, appearance)
            reset.show()
            yield name, reset
            reset.close()
    if wanted("files"):
        browse = FilesDialog(model, appearance, "20260921_000001_417_laptop-a-7f3c_q8w2e1")
        browse.show()
        yield "files", browse
        browse.close()
    window.deleteLater()
    model.deleteLater()


if __name__ == "__main__":
    sys.exit(main())
