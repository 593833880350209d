"""What a hub is given that it must not take, by HTTP and in its bucket: each is named, nothing else disturbed."""

from __future__ import annotations

import gzip
import json
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import zstandard

from tests.akosha.cli.running import Running
from tests.akosha.end_to_end.household import Hub, someone
from tests.bad_input.person import Person

GOOD = {"memory_id": "good", "text": "the tide table hangs in the hall", "embedding": [0.25] * 384}
BAD_ITEMS: list[tuple[str, dict[str, Any], str]] = [
    ("wrong width", {"embedding": [0.5] * 5_000}, "rows.vector_width"),
    ("no vector", {"embedding": ["a", "b"]}, "rows.bad_vector"),
    ("NaN", {"embedding": [float("nan")] * 384}, "rows.vector_not_finite"),
    ("infinite", {"embedding": [float("inf")] * 384}, "rows.vector_not_finite"),
    ("empty text", {"text": ""}, "rows.empty_text"),
    ("blank text", {"text": " \n\t"}, "rows.empty_text"),
    ("10 MB of text", {"text": "x" * 10_000_000}, "rows.text_too_long"),
    ("no text", {"text": None}, "rows.empty_text"),
    ("half a character", {"text": "half \ud800"}, "rows.not_unicode"),
    ("id with a line break", {"memory_id": "a\nb"}, "rows.bad_id"),
    ("id with a NUL", {"memory_id": "a\0b"}, "rows.bad_id"),
    ("empty id", {"memory_id": ""}, "rows.bad_id"),
    ("id that climbs", {"memory_id": "../../etc/passwd"}, "rows.bad_id"),
    ("id that climbs on Windows", {"memory_id": "..\\..\\windows"}, "rows.bad_id"),
    ("endless id", {"memory_id": "i" * 5_000}, "rows.bad_id"),
    ("kind that leads elsewhere", {"kind": "../../etc"}, "rows.bad_kind"),
]
ODD_IDS = ["/etc/passwd", "'; DROP TABLE memory; --", "%2e%2e%2f", "con", "🦊", ".", "a..b", "' OR 1=1"]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hub, Running]]:
    """One hub for all: whatever it was sent before, it goes on."""
    hub = Hub(tmp_path_factory.mktemp("bad") / "hub")
    with hub.running(AKOSHA_REQUIRE_TOKEN="true", AKOSHA_READ_SECONDS="2") as running:
        yield hub, running


def call(hub: Hub, secret: str, tool: str, arguments: object) -> httpx.Response:
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    return httpx.post(f"{hub.url}/v1", content=json.dumps(message), headers=headers, timeout=30)


def stored(hub: Hub, secret: str, *items: object) -> dict[str, Any]:
    answer: dict[str, Any] = call(hub, secret, "batch_store_memories", {"memories": list(items)}).json()["result"]
    return answer


def test_every_bad_item_of_a_batch_is_named_and_the_good_ones_are_kept(hub: tuple[Hub, Running]) -> None:
    secret = hub[0].token("items")
    items = [{"memory_id": f"bad-{place}", "text": "fine", **bad} for place, (_, bad, _) in enumerate(BAD_ITEMS)]
    answer = stored(hub[0], secret, GOOD, *items, {**GOOD, "memory_id": "good too"}, "no item", {"text": "no id"})
    assert (answer["status"], answer["stored"]) == ("partial", 2)
    codes = {one["index"]: one["code"] for one in answer["errors"]}
    assert {name: codes[place] for place, (name, _, _) in enumerate(BAD_ITEMS, 1)} == {
        name: code for name, _, code in BAD_ITEMS
    }
    assert set(codes) == set(range(1, len(items) + 1)) | {len(items) + 2, len(items) + 3}
    assert all(one["error"] and one["next_step"] for one in answer["errors"])
    assert hub[0].holds()["items"] == {"memory": 2}


