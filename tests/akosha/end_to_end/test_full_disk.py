"""A hub whose disk is full says so, keeps what it has, and goes on when there is room."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

from tests.akosha.cli.running import environment
from tests.akosha.end_to_end.household import Hub, acknowledged, someone
from tests.bad_input.disks import namespace
from tests.forked import Forked

ROWS = 3_000
SMALL, ROOM = 6_000_000, 200_000_000


def test_a_push_to_a_hub_with_a_full_disk_is_told_and_resumed(tmp_path: Path) -> None:
    laptop = someone(tmp_path, "laptop")
    words = "md5(i::VARCHAR) || md5((i + 1)::VARCHAR) || md5((i + 2)::VARCHAR) || md5((i + 3)::VARCHAR)"
    laptop.sql(
        "CREATE TABLE conversations_v2(id VARCHAR PRIMARY KEY, content VARCHAR)",
        f"INSERT INTO conversations_v2 SELECT 'c' || i, repeat({words}, 16) FROM range({ROWS}) t(i)",
    )
    hub = Hub(tmp_path / "disk" / "hub")
    way = {"COGZY_HUB_URL": hub.url}
    with namespace() as space:
        space.mount_small(tmp_path / "disk", SMALL)
        command = ["akosha", "serve", "--json", "--port", str(hub.port)]
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE}
        log = (tmp_path / "hub.log").open("w")
        with log, Forked(command, within=space.pid, stderr=log, env=environment(hub.data), **streams) as process:
            assert process.stdout is not None
            try:
                assert json.loads(process.stdout.readline())["url"]
                told = laptop.cogzy("sync", "--method", "http", code=1, **way).answer["error"]
                said = f"{told['title']} {told['cause']} {told['next_step']}".lower()
                assert "full" in said or "room" in said or "space" in said, told
                taken = acknowledged(laptop)
                assert taken < ROWS
                space.grow(tmp_path / "disk", ROOM)
                time.sleep(0.2)
                assert laptop.sync("--method", "http", **way).answer["rows_changed"] == ROWS - taken
                assert laptop.sync("--method", "http", "--full", **way).answer["rows_changed"] == ROWS
            finally:
                process.terminate()
                assert process.wait(40) == 0
