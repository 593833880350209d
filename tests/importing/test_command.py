"""`cogzy import`, and the same through the engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.cli import main
from core.client import LocalEngine, finish
from core.errors import CogzyError
from core.sync.events import Import, Progress, Sync, from_wire, to_wire
from core.vault import LocalVaultService
from tests.importing.reading import write_json
from tests.importing.samples import code_lines, code_turn, gpt_plain, gpt_tools, write_zip
from tests.memory import tiny_model


def cogzy(*arguments: str | Path) -> int:
    return main([str(one) for one in arguments])


def without_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COGZY_MODEL_DIR", str(tmp_path / "no-model"))


def test_the_command_says_what_it_found_and_what_it_took(
    tmp_path: Path, vault_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    without_model(tmp_path, monkeypatch)
    files = {"conversations.json": [gpt_plain("one"), gpt_tools()], "odd.json": {"a": 1}}
    path = write_zip(tmp_path / "export.zip", files)
    assert cogzy("import", path, "--vault", vault_dir) == 0
    out = capsys.readouterr().out
    assert "Found: 2 conversations, 4 turns (ChatGPT 4)." in out
    assert "Taken over: 2 new conversations, 4 new turns." in out
    assert "odd.json" in out
    assert "hologram" in out
    assert "[conversations.json, conversation 2]" in out
    assert cogzy("import", path, "--vault", vault_dir) == 0
    assert "All of it is in the vault already." in capsys.readouterr().out


def test_no_path_is_not_this_folder(
    tmp_path: Path, vault_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_json(tmp_path / "conversations.json", [gpt_plain("one")])
    monkeypatch.chdir(tmp_path)
    assert cogzy("import", "", "--vault", vault_dir) == 2
    assert "No file or folder was named" in capsys.readouterr().err


def test_who_stops_an_import_is_told_that_it_stopped(
    tmp_path: Path, vault_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stopped(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("core.memory.pipeline.run_pipeline", stopped)
    assert cogzy("import", write_json(tmp_path / "c.json", [gpt_plain("one")]), "--vault", vault_dir) == 130
    assert "Cancelled" in capsys.readouterr().err


def test_for_machines_there_is_one_object(
    tmp_path: Path, vault_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    without_model(tmp_path, monkeypatch)
    path = write_json(tmp_path / "conversations.json", [gpt_plain("one")])
    assert cogzy("import", path, "--vault", vault_dir, "--json", "--dry-run") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["dry_run"], told["committed"], told["new_turns"], told["sync_asked_for"]) == (True, False, 2, False)
    assert cogzy("import", path, "--vault", vault_dir, "--json", "--source", "grok") == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "import.nothing_recognised"
    assert LocalVaultService.open(vault_dir).read_nodes() == []


def test_where_something_is_set_up_a_sync_is_asked_for(
    tmp_path: Path, vault_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    without_model(tmp_path, monkeypatch)
    asked: list[Any] = []
    monkeypatch.setattr("core.control.queue.request_sync", lambda vault, request: asked.append((vault, request)))
    (tmp_path / "cloud").mkdir()
    monkeypatch.setenv("COGZY_CLOUD_ENDPOINT", (tmp_path / "cloud").as_uri())
    path = write_json(tmp_path / "conversations.json", [gpt_plain("one")])
    for _ in range(2):
        assert cogzy("import", path, "--vault", vault_dir, "--json") == 0
    assert asked == [(vault_dir, {"trigger": "user"})]


def test_the_command_crosses_the_wire() -> None:
    command = Import(("/a.zip", "/b"), "grok", dry_run=True)
    again = from_wire(json.loads(json.dumps(to_wire(command))))
    assert isinstance(again, Import)
    assert (list(again.paths), again.source, again.dry_run) == (["/a.zip", "/b"], "grok", True)


@pytest.mark.asyncio
async def test_the_engine_imports_and_tells_how_far_it_is(tmp_path: Path, vault_dir: Path) -> None:
    path = write_json(tmp_path / "conversations.json", [gpt_plain("one")])
    engine = LocalEngine(vault_dir, {"COGZY_MODEL_DIR": str(tmp_path / "none"), "HOME": str(tmp_path)})
    events: list[Any] = []
    try:
        told = await finish(engine, Import((str(path),)), events.append)
        assert told["new_turns"] == 2
        assert any(isinstance(event, Progress) and event.stage == "reading" for event in events)
        with pytest.raises(CogzyError) as caught:
            await finish(engine, Import((str(tmp_path / "none.zip"),)))
        assert caught.value.code == "import.not_found"
    finally:
        await engine.close()


def prepared(tmp_path: Path, vault_dir: Path) -> tuple[Path, Path]:
    """A home with a session in it, a folder as the cloud, and a vault whose sources are switched off."""
    home, cloud = tmp_path / "home", tmp_path / "cloud"
    session = home / ".claude" / "projects" / "boats" / "one.jsonl"
    for folder in (cloud, session.parent, vault_dir):
        folder.mkdir(parents=True)
    session.write_bytes(code_lines(code_turn(1)))
    (vault_dir / "config.json").write_text(json.dumps({"sources": {"claude_code": False, "session_buddy": False}}))
    return home, cloud


@pytest.mark.asyncio
async def test_a_sync_follows_the_sessions_that_are_switched_on(tmp_path: Path, vault_dir: Path) -> None:
    home, cloud = prepared(tmp_path, vault_dir)
    environ = {
        "CLAUDE_CONFIG_DIR": str(home / ".claude"),
        "COGZY_CLOUD_ENDPOINT": cloud.as_uri(),
        "COGZY_MODEL_DIR": str(tmp_path / "none"),
        "COGZY_STATE_DIR": str(tmp_path / "state"),
    }
    engine = LocalEngine(vault_dir, environ)
    try:
        await finish(engine, Sync())
        assert LocalVaultService.open(vault_dir).read_nodes() == []
        config = json.loads((vault_dir / "config.json").read_text())
        config["sources"]["claude_code"] = True
        (vault_dir / "config.json").write_text(json.dumps(config))
        await finish(engine, Sync())
        assert [node["source"] for node in LocalVaultService.open(vault_dir).read_nodes()] == ["claude-code"]
    finally:
        await engine.close()
    assert any(path.is_file() for path in cloud.rglob("*"))


def test_what_is_there_is_embedded_on_request_and_why_it_is_not_is_said(
    tmp_path: Path, vault_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    without_model(tmp_path, monkeypatch)
    path = write_json(tmp_path / "conversations.json", [gpt_plain("one")])
    assert cogzy("import", path, "--vault", vault_dir) == 0
    assert cogzy("status", "--vault", vault_dir) == 0
    assert "2 of 2 memories are found by words alone" in capsys.readouterr().out
    assert cogzy("import", "--embed", "--vault", vault_dir, "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["error"]["code"], told["without_vectors"]) == ("embedding.no_model", 2)
    monkeypatch.setenv("COGZY_MODEL_DIR", str(tiny_model.put(tmp_path / "model")))
    assert cogzy("import", "--embed", "--vault", vault_dir) == 0
    assert "2 memories are found by meaning now." in capsys.readouterr().out
    assert cogzy("import", "--anew", "--vault", vault_dir) == 0
    assert "Nothing waited" in capsys.readouterr().out
    assert cogzy("import", "--embed", path, "--vault", vault_dir) == 2
    assert cogzy("import", "--vault", vault_dir) == 2
