"""What the pages about the hub tell people is so: commands, routes, tools, settings, codes, titles, links."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.akosha.settings import HubSettings
from core.akosha.tools.schemas import TOOLS
from core.akosha.web.openapi import document
from core.assistants.rest_document import document as local_document
from core.cli.akosha.parser import parse
from core.cli.parser import parse as parse_cogzy
from core.errors import UsageError
from core.messages import catalog

DOCS = Path(__file__).resolve().parents[3] / "docs"
PAGES = {name: (DOCS / f"{name}.md").read_text("utf-8") for name in ("RUNBOOKS", "API_REFERENCE")}
REFERENCE = PAGES["API_REFERENCE"]
PLACEHOLDERS = {"PID", "DATA"}


def _commands(program: str) -> Iterator[list[str]]:
    """Every line and every quotation of the pages that begins with `program`."""
    for page in PAGES.values():
        blocks = re.findall(r"^```\w*\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
        lines = [line.strip() for block in blocks for line in block.splitlines()]
        lines += re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", page, flags=re.DOTALL))
        for line in lines:
            words = shlex.split(re.sub(r"^AKOSHA_\w+=\S+ ", "", line)) if line.count("'") in (0, 2) else []
            if words[:1] == [program] and len(words) > 1:
                yield words[1:]


@pytest.mark.parametrize("words", list(_commands("akosha")), ids=" ".join)
def test_every_command_of_the_hub_is_understood(words: list[str]) -> None:
    assert parse(words) is not None


@pytest.mark.parametrize("words", list(_commands("cogzy")), ids=" ".join)
def test_every_command_of_cogzy_is_understood(words: list[str]) -> None:
    assert parse_cogzy(words) is not None


def test_there_are_commands_to_check_and_a_wrong_one_would_be_seen() -> None:
    assert len(list(_commands("akosha"))) > 15
    assert len(list(_commands("cogzy"))) > 8
    with pytest.raises(UsageError):
        parse(["token", "make", "x"])


def test_every_route_stands_in_the_reference_and_no_other() -> None:
    routes = set(document()["paths"])
    assert {route for route in routes if f"{route}`" not in REFERENCE} == set()
    shown = set(re.findall(r"(?:GET|POST) (/[a-z0-9_/.]+)", REFERENCE))
    local = {*local_document()["paths"], "/openapi.json"}
    assert shown <= routes | local | {"/mcp/v1", "/mcp/mcp/v1", "/mcp/status", "/v1/openapi.json"}


def test_every_tool_stands_in_the_reference_with_its_scope_and_arguments() -> None:
    rows = {row.split("`")[1]: row for row in REFERENCE.splitlines() if re.match(r"\| `[a-z_]+` \| (read|write)", row)}
    assert set(rows) == {tool.name for tool in TOOLS}
    for tool in TOOLS:
        cells = [cell.strip() for cell in rows[tool.name].split("|")]
        assert cells[2] == tool.scope, tool.name
        required = set(re.findall(r"`([a-z_]+)`\*", cells[3]))
        if tool.name != "store_memory":
            assert required == set(tool.arguments["required"]), tool.name
            assert set(re.findall(r"`([a-z_]+)`", cells[3])) <= set(tool.arguments["properties"]), tool.name


def test_every_field_of_an_item_stands_in_the_reference() -> None:
    table = REFERENCE.partition("### An item")[2].partition("\n\nWithout")[0]
    named = set(re.findall(r"`([a-z_]+)`", "\n".join(row.split("|")[1] for row in table.splitlines() if "|" in row)))
    (store,) = (tool for tool in TOOLS if tool.name == "store_memory")
    assert named == set(store.arguments["properties"])


def test_every_variable_is_a_setting() -> None:
    known = {f"AKOSHA_{name.upper()}" for name in HubSettings.model_fields}
    for page in PAGES.values():
        assert set(re.findall(r"AKOSHA_[A-Z_]*[A-Z]", page)) <= known
    table = REFERENCE.partition("## Settings")[2]
    limits = REFERENCE.partition("## Limits")[2]
    assert {name for name in known if name not in table and name not in limits} == set()


def test_the_defaults_and_limits_are_those_of_the_program() -> None:
    settings = HubSettings()
    assert f"| `AKOSHA_PORT` | {settings.port} |" in REFERENCE
    assert f"| `AKOSHA_INGEST_INTERVAL_SECONDS` | {settings.ingest_interval_seconds:.0f} |" in REFERENCE
    assert f"| `AKOSHA_DRAIN_SECONDS` | {settings.drain_seconds:.0f} |" in REFERENCE
    for value, name in (
        (f"{settings.body_bytes >> 20} MiB", "BODY_BYTES"),
        (f"{settings.batch_items:,}", "BATCH_ITEMS"),
        (
            f"{settings.requests_per_second:.0f} a second, {settings.requests_per_second * 10:,.0f} at once",
            "REQUESTS_PER_SECOND",
        ),
        (f"{settings.concurrent_requests}", "CONCURRENT_REQUESTS"),
        (f"{settings.connections}", "CONNECTIONS"),
        (f"{settings.read_seconds:.0f} s", "READ_SECONDS"),
        (f"{settings.search_seconds:.0f} s", "SEARCH_SECONDS"),
    ):
        assert f"| {value} | `AKOSHA_{name}` |" in REFERENCE


def test_every_code_of_the_reference_has_its_sentences() -> None:
    codes = set(re.findall(r"`((?:akosha|auth|tokens|rows)\.[a-z_0-9]+)`", REFERENCE))
    assert len(codes) > 30
    assert sorted(codes - set(catalog())) == []


def test_every_title_that_a_runbook_names_is_one() -> None:
    table = PAGES["RUNBOOKS"].partition("| what it says |")[2].partition("\n\n")[0].splitlines()[2:]
    shown = {row.split("|")[1].strip() for row in table} - {"anything else"}
    assert len(shown) > 6
    assert shown <= {title for title, _, _ in catalog().values()}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    text = PAGES[page]
    headings = {re.sub(r"[^a-z0-9 -]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^#+ (.+)$", text, re.M)}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= headings
    assert [to for to in re.findall(r"\]\((?!https?://|#)([^)#]+)", text) if not (DOCS / to).exists()] == []
