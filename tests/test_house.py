"""The house keeps its own rules: what is written about it is true, and what starts often starts light."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import core

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
MODULES = sorted((ROOT / "core").rglob("*.py"))
ALL_MODULES = MODULES + sorted((ROOT / "desktop").rglob("*.py"))


def _pins() -> dict[str, str]:
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line and line[0] != "#"]
    return dict(line.split("==") for line in lines)


def test_every_package_is_installed_with_the_program() -> None:
    there = {".".join(path.parent.relative_to(ROOT).parts) for path in ALL_MODULES if path.name == "__init__.py"}
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == there | {"cogzy", "cogzy.docs", "cogzy.resources"}


def test_every_package_is_found_where_it_is_said_to_be() -> None:
    setuptools = PROJECT["tool"]["setuptools"]
    places = {name: setuptools["package-dir"].get(name, name.replace(".", "/")) for name in setuptools["packages"]}
    assert [name for name, place in places.items() if not (ROOT / place / "__init__.py").exists()] == []


def test_every_folder_with_modules_is_a_package() -> None:
    assert [str(path) for path in ALL_MODULES if not (path.parent / "__init__.py").exists()] == []


@pytest.mark.parametrize("group", ["", *PROJECT["project"]["optional-dependencies"]])
def test_every_dependency_is_bounded_below_and_above(group: str) -> None:
    project = PROJECT["project"]
    for line in project["optional-dependencies"][group] if group else project["dependencies"]:
        operators = {specifier.operator for specifier in Requirement(line).specifier}
        assert operators == {">=", "<"}, line


def test_what_the_tests_install_is_pinned_within_its_bounds() -> None:
    pins = _pins()
    project = PROJECT["project"]
    for line in project["dependencies"] + project["optional-dependencies"]["dev"]:
        requirement = Requirement(line)
        assert requirement.specifier.contains(pins[canonicalize_name(requirement.name)]), line


def test_the_pins_are_exact_and_name_no_address() -> None:
    text = (ROOT / "constraints.txt").read_text() + (ROOT / "tests" / "swift-requirements.txt").read_text()
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*", line)] == []


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("core.control.place", {"asyncio", "pydantic", "platformdirs", "socket"}),
        ("core.control.queue", {"asyncio", "pydantic", "numpy"}),
        ("core.locations", {"asyncio", "pydantic", "platformdirs"}),
        ("core.credentials", {"pydantic", "keyring", "cryptography", "numpy"}),
        ("core.settings", {"keyring", "cryptography", "numpy", "aioboto3", "duckdb", "difflib"}),
        ("core.storage", {"aioboto3", "botocore", "aiohttp", "pydantic", "numpy"}),
        ("core.database", {"duckdb", "numpy"}),
        ("core.sources", {"duckdb"}),
        ("core.cli", {"asyncio", "pydantic", "rich", "aioboto3", "duckdb", "numpy", "keyring"}),
        ("core.client", {"pydantic", "aioboto3", "duckdb", "numpy", "keyring", "cryptography"}),
        ("core.sync.engine", {"aioboto3", "duckdb", "keyring", "cryptography", "rich"}),
        ("core.sync.hybrid", {"aioboto3", "duckdb", "numpy", "httpx", "mcp", "starlette", "core.akosha"}),
        ("core.sync.http", {"aioboto3", "duckdb", "numpy", "httpx", "mcp", "core.akosha"}),
        ("core.cli.akosha", {"asyncio", "pydantic", "rich", "duckdb", "numpy", "starlette", "uvicorn", "mcp"}),
        ("core.memory.embedding", {"numpy", "onnxruntime", "tokenizers"}),
    ],
)
def test_what_starts_often_imports_nothing_heavy(module: str, heavy: set[str]) -> None:
    program = f"import sys, {module}; print(*(set({sorted(heavy)!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        p.relative_to(ROOT) for p in ALL_MODULES if p.stat().st_size and not ast.get_docstring(ast.parse(p.read_text()))
    ]
    assert silent == []


def test_the_architecture_names_every_room_and_no_file_that_is_gone() -> None:
    text = (ROOT / "docs" / "ARCHITECTURE.md").read_text("utf-8")
    rooms = {path.stem for path in (ROOT / "core").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert {room for room in rooms - {"__init__"} if f"core/{room}" not in text} == set()
    named = set(re.findall(r"(?:tests/)?(?:core|desktop)/[a-z_/0-9]+\.py", text))
    for folder, names in re.findall(r"((?:core|desktop)/[a-z/]+)/\{([a-z_,0-9]+)\}\.py", text):
        named |= {f"{folder}/{name}.py" for name in names.split(",")}
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


@pytest.mark.parametrize(
    "page", ["README.md", "CHANGELOG.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md")))]
)
def test_no_link_between_pages_is_broken(page: str) -> None:
    path = ROOT / page
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", path.read_text("utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_every_command_that_the_readme_shows_exists() -> None:
    from core.cli.akosha.parser import _COMMANDS as HUB_COMMANDS
    from core.cli.parser import COMMANDS

    text = (ROOT / "README.md").read_text("utf-8")
    shown = set(re.findall(r"\bcogzy ([a-z][a-z-]+)", text))
    assert shown
    assert shown <= set(COMMANDS)
    of_the_hub = set(re.findall(r"\bakosha ([a-z][a-z-]+)", text))
    assert of_the_hub
    assert of_the_hub <= set(HUB_COMMANDS)


def test_the_installer_settings_parse_and_name_folders_that_exist() -> None:
    briefcase = tomllib.loads((ROOT / "briefcase.toml").read_text("utf-8"))
    assert [s for s in briefcase["app"][PROJECT["project"]["name"]]["sources"] if not (ROOT / s).is_dir()] == []


def test_the_changelog_knows_this_version_or_what_is_not_released_yet() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert "## [Unreleased]" in text or f"## [{core.__version__}]" in text


def test_the_check_that_guards_changes_is_the_command_a_person_types() -> None:
    assert "exec make test" in (ROOT / ".ci" / "run").read_text()
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    for target in ("demo", "run", "test", "lint", "bench", "soak", "help"):
        assert f"make {target} " in done.stdout