def test_ids_are_data_whatever_they_look_like(hub: tuple[Hub, Running]) -> None:
    secret = hub[0].token("odd")
    before = {path for path in hub[0].data.parent.rglob("*") if path.is_dir()}
    answer = stored(hub[0], secret, *({"memory_id": name, "text": f"odd {name}"} for name in ODD_IDS))
    assert answer["errors"] == []
    assert answer["stored"] == len(ODD_IDS)
    for name in ODD_IDS:
        got = call(hub[0], secret, "get_memory", {"memory_id": name, "system_id": "odd"}).json()["result"]
        assert got["text"] == f"odd {name}"
    assert {path for path in hub[0].data.parent.rglob("*") if path.is_dir()} == before


def test_of_an_id_twice_in_a_batch_the_last_counts(hub: tuple[Hub, Running]) -> None:
    secret = hub[0].token("twice")
    stored(hub[0], secret, *({"memory_id": "same", "text": f"version {number}"} for number in range(3)))
    assert hub[0].holds()["twice"] == {"memory": 1}
    got = call(hub[0], secret, "get_memory", {"memory_id": "same", "system_id": "twice"}).json()["result"]
    assert got["text"] == "version 2"


def test_a_thousand_and_one_items_are_refused_whole(hub: tuple[Hub, Running]) -> None:
    secret = hub[0].token("many")
    items = [{"memory_id": str(number), "text": "one of many"} for number in range(1_001)]
    refused = call(hub[0], secret, "batch_store_memories", {"memories": items})
    assert "akosha.batch_too_large" in refused.text
    assert "many" not in hub[0].holds()
    assert stored(hub[0], secret, *items[:1_000])["stored"] == 1_000


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"jsonrpc": "2.0", "text": "\xff\xfe"}', 400, "akosha.not_utf8"),
        (b'{"jsonrpc"', 400, "akosha.not_json"),
        (b"[" * 100_000, 400, "akosha.json_too_deep"),
        (b"x" * (65 << 20), 413, "akosha.body_too_large"),
    ],
    ids=["no UTF-8", "half", "deep", "65 MiB"],
)
def test_a_body_that_is_none_is_refused_with_its_reason(
    hub: tuple[Hub, Running], body: bytes, status: int, code: str
) -> None:
    headers = {"Authorization": f"Bearer {hub[0].token('bodies')}", "Content-Type": "application/json"}
    answer = httpx.post(f"{hub[0].url}/v1", content=body, headers=headers, timeout=30)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.json()["error"]["next_step"]


def test_a_forged_system_and_another_systems_token_get_nothing(hub: tuple[Hub, Running]) -> None:
    secret = hub[0].token("honest")
    answer = stored(hub[0], secret, {**GOOD, "system_id": "victim"}, {**GOOD, "system_id": "../../shards/00"})
    assert {one["code"] for one in answer["errors"]} == {"auth.another_system"}
    gone = call(hub[0], secret, "delete_memory", {"memory_id": "good", "system_id": "items"})
    assert "auth.another_system" in gone.text
    refused = call(hub[0], secret[:-1] + ("a" if secret[-1] != "a" else "b"), "hub_status", {})
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "auth.token_wrong")
    assert not {"victim", "honest"} & set(hub[0].holds())


def test_clients_that_trickle_are_cut_off_while_others_are_served(hub: tuple[Hub, Running]) -> None:
    secret = hub[0].token("quick")
    slow = [socket.create_connection(("127.0.0.1", hub[0].port), timeout=20) for _ in range(40)]
    try:
        for number, connection in enumerate(slow):
            head = b"POST /mcp HTTP/1.1\r\nHost: localhost\r\n"
            whole = f"Authorization: Bearer {secret}\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{{"
            connection.sendall(head + (whole.encode() if number % 2 else b"X-Slow: "))
        began = time.monotonic()
        assert stored(hub[0], secret, GOOD)["stored"] == 1
        assert time.monotonic() - began < 9, "the others are cut off after ten seconds"
        for connection in slow:
            connection.settimeout(max(0.1, began + 15 - time.monotonic()))
            while connection.recv(1 << 16):
                continue
    finally:
        for connection in slow:
            connection.close()


# ---------------------------------------------------------------------- the bucket


