import os
import signal
import subprocess
from pathlib import Path

import pytest

from core.errors import BusyError
from core.vault import LocalVaultService, owner, owner_lock
from core.vault.layout import OWNER_LOCK, OWNER_NOTE
from tests.forked import Forked

ROOT = Path(__file__).parents[2]
_HOLD = """
import sys, time
from pathlib import Path
from core.vault import owner_lock
owner_lock(Path(sys.argv[1]), "app").acquire()
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def root(tmp_path):
    return LocalVaultService.open(tmp_path / "vault").root


def hold(root: Path) -> subprocess.Popen:
    child = Forked(["python", "-c", _HOLD, str(root)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with child.stdout as said:
        assert said.readline() == "held\n"
    return child


def test_a_vault_has_one_owner_and_others_can_read_who_it_is(root):
    child = hold(root)
    try:
        assert (owner(root).kind, owner(root).pid) == ("app", child.pid)
        with pytest.raises(BusyError) as caught:
            owner_lock(root, "cli").acquire()
        assert (caught.value.code, caught.value.params) == ("vault.owned", {"pid": child.pid, "kind": "app"})
        assert LocalVaultService(root).get_status().owner.pid == child.pid
    finally:
        child.kill()
        child.wait()


def test_an_owner_that_was_killed_owns_nothing(root):
    child = hold(root)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert (root / OWNER_NOTE).exists()
    assert owner(root) is None
    with owner_lock(root, "cli") as lock:
        assert lock.held
        assert owner(root).pid == os.getpid()
    assert owner(root) is None
    assert not (root / OWNER_NOTE).exists()


def test_a_note_that_cannot_be_read_still_says_that_there_is_an_owner(root):
    with owner_lock(root):
        (root / OWNER_NOTE).write_bytes(b"{")
        assert (owner(root).kind, owner(root).pid) == ("unknown", 0)


def test_asking_for_the_owner_never_stops_somebody_from_becoming_it(root):
    (root / OWNER_LOCK).touch()
    asking = [
        "python",
        "-c",
        "import sys; from pathlib import Path; from core.vault import owner\nwhile True: owner(Path(sys.argv[1]))",
        str(root),
    ]
    child = Forked(asking, cwd=ROOT)
    try:
        for _ in range(30):
            with owner_lock(root) as lock:
                assert lock.held
    finally:
        child.kill()
        child.wait()


def test_releasing_twice_and_without_holding_is_fine(root):
    lock = owner_lock(root)
    lock.release()
    with lock:
        lock.release()
    assert not lock.held


def test_the_owner_can_still_be_written_around(root):
    with owner_lock(root):
        LocalVaultService.open(root).append_nodes([{"id": 1}])
    assert LocalVaultService.open(root).get_node_count() == 1
