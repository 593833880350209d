"""Hits as a list: a model that grows while it is scrolled, and how a hit is drawn.

A hit is an object of core.memory.answers.Found as JSON. All rows are of one height, so ten thousand of them scroll.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtCore import Signal as QtSignal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.palette import Appearance, Colours
from desktop.text import date_time, number, tr

Hit = Mapping[str, Any]
Index = QModelIndex | QPersistentModelIndex
MOST = 10_000
HIT = Qt.ItemDataRole.UserRole
_LINES = 2
_PADDING = 10
_BAR_WIDTH, _BAR_HEIGHT = 64, 6


class Results(QAbstractListModel):
    """Hits, best first. `wants_more` is sent when the end comes into sight and there may be more."""

    wants_more = QtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.hits: list[Hit] = []
        self._more = False

    def show_hits(self, hits: Sequence[Hit], asked: int) -> None:
        """Show other hits, of which `asked` were wanted."""
        self.beginResetModel()
        self.hits, self._more = list(hits), 0 < asked <= len(hits)
        self.endResetModel()

    def add_hits(self, hits: Sequence[Hit], asked: int) -> None:
        """Show more hits behind those that are there."""
        if hits:
            self.beginInsertRows(QModelIndex(), len(self.hits), len(self.hits) + len(hits) - 1)
            self.hits += hits
            self.endInsertRows()
        self._more = 0 < asked <= len(hits)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's name and its default
        """See QAbstractListModel."""
        return 0 if parent.isValid() else len(self.hits)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """See QAbstractListModel."""
        hit = self.hits[index.row()]
        if role == HIT:
            return hit
        if role == Qt.ItemDataRole.DisplayRole:
            return hit["snippet"]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{about(hit)}. {date_time(hit['created_at'])}. {shares(hit)}. {hit['snippet']}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return shares(hit)
        return None

    def canFetchMore(self, parent: Index) -> bool:  # Qt's name
        """See QAbstractListModel."""
        return not parent.isValid() and self._more and len(self.hits) < MOST

    def fetchMore(self, parent: Index) -> None:  # Qt's name
        """See QAbstractListModel."""
        self._more = False  # until they have come
        self.wants_more.emit()


class HitDelegate(QStyledItemDelegate):
    """Draws a hit: what it belongs to, its date, two lines of text, and a bar of its score in two parts."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # Qt's name
        """See QStyledItemDelegate."""
        return QSize(200, 2 * _PADDING + (_LINES + 1) * option.fontMetrics.lineSpacing() + 6)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """See QStyledItemDelegate."""
        hit, colours = index.data(HIT), self._appearance.colours
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_behind(painter, option, colours)
        inside = option.rect.adjusted(_PADDING + 2, _PADDING, -_PADDING - 2, -_PADDING)
        self._paint_heads(painter, option, inside, hit, colours)
        top = inside.top() + option.fontMetrics.lineSpacing() + 6
        text = QRect(inside.left(), top, inside.width(), inside.bottom() - top + 1)
        paint_matches(painter, text, option.font, hit["snippet"], hit["matches"], colours)
        painter.restore()

    def _paint_behind(self, painter: QPainter, option: QStyleOptionViewItem, colours: Colours) -> None:
        state, box = option.state, QRectF(option.rect.adjusted(3, 2, -3, -2))
        if state & QStyle.StateFlag.State_Selected or state & QStyle.StateFlag.State_MouseOver:
            selected = bool(state & QStyle.StateFlag.State_Selected)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.selection if selected else colours.hover))
            painter.drawRoundedRect(box, 6, 6)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(colours.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def _paint_heads(
        self, painter: QPainter, option: QStyleOptionViewItem, inside: QRect, hit: Hit, colours: Colours
    ) -> None:
        line = QRect(inside.left(), inside.top(), inside.width(), option.fontMetrics.lineSpacing())
        bar = QRect(line.right() - _BAR_WIDTH + 1, line.center().y() - _BAR_HEIGHT // 2, _BAR_WIDTH, _BAR_HEIGHT)
        paint_bar(painter, bar, hit, colours)
        when = date_time(hit["created_at"]) if hit["created_at"] is not None else ""
        wide = option.fontMetrics.horizontalAdvance(when)
        right = bar.left() - 12
        painter.setFont(option.font)
        painter.setPen(QColor(colours.muted))
        painter.drawText(QRect(right - wide, line.top(), wide, line.height()), _LEFT, when)
        bold = QFont(option.font)
        bold.setWeight(QFont.Weight.DemiBold)
        room = right - wide - 12 - line.left()
        painter.setFont(bold)
        painter.setPen(QColor(colours.text))
        shown = QFontMetrics(bold).elidedText(about(hit), Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRect(line.left(), line.top(), room, line.height()), _LEFT, shown)


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def about(hit: Hit) -> str:
    """What a hit belongs to: the conversation's title, project and source."""
    title = hit["title"] or (tr("Conversation") if hit["kind"] == "episode" else "")
    return " · ".join(filter(None, (title, hit["project"], hit["source"]))) or tr("Memory")


def shares(hit: Hit) -> str:
    """The score of a hit in words."""
    words, meaning = round(100 * hit["lexical_share"]), round(100 * hit["dense_share"])
    return tr(
        "Score {score}: {words} % by words, {meaning} % by meaning",
        score=number(hit["score"], 2),
        words=number(words),
        meaning=number(meaning),
    )


def paint_bar(painter: QPainter, box: QRect, hit: Hit, colours: Colours) -> None:
    """A bar as long as the score: words in the accent's colour, meaning in a lighter one behind a gap."""
    whole = QRectF(box)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours.border))
    painter.drawRoundedRect(whole, 3, 3)
    words = whole.width() * hit["score"] * hit["lexical_share"]
    meaning = whole.width() * hit["score"] * hit["dense_share"]
    painter.setBrush(part_colour(colours, meaning=False))
    if words >= 1:
        painter.drawRoundedRect(QRectF(whole.left(), whole.top(), words, whole.height()), 3, 3)
    if meaning >= 1:
        start = whole.left() + words + (1.5 if words >= 1 else 0)
        part = QRectF(start, whole.top(), max(1.5, meaning - (start - whole.left() - words)), whole.height())
        painter.setBrush(part_colour(colours, meaning=True))
        painter.drawRoundedRect(part, 3, 3)