def _manifest(upload: Path, change: dict[str, object]) -> None:
    path = upload / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))


def _future(cloud: Path, upload: Path) -> None:
    _manifest(upload, {"version": "9.0"})


def _forged(cloud: Path, upload: Path) -> None:
    _manifest(upload, {"system_id": "sound"})


def _leads_elsewhere(cloud: Path, upload: Path) -> None:
    _manifest(upload, {"files": ["../../../../etc/passwd"]})


def _flipped(cloud: Path, upload: Path) -> None:
    vault = json.loads((upload / "manifest.json").read_text())["metadata"]["cogzy"]["vault_id"]
    for pack in (cloud / "vaults" / vault / "packs").rglob("*"):
        if pack.is_file():
            data = bytearray(pack.read_bytes())
            data[len(data) // 2] ^= 1
            pack.write_bytes(data)


def _no_database(cloud: Path, upload: Path) -> None:
    _session_buddy(upload, "reflection.duckdb", b"not a database " * 1_000)


def _bomb(cloud: Path, upload: Path) -> None:
    endless = zstandard.ZstdCompressor(level=19).compress(bytes(200 << 20))
    _session_buddy(upload, "reflection.duckdb.zst", endless)


def _packed_nothing(cloud: Path, upload: Path) -> None:
    _session_buddy(upload, "reflection.duckdb.gz", gzip.compress(b"nothing of the kind"))


def _session_buddy(upload: Path, name: str, content: bytes) -> None:
    """An upload of another program in its place: a whole file beside a manifest."""
    told = json.loads((upload / "manifest.json").read_text())
    del told["metadata"]["cogzy"]
    (upload / name).write_bytes(content)
    (upload / "manifest.json").write_text(json.dumps({**told, "files": [name]}))


SPOILED: list[Callable[[Path, Path], None]] = [
    *(_future, _forged, _leads_elsewhere, _flipped, _no_database, _bomb, _packed_nothing)
]


@pytest.mark.timeout(240)
def test_bad_uploads_are_set_aside_with_their_reasons_and_the_sound_ones_come_in(tmp_path: Path) -> None:
    cloud = tmp_path / "cloud"
    cloud.mkdir()
    names = [spoil.__name__.strip("_").replace("_", "-") for spoil in SPOILED]
    for number, name in enumerate(["sound", *names]):
        person: Person = someone(tmp_path, name)
        person.environ["COGZY_CLOUD_ENDPOINT"] = cloud.as_uri()
        person.remember(number, text=f"the {name} harbour")
        person.sync()
    for spoil, name in zip(SPOILED, names, strict=True):
        (upload,) = (cloud / "systems" / name / "uploads").iterdir()
        spoil(cloud, upload)
    trap = cloud / "systems" / "..%2f..%2foutside" / "uploads" / "20261120_000000_000_x_abcdef"
    trap.mkdir(parents=True)
    (trap / "manifest.json").write_text("{}")

    hub = Hub(tmp_path / "hub", {"AKOSHA_CLOUD_ENDPOINT": cloud.as_uri()})
    report = hub.told("ingest", "--once", code=3)
    assert (report["ingested"], report["quarantined"]) == (1, len(SPOILED))
    with hub.running():
        status = hub.told("status")
        assert status["uploads"] == {"ingested": 1, "quarantined": len(SPOILED)}, status["problems"]
        reasons = {one["system_id"]: one["error"]["code"] for one in status["problems"]}
        assert set(reasons) == set(names)
        assert reasons["future"] == "manifest.future"
        assert reasons["forged"] == "manifest.misplaced"
        assert all(one["error"]["next_step"] for one in status["problems"])
        assert hub.holds() == {"sound": {"node": 1}}
        again = hub.told("ingest", "--once")
        assert (again["quarantined"], again["ingested"]) == (0, 0), "what was set aside is not tried in a loop"
        assert hub.told("search", "harbour")["total_results"] == 1
    assert not list(tmp_path.rglob("outside"))
    assert [path for name in ("scratch", "staging") for path in (hub.data / name).glob("**/*")] == []
