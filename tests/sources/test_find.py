"""Sources are found where their programs keep them, and only those a person switched on are on."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import UsageError
from core.messages import catalog, render
from core.settings_model import AkoshaSyncConfig, Settings, SourceSetting, SourceSettings
from core.sources import Notice, Source, find_sources, offered_sources


def settings(buddy: str = "~/.claude/data", **sources: object) -> Settings:
    return Settings(sync=AkoshaSyncConfig(session_buddy_dir=buddy), sources=SourceSettings.model_validate(sources))


def test_session_buddys_databases_are_found_in_their_usual_place(tmp_path: Path) -> None:
    reflection, graph, transcripts = find_sources(settings(), tmp_path, {})
    assert reflection == Source(
        "session-buddy-reflection", "duckdb", tmp_path / ".claude/data/reflection.duckdb", topic="reflections"
    )
    assert graph == Source(
        "session-buddy-knowledge-graph", "duckdb", tmp_path / ".claude/data/knowledge_graph.duckdb",
        topic="knowledge-graph",
    )  # fmt: skip
    assert (transcripts.name, transcripts.kind, transcripts.enabled) == ("claude-code", "files", False)
    assert transcripts.path == tmp_path / ".claude" / "projects"


def test_settings_move_and_switch_session_buddy(tmp_path: Path) -> None:
    moved = str(tmp_path / "elsewhere")
    found = find_sources(settings(moved, session_buddy=False), tmp_path, {})
    assert [source.path.parent for source in found[:2]] == [tmp_path / "elsewhere"] * 2
    assert [source.enabled for source in found[:2]] == [False, False]
    one = find_sources(settings(session_buddy_reflection=False), tmp_path, {})
    assert [source.enabled for source in one[:2]] == [False, True]


@pytest.mark.parametrize("moved", ["{home}/moved", "~/moved"])
def test_claude_codes_own_variable_moves_its_transcripts(tmp_path: Path, moved: str) -> None:
    environ = {"CLAUDE_CONFIG_DIR": moved.format(home=tmp_path)}
    found = find_sources(settings(claude_code=True), tmp_path, environ)
    assert (found[2].path, found[2].enabled) == (tmp_path / "moved" / "projects", True)


def test_transcripts_are_offered_once_they_are_there(tmp_path: Path) -> None:
    assert offered_sources(settings(), tmp_path, {}) == []
    (tmp_path / ".claude" / "projects").mkdir(parents=True)
    assert [source.name for source in offered_sources(settings(), tmp_path, {})] == ["claude-code"]
    assert offered_sources(settings(claude_code=True), tmp_path, {}) == []


def test_further_sources_come_from_the_settings_with_the_exclusions_of_all(tmp_path: Path) -> None:
    extra = [
        SourceSetting(name="notes", kind="files", path="~/notes", exclude=("*.tmp",)),
        SourceSetting(name="history", kind="sqlite", path="/var/history.db", enabled=False),
    ]
    found = find_sources(settings(exclude=("node_modules/",), extra=extra), tmp_path, {})
    assert found[3] == Source("notes", "files", tmp_path / "notes", exclude=("node_modules/", "*.tmp"))
    assert found[4] == Source("history", "sqlite", Path("/var/history.db"), enabled=False, exclude=("node_modules/",))


def test_a_wrong_or_taken_name_leaves_only_that_source_out_and_says_so(tmp_path: Path) -> None:
    named = ["../up", "Claude-Code", "fine"]
    extra = [SourceSetting(name=name, kind="files", path=f"~/{number}") for number, name in enumerate(named)]
    notices: list[Notice] = []
    found = find_sources(settings(extra=extra), tmp_path, {}, notices)
    assert [source.name for source in found[3:]] == ["fine"]
    assert [notice.code for notice in notices] == ["sources.bad_name", "sources.name_twice"]
    assert all("<" not in "".join(render(notice.code, notice.params)) for notice in notices)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", "a b", "-a", "a.", "x" * 65, "ü"])
def test_a_name_that_is_no_safe_folder_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        Source(name, "files", Path("/x"))
    assert caught.value.code in catalog()
