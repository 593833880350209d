"""What the user guide tells people to type is understood, and what it names is there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import settings
from core.cli.parser import parse
from core.credentials import ENVIRONMENT
from core.messages import catalog

GUIDE = (Path(__file__).resolve().parent.parent / "docs" / "USER_GUIDE.md").read_text("utf-8")
KNOWN_VARIABLES = {
    *ENVIRONMENT.values(),
    *(f"COGZY_{name}".upper() for name in settings.field_names()),
    *("COGZY_NEW_PASSPHRASE", "COGZY_SECRETS_PASSPHRASE", "COGZY_VAULT_DIR"),
}


def _commands() -> Iterator[list[str]]:
    """Every `cogzy ...` of the code blocks and of the text, without what explains it."""
    blocks = re.findall(r"^( *)```\w*\n(.*?)^\1```", GUIDE, re.DOTALL | re.MULTILINE)
    lines = [line.strip() for _, block in blocks for line in block.splitlines()]
    lines += re.findall(r"`(cogzy [^`]+)`", re.sub(r"```.*?```", "", GUIDE, flags=re.DOTALL))
    for line in lines:
        if line.startswith("cogzy "):
            words = shlex.split(re.split(r"\s{3,}", line)[0])[1:]
            yield [word for word in words if word != "…"]


@pytest.mark.parametrize("words", list(_commands()), ids=" ".join)
def test_every_command_is_understood(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    if words == ["COMMAND", "--help"]:
        words = ["sync", "--help"]
    options = parse(words)
    assert options is not None or capsys.readouterr().out
    if words[:2] == ["config", "set"] and len(words) > 2:
        assert words[2] in settings.field_names()


def test_the_guide_has_commands_to_check() -> None:
    assert len(list(_commands())) > 40


def test_every_variable_is_one() -> None:
    assert set(re.findall(r"COGZY_[A-Z_]*[A-Z]", GUIDE)) <= KNOWN_VARIABLES


def test_every_error_that_it_explains_has_that_title() -> None:
    rows = GUIDE.partition("| what you see |")[2].partition("\n\n")[0].splitlines()[2:]
    shown = {re.sub(r" \(.*", "", row.split("|")[1].strip()) for row in rows}
    assert len(shown) > 8
    titles = {title for title, _, _ in catalog().values()}
    assert {title for title in shown if title not in titles} == {"Damaged: …"}


def test_every_link_within_the_page_leads_somewhere() -> None:
    headings = {re.sub(r"[^a-z0-9 -]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^#+ (.+)$", GUIDE, re.M)}
    assert set(re.findall(r"\]\(#([^)]+)\)", GUIDE)) <= headings
