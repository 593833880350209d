"""`make translations`: bring every language's file up to date with the texts of the sources.

The texts are the literals of `tr` and `plural` in `desktop`, `core.presenting.SENTENCES` and `core.messages`. A text
that is new stands in the file as unfinished, one that is gone leaves it, a translation is never touched. Texts are
sorted, without places in the code, so that a difference shows what changed and nothing else.

`python -m installers.translations fr` begins a language.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from core import messages, presenting

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "resources" / "translations"
CONTEXT = "cogzy"
WORDS_OF = {"tr": slice(0, 1), "plural": slice(1, 3)}
"""Which arguments of a function are texts."""
HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n<TS version="2.1" language="{}" sourcelanguage="en">\n'


@dataclass(frozen=True)
class Translation:
    """One text in one language. It is finished when a person says so in Qt Linguist, or takes the mark away."""

    text: str = ""
    finished: bool = False


def main(words: list[str] | None = None) -> int:
    """Update the languages that are there, and those that are named. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m installers.translations", description=__doc__)
    parser.add_argument("language", nargs="*", help="a language to begin, in two letters")
    given = parser.parse_args(words)
    texts = sources()
    languages = {path.stem.removeprefix("cogzy_") for path in FOLDER.glob("cogzy_*.ts")} | set(given.language)
    for language in sorted(languages):
        path = FOLDER / f"cogzy_{language}.ts"
        known = read(path.read_text("utf-8")) if path.is_file() else {}
        merged = merge(texts, known)
        path.write_text(written(language, merged), encoding="utf-8", newline="\n")
        left = sum(not translation.finished for translation in merged.values())
        print(
            f"{path.relative_to(ROOT)}: {len(merged)} texts, {left} to translate, {len(known.keys() - texts)} dropped"
        )
    return 0


def sources(folder: Path = ROOT / "desktop") -> set[str]:
    """Every text that can be shown."""
    found = {text for _, text in literals(folder)} | set(presenting.SENTENCES.values())
    for message in messages.catalog().values():
        found |= set(message)
    return {text for text in found if text}


def literals(folder: Path) -> Iterator[tuple[str, str]]:
    """The place and the text of every literal that is translated below `folder`."""
    for place, argument in _arguments(folder):
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield place, argument.value


def unreadable(folder: Path) -> list[str]:
    """Places below `folder` where a text is translated that does not stand there, so that nobody can collect it."""
    return [
        place
        for place, argument in _arguments(folder)
        if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str))
    ]


def merge(texts: Iterable[str], known: Mapping[str, Translation]) -> dict[str, Translation]:
    """The translations of `texts`, sorted; those that `known` lacks are empty and unfinished."""
    return {text: known.get(text, Translation()) for text in sorted(texts, key=lambda text: (text.casefold(), text))}


def read(document: str) -> dict[str, Translation]:
    """The translations of a Qt Linguist file, by their English."""
    found = {}
    for message in ElementTree.fromstring(document).iter("message"):  # noqa: S314  # our own file
        translation = message.find("translation")
        kind = None if translation is None else translation.get("type")
        if kind not in ("vanished", "obsolete"):
            text = message.findtext("translation") or ""
            found[message.findtext("source") or ""] = Translation(text, kind is None and bool(text))
    return found


def written(language: str, translations: Mapping[str, Translation]) -> str:
    """The Qt Linguist file (TS 2.1) of a language."""
    lines = [HEAD.format(language), "<context>\n", f"    <name>{CONTEXT}</name>\n"]
    for source, translation in translations.items():
        kind = "" if translation.finished else ' type="unfinished"'
        lines += [
            "    <message>\n",
            f"        <source>{escape(source)}</source>\n",
            f"        <translation{kind}>{escape(translation.text)}</translation>\n",
            "    </message>\n",
        ]
    return "".join([*lines, "</context>\n", "</TS>\n"])


def _arguments(folder: Path) -> Iterator[tuple[str, ast.expr | None]]:
    """Where a text is given to be translated, and what is given there."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
            wanted = WORDS_OF.get(called or "")
            if wanted is not None:
                place = f"{path.relative_to(folder.parent)}:{node.lineno}"
                given: list[ast.expr | None] = [*node.args[wanted]]
                yield from ((place, argument) for argument in given or [None])


if __name__ == "__main__":
    sys.exit(main())
