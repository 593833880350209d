"""The routes of `cogzy serve`: what they do, who is let in, and that a stranger's generator finds no hole in them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.assistants import rest_server
from core.cli import main
from core.vault import LocalVaultService
from tests.rest.conftest import TOKEN, Serving, computer_in, serving

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")


def error(response: httpx.Response, status: int) -> str:
    """The code of an error that a person is told whole."""
    assert response.status_code == status, response.text
    told = response.json()["error"]
    assert told["title"] != told["code"], "no sentence for this code"
    assert told["next_step"]
    code: str = told["code"]
    return code


def test_search_status_sync_and_reset_do_what_the_commands_do(server: Serving) -> None:
    found = server.ask("GET", "/vault/search", params={"q": "pears in March", "k": 1, "project": "garden"}).json()
    assert [hit["id"] for hit in found["hits"]] == ["n1"]
    assert server.ask("GET", "/vault/status").json()["vault"]["nodes"] == 3
    done = server.ask("POST", "/vault/sync", json={}).json()
    assert done["success"] is True
    assert done["attempts"][0]["outcome"] == "succeeded"
    again = server.ask("POST", "/vault/sync", json={"method": "cloud", "enable_fallback": False}).json()
    assert again["success"] is True
    vault = LocalVaultService.open(server.computer.vault)
    vault.append_nodes([{"id": "late", "human_content": "After the upload"}])
    refused = server.ask("POST", "/vault/reset", json={"confirm": "yes"})
    assert error(refused, 409) == "rest.not_confirmed"
    assert error(server.ask("POST", "/vault/reset", json={}), 409) == "rest.not_confirmed"
    assert vault.get_node_count() == 4
    reset = server.ask("POST", "/vault/reset", json={"confirm": "RESET", "override": True})
    assert reset.status_code == 200, reset.text
    assert LocalVaultService.open(server.computer.vault).get_node_count() == 3
    assert server.ask("GET", "/vault/search", params={"q": "upload"}).json()["hits"] == []
    assert server.ask("GET", "/vault/status").json()["owner"]["kind"] == "none"


def test_an_empty_cloud_is_no_reset_and_a_cloud_that_fails_is_told(tmp_path: Path) -> None:
    computer = computer_in(tmp_path)
    with serving(computer, COGZY_CLOUD_ENDPOINT="http://127.0.0.1:9", COGZY_CLOUD_BUCKET="bucket") as server:
        failed = server.ask("POST", "/vault/sync", json={"enable_fallback": False})
        assert error(failed, 502)
        assert failed.json()["success"] is False
    with serving(computer) as server:
        assert error(server.ask("POST", "/vault/reset", json={"confirm": "RESET", "override": True}), 409)
        assert computer.service().get_node_count() == 3


def test_nobody_is_let_in_without_the_token_and_no_web_page_with_it(server: Serving) -> None:
    def bare(headers: dict[str, str], method: str = "GET", path: str = "/vault/status", **more: Any) -> httpx.Response:
        return httpx.request(method, server.url + path, headers=headers, trust_env=False, **more)

    right = {"Authorization": f"Bearer {TOKEN}"}
    assert error(bare({}), 401) == "rest.no_token"
    assert error(bare({"Authorization": "Bearer wrong"}), 401) == "rest.wrong_token"
    assert error(bare({"Authorization": f"Basic {TOKEN}"}), 401) == "rest.no_token"
    assert error(bare({**right, "Host": "evil.example"}), 421) == "rest.wrong_host"
    assert error(bare({**right, "Origin": "https://evil.example"}), 403) == "rest.wrong_origin"
    assert error(bare({**right, "Content-Type": "text/plain"}, "POST", "/vault/sync", content="{}"), 415)
    assert bare({}, path="/openapi.json").status_code == 200
    assert error(bare({}, "POST", "/vault/reset", json={"confirm": "RESET"}), 401) == "rest.no_token"
    assert {bare({"Authorization": "Bearer x"}).status_code for _ in range(15)} == {401, 429}
    assert bare(right).status_code == 200, "who has the token is not locked out by who guesses"


def test_what_is_wrong_with_a_request_is_said(server: Serving) -> None:
    json_type = {"Content-Type": "application/json"}
    for method, path, options, status, code in [
        ("GET", "/vault/search", {}, 400, "tools.argument_missing"),
        ("GET", "/vault/search?query=x", {}, 400, "tools.argument_unknown"),
        ("GET", "/vault/search?q=x&k=many", {}, 400, "tools.argument"),
        ("GET", "/vault/search?q=x&q=y", {}, 400, "rest.repeated"),
        ("GET", "/vault/search?q=x&colour=red", {}, 400, "tools.argument_unknown"),
        ("GET", "/vault/search?q=x&after=someday", {}, 400, "tools.argument"),
        ("GET", "/vault/status?x=1", {}, 400, "tools.argument_unknown"),
        ("POST", "/vault/sync", {"content": b"{", "headers": json_type}, 400, "rest.not_json"),
        ("POST", "/vault/sync", {"content": b"[]", "headers": json_type}, 400, "rest.not_json"),
        ("POST", "/vault/sync", {"content": b"\xff", "headers": json_type}, 400, "rest.not_json"),
        ("POST", "/vault/sync", {"json": {"methot": "http"}}, 400, "tools.argument_unknown"),
        ("POST", "/vault/sync", {"json": {"method": "pigeon"}}, 400, "tools.argument"),
        ("POST", "/vault/sync", {"json": {"enable_fallback": 1}}, 400, "tools.argument"),
        ("POST", "/vault/reset", {"json": {"confirm": "RESET", "override": "x"}}, 400, "tools.argument"),
        ("POST", "/vault/reset", {"json": {"confirm": "RESET", "upload_id": ""}}, 400, "tools.argument"),
        ("POST", "/vault/reset", {"json": {"confirm": "RESET", "upload_id": None}}, 400, "tools.argument"),
        ("POST", "/vault/sync", {"content": b" " * 70_000, "headers": json_type}, 413, "rest.wrong_request"),
        ("GET", "/vault", {}, 404, "rest.no_route"),
        ("GET", "/vault/sync", {}, 405, "rest.wrong_method"),
        ("DELETE", "/vault/status", {}, 405, "rest.wrong_method"),
    ]:
        assert error(server.ask(method, path, **options), status) == code, (method, path)
    assert "needs q." in server.ask("GET", "/vault/search").json()["error"]["cause"]
    assert server.ask("GET", "/vault/status").json()["error"] is None, "a caller's slip is no failed sync"


def test_a_port_that_is_taken_is_told(server: Serving, capsys: pytest.CaptureFixture[str]) -> None:
    port = server.url.rpartition(":")[2]
    assert main(["--vault", str(server.computer.vault), "serve", "--port", port, "--json"]) == 5
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "rest.port_in_use"


@pytest.mark.asyncio
async def test_the_token_is_kept_where_the_secrets_are_and_can_be_renewed(
    vault_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.credentials import Credentials

    monkeypatch.setattr("core.secret_file._N", 1 << 10)
    environ = {"COGZY_SECRETS_PASSPHRASE": "a long passphrase"}
    LocalVaultService.open(vault_dir)
    await Credentials(vault_dir, environ).use_file("a long passphrase")
    first = await rest_server.token_of(vault_dir, environ)
    again = await rest_server.token_of(vault_dir, environ)
    renewed = await rest_server.token_of(vault_dir, environ, renew=True)
    assert (first.is_new, again.is_new, renewed.is_new) == (True, False, True)
    assert first.value == again.value != renewed.value
    assert (await rest_server.token_of(vault_dir, environ)).value == renewed.value
    given = await rest_server.token_of(vault_dir, {"COGZY_REST_TOKEN": "given"}, renew=True)
    assert (given.value, given.is_new) == ("given", False)


@pytest.mark.asyncio
async def test_without_a_keychain_the_token_lasts_as_long_as_the_process(vault_dir: Path) -> None:
    token = await rest_server.token_of(vault_dir, {})
    assert (token.is_new, token.kept) == (True, False)
    assert len(token.value) > 40


def test_a_strangers_generator_finds_no_answer_that_the_document_does_not_name(server: Serving, tmp_path: Path) -> None:
    assert server.ask("POST", "/vault/sync", json={}).status_code == 200
    done = subprocess.run(
        [
            str(SCHEMATHESIS),
            "run",
            f"{server.url}/openapi.json",
            "--header",
            f"Authorization: Bearer {TOKEN}",
            "--checks",
            "all",
            "--max-examples",
            "4",
            "--seed",
            "1",
            "--rate-limit",
            "40/s",
            "--no-color",
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6_000:] + done.stderr[-2_000:]
