"""Every text that the window shows, in the person's language.

The source is English, as it stands in the code (`tr`), in `core.presenting.SENTENCES` and in `core.messages`. A
language is one Qt Linguist file, `resources/translations/cogzy_<language>.ts`, read as it is: nothing is compiled. The
words between braces are filled in after the translation.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from typing import Any
from xml.etree import ElementTree

from PySide6.QtCore import QCoreApplication, QDate, QLibraryInfo, QLocale, QTime, QTranslator

from core import messages, presenting
from core.errors import CogzyError
from core.presenting import Ago, Moment, Rate, Sentence, Span, Title, Value

CONTEXT = "cogzy"
UNKNOWN = "\u2013"
PSEUDO = "pseudo"
"""A language for tests: every text grows by a third and carries accents, so that what is not translated stands out."""
_ACCENTS = str.maketrans("aeiouAEIOUcnyz", "áéíóúÁÉÍÓÚçñýž")


class Language(QTranslator):
    """One language. A text that it lacks stays English."""

    def __init__(self, texts: Mapping[str, str] | None, parent: QCoreApplication) -> None:
        super().__init__(parent)
        self._texts = texts

    def isEmpty(self) -> bool:  # Qt's name
        """Qt drops a translator that says it is empty."""
        return False

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str:
        """See QTranslator; an empty result means "not here"."""
        if context != CONTEXT:
            return ""
        if self._texts is None:
            return pseudo(source)
        return self._texts.get(source, "")


def use_language(app: QCoreApplication, name: str) -> None:
    """Show everything from now on in `name` (two letters, or PSEUDO), and write numbers and dates as it does.

    A language that there is no file for is English. Views that are open stay as they are.
    """
    for earlier in app.findChildren(Language):
        app.removeTranslator(earlier)
        earlier.deleteLater()
    texts = None if name == PSEUDO else texts_of(name)
    QLocale.setDefault(locale_of(name if texts else "en", QLocale.system()))
    if texts == {}:
        return
    language = Language(texts, app)
    app.installTranslator(language)
    own = QTranslator(language)  # the texts of Qt's own dialogs
    if own.load(f"qtbase_{name}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(own)


def locale_of(language: str, system: QLocale) -> QLocale:
    """How numbers and dates are written in `language`: in the system's way, or in that of its country.

    The language has to be the same, since the names of days stand within sentences.
    """
    wanted = QLocale(language)
    nameless = system.language() == QLocale.Language.C
    if system.language() == wanted.language() or (nameless and language == "en"):
        return system
    return wanted if nameless else QLocale(wanted.language(), system.territory())


def texts_of(language: str) -> dict[str, str]:
    """The texts of a language by their English; empty when there is none of that name."""
    path = files("cogzy.resources") / "translations" / f"cogzy_{language}.ts"
    if not path.is_file():
        return {}
    found = {}
    for message in ElementTree.fromstring(path.read_text("utf-8")).iter("message"):  # noqa: S314  # our own file
        source, translation = message.findtext("source"), message.findtext("translation")
        if source and translation:
            found[source] = translation
    return found


def pseudo(source: str) -> str:
    """The text in the language for tests. What stands in braces stays."""
    parts = source.replace("}", "{").split("{")
    shown = "".join(part.translate(_ACCENTS) if at % 2 == 0 else f"{{{part}}}" for at, part in enumerate(parts))
    return f"[{shown}{'·' * (len(source) // 3)}]"


def tr(source: str, /, **values: object) -> str:
    """The text in the person's language, with its values filled in."""
    shown = QCoreApplication.translate(CONTEXT, source)
    return shown.format(**values) if values else shown


def plural(count: int, one: str, other: str, /, **values: object) -> str:
    """`one` or `other` (sources with {count}) for a number of things."""
    return tr(one if count == 1 else other, count=number(count), **values)


def sent_words(sent: Mapping[str, Any]) -> str:
    """How much of what a sync sent: a vault has files, a database rows."""
    files, rows = int(sent.get("files_uploaded") or 0), int(sent.get("rows_changed") or 0)
    words = [plural(files, "{count} file", "{count} files")] if files else []
    if rows or not files:
        words.append(plural(rows, "{count} row", "{count} rows"))
    return ", ".join(words)


def sentence(shown: Sentence) -> str:
    """A sentence of core.presenting."""
    return presenting.filled(tr(presenting.SENTENCES[shown.code]), shown.values, words)


def error_text(error: CogzyError | Mapping[str, Any]) -> messages.Message:
    """Title, cause and next step of an error, or of its JSON form."""
    if isinstance(error, CogzyError):
        return messages.render(error.code, error.params, tr)
    return messages.render(str(error.get("code", "")), error.get("params") or {}, tr)


def words(value: Value) -> str:
    """A value of a sentence."""
    match value:
        case Ago(seconds):
            return ago(seconds)
        case Span(seconds):
            return span(seconds)
        case Moment(at, now):
            return moment(at, now)
        case Rate(count):
            return tr("{size}/s", size=size(count))
        case Title(code, params):
            return messages.render(code, params, tr)[0]
        case int():
            return number(value)
        case _:
            return value


def number(count: float, decimals: int = 0) -> str:
    """A number as the person writes it."""
    return QLocale().toString(count, "f", decimals) if decimals else QLocale().toString(round(count))


def size(count: float | None) -> str:
    """Bytes: `48 kB`, `1.2 MB`; a dash for unknown."""
    if count is None:
        return UNKNOWN
    return QLocale().formattedDataSize(round(count), 1 if count >= 1_000_000 else 0, _SI)


def ago(seconds: float) -> str:
    """A span since something happened."""
    if seconds < 60:
        return tr("just now")
    if seconds < 3600:
        return plural(int(seconds // 60), "{count} minute ago", "{count} minutes ago")
    if seconds < 86_400:
        return plural(int(seconds // 3600), "{count} hour ago", "{count} hours ago")
    return plural(int(seconds // 86_400), "{count} day ago", "{count} days ago")


def span(seconds: float) -> str:
    """A length of time to come."""
    if seconds < 60:
        return tr("{count} s", count=number(max(1, round(seconds))))
    if seconds < 3600:
        return tr("{count} min", count=number(round(seconds / 60)))
    return tr("{count} h", count=number(seconds / 3600, 1))


def duration(seconds: float) -> str:
    """How long something took: `0.4 s`, `12 s`, `3 min`."""
    return tr("{count} s", count=number(seconds, 1)) if seconds < 10 else span(seconds)


def moment(at: float, now: float) -> str:
    """A moment near now by the local clock: the time today, the weekday this week, else the date."""
    then, today = datetime.fromtimestamp(at).astimezone(), datetime.fromtimestamp(now).astimezone()
    days = (today.date() - then.date()).days
    if days == 0:
        return _time(then)
    return QLocale().standaloneDayName(then.isoweekday()) if 0 < days < 7 else _date(then)


def date_time(at: float | None) -> str:
    """A date and time in full; a dash for never."""
    if at is None:
        return UNKNOWN
    then = datetime.fromtimestamp(at).astimezone()
    return f"{_date(then)} {_time(then)}"


def _date(then: datetime) -> str:
    return QLocale().toString(QDate(then.year, then.month, then.day), _SHORT)


def _time(then: datetime) -> str:
    return QLocale().toString(QTime(then.hour, then.minute), _SHORT)


_SHORT = QLocale.FormatType.ShortFormat
_SI = QLocale.DataSizeFormat.DataSizeSIFormat
