"""Colours: every text can be read on what it stands on, and what has the focus is seen."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtGui import QColor, QPalette

from desktop.palette import CONTRAST_DARK, CONTRAST_LIGHT, DARK, LIGHT, Appearance, Colours, palette

TEXTS = ("text", "muted", "good", "attention", "error", "accent")
GROUNDS = ("window", "surface")


def luminance(colour: str) -> float:
    parts = (QColor(colour).redF(), QColor(colour).greenF(), QColor(colour).blueF())
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("colours", "least"), [(LIGHT, 4.5), (DARK, 4.5), (CONTRAST_LIGHT, 7.0), (CONTRAST_DARK, 7.0)])
def test_every_text_can_be_read(colours: Colours, least: float) -> None:
    pairs = [(text, ground) for text, ground in itertools.product(TEXTS, GROUNDS)]
    pairs += [("text", "selection"), ("text", "hover"), ("text", "raised"), ("on_accent", "accent")]
    pairs += [("muted", "raised")]  # what cannot be pressed
    bad = {
        pair: round(found, 2)
        for pair in pairs
        if (found := contrast(getattr(colours, pair[0]), getattr(colours, pair[1]))) < least
    }
    assert not bad


@pytest.mark.parametrize("colours", [LIGHT, DARK, CONTRAST_LIGHT, CONTRAST_DARK])
def test_borders_of_fields_and_the_focus_are_seen(colours: Colours) -> None:
    for ground in ("window", "surface"):
        assert contrast(colours.field, getattr(colours, ground)) >= 3
        assert contrast(colours.accent, getattr(colours, ground)) >= 3
    assert contrast("#808080", colours.surface) >= 3  # the arrows of boxes


@pytest.mark.parametrize("colours", [LIGHT, DARK, CONTRAST_LIGHT, CONTRAST_DARK])
def test_the_selection_of_the_palette_can_be_read(colours: Colours) -> None:
    made = palette(colours)
    text, ground = made.color(QPalette.ColorRole.HighlightedText), made.color(QPalette.ColorRole.Highlight)
    assert contrast(text.name(), ground.name()) >= 4.5


def test_a_mode_is_followed_at_once(appearance: Appearance) -> None:
    heard: list[bool] = []
    appearance.changed.connect(lambda: heard.append(appearance.dark))
    appearance.use("dark")
    appearance.use("light")
    appearance.use("contrast")
    assert heard == [True, False, False]
    assert appearance.colours is CONTRAST_LIGHT