def part_colour(colours: Colours, *, meaning: bool) -> QColor:
    """The colour of what was found by words, or by meaning: between the accent and what it stands on."""
    accent, ground = QColor(colours.accent), QColor(colours.surface)
    if not meaning:
        return accent
    pairs = ((accent.red(), ground.red()), (accent.green(), ground.green()), (accent.blue(), ground.blue()))
    return QColor(*((one + other) // 2 for one, other in pairs))


def paint_matches(
    painter: QPainter, box: QRect, font: QFont, text: str, matches: Sequence[Sequence[int]], colours: Colours
) -> None:
    """`text` in two lines, what matches bold; what does not fit is left out behind an ellipsis."""
    layout, fits = _laid_out(text, matches, font, box.width(), colours)
    if fits < wide(text, len(text)):
        shown = text.encode("utf-16-le", "replace")[: 2 * fits].decode("utf-16-le", "ignore").rstrip()
        shown = f"{shown[:-1].rstrip()}…"
        inside = [(start, min(end, len(shown) - 1)) for start, end in matches if start < len(shown) - 1]
        layout, _ = _laid_out(shown, inside, font, box.width(), colours)
    painter.setPen(QColor(colours.text))
    painter.setClipRect(box)
    layout.draw(painter, QPointF(box.topLeft()))


def _laid_out(
    text: str, matches: Sequence[Sequence[int]], font: QFont, width: int, colours: Colours
) -> tuple[QTextLayout, int]:
    """The lines of a text, and how much of it they hold, as Qt counts."""
    bold = QTextCharFormat()
    bold.setFontWeight(QFont.Weight.Bold)
    bold.setForeground(QColor(colours.accent))
    ranges = []
    for start, end in matches:
        one = QTextLayout.FormatRange()
        one.start, one.length, one.format = wide(text, start), wide(text, end) - wide(text, start), bold
        ranges.append(one)
    layout = QTextLayout(text, font)
    layout.setFormats(ranges)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    height, fits = 0.0, 0
    for _ in range(_LINES):
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(width)
        line.setPosition(QPointF(0, height))
        height += line.height()
        fits = line.textStart() + line.textLength()
    layout.endLayout()
    return layout, fits


def wide(text: str, at: int) -> int:
    """A place in `text` as Qt counts: in UTF-16 units."""
    return at if text.isascii() else at + sum(one > "\uffff" for one in text[:at])
