"""The demo itself, from an empty folder to memories that were lost and are all back.

Everything happens as it would for a person: real `cogzy` processes, a real S3 server, and another program that writes
two databases all the while. What is claimed is checked from outside of Cogzy: bytes are counted on the wire, files are
hashed, and databases are compared row by row with those that the other program wrote.
"""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from pathlib import Path

from core.cli.demo import databases, memories
from core.cli.demo.computer import Answer, Computer
from core.cli.demo.hub_story import HubStory, Places, must_succeed
from core.cli.demo.network import Server, Wire, serving
from core.cli.demo.report import Report, Step
from core.cli.demo.writer import Writer, writing
from core.vault.layout import SYNCED_FOLDERS

CLEAR, SEALED = "memories", "sealed-memories"
NEW_MEMORIES = 25
PASSPHRASE = "seven quiet rivers"  # noqa: S105  # protects made-up memories
_HTTP_OVERHEAD = 64 << 10
_DATABASES = {
    databases.REFLECTION: "sources/session-buddy-reflection",
    databases.KNOWLEDGE_GRAPH: "sources/session-buddy-knowledge-graph",
}


class Story:
    """The places, programs and computers of one demo. Everything lies below `folder`."""

    def __init__(self, folder: Path, report: Report, scale: float, programs: ExitStack) -> None:
        self.folder = folder
        self.report = report
        self.scale = scale
        self._programs = programs
        self.data = folder / "session-buddy"
        self.server: Server
        self.wire: Wire
        self.writer: Writer
        self.laptop: Computer

    def tell(self) -> None:
        """All steps, in their order."""
        self.make()
        self.sync_to_a_folder()
        everything = self.sync_to_a_bucket()
        self.send_a_small_change(everything)
        self.break_the_network()
        self.restore_under_the_writer()
        self.sync_the_last_time()
        self.gather_at_a_hub()
        recovery_key = self.encrypt()
        self.lose_everything()
        self.open_the_encrypted_copy(recovery_key)

    def make(self) -> None:
        """A vault, and two databases that another program writes from now on."""
        with self.report.step("make a vault and two live databases") as step:
            self.server = self._programs.enter_context(serving(self.folder / "server", [CLEAR, SEALED]))
            self.wire = Wire(self.server.port)
            self.laptop = self._computer("laptop")
            self.writer = self._programs.enter_context(writing(self.laptop, self.data, self.scale))
            step.rows = self.writer.rows + memories.fill(self.laptop.vault, self.scale)
            step.covered = memories.size(self.data) + memories.size(self.laptop.vault)
            self.writer.go_on()

    def sync_to_a_folder(self) -> None:
        """A folder on another disk is enough of a cloud."""
        with self.report.step("first sync, to a folder") as step:
            folder = self.folder / "other-disk"
            folder.mkdir()
            answer = self._sync(step, cloud_endpoint=folder.as_uri(), cloud_bucket="")
            step.on_the_wire = memories.size(folder)
            must_succeed(step, answer)

    def sync_to_a_bucket(self) -> int:
        """The same memories, to S3; returns the bytes on the wire."""
        with self.report.step("first sync, to an S3 bucket") as step:
            answer = self._sync(step)
            must_succeed(step, answer)
            told = answer.data.get("bytes_transferred", 0)
            close = 0 < told <= (step.on_the_wire or 0) <= told * 1.05 + _HTTP_OVERHEAD
            step.check("the bytes that Cogzy reports are those on the wire", close, f"it reports {told:,}")
        return step.on_the_wire or 0

    def send_a_small_change(self, everything: int) -> None:
        """Some new memories, and what the other program wrote meanwhile: only that is sent."""
        with self.report.step(f"{NEW_MEMORIES} new memories, and live rows") as step:
            memories.add(self.laptop.vault, NEW_MEMORIES)
            answer = self._sync(step)
            must_succeed(step, answer)
            sent = (step.on_the_wire or 0) / max(1, everything)
            step.check("a small part of the first sync was sent", sent < 0.3, f"{sent:.1%}")

    def break_the_network(self) -> None:
        """The line goes dead in the middle of a transfer, stays dead, and comes back."""
        before = self._newest()
        memories.add(self.laptop.vault, NEW_MEMORIES)
        with self.report.step("the line is cut in mid-transfer") as step:
            self.wire.cut(after=20_000)
            _must_fail(step, self._sync(step))
        with self.report.step("the line stays dead") as step:
            self.wire.cut()
            _must_fail(step, self._sync(step))
        with self.report.step("the line is back") as step:
            self.wire.mend()
            step.check("the cloud still held the whole upload of before", before == self._newest(), before)
            must_succeed(step, self._sync(step))

    def restore_under_the_writer(self) -> None:
        """An upload that was taken while both databases were being written holds whole transactions."""
        with self.report.step("sync and restore, under the writer") as step:
            earliest = self.writer.commits()
            must_succeed(step, self._sync(step))
            latest = self.writer.commits()
            to = self.folder / "restored"
            answer = self.laptop.cogzy("restore", "latest", "--to", str(to))
            step.check("the restore ended well", answer.code == 0, _why(answer), shown=False)
            if not step.held:
                return
            for name, folder in _DATABASES.items():
                commits, broken = databases.judge(to / folder / name)
                fits = not broken and earliest <= commits <= latest
                seen = f"{commits} transactions; {earliest} to {latest} expected{'; broken: ' * bool(broken)}"
                step.check(f"{name} holds whole transactions alone", fits, seen + ", ".join(broken))
            step.check("the writer was never disturbed", self.writer.commits() > latest)

    def sync_the_last_time(self) -> None:
        """The writer rests, so that there is something exact to compare with."""
        with self.report.step("the writer rests: the last changes") as step:
            self.writer.rest()
            must_succeed(step, self._sync(step))
        with self.report.step("nothing new") as step:
            answer = self._sync(step)
            must_succeed(step, answer)
            step.check("not a byte was sent", step.on_the_wire == 0 == answer.data.get("bytes_transferred"))

    def gather_at_a_hub(self) -> None:
        """Two computers and a hub: a story of its own."""
        places = Places(self.folder, self.server, CLEAR, self.wire, self.laptop, self.writer, self.scale)
        HubStory(places, self._computer("office", data=self.folder / "none"), self.report, self._programs).tell()

    def encrypt(self) -> str:
        """The same vault and databases from a second computer, encrypted, into a bucket of their own."""
        desk = self._computer("desk", SEALED)
        for part in SYNCED_FOLDERS:
            shutil.copytree(self.laptop.vault / part, desk.vault / part)
        with self.report.step("first sync of an encrypted copy") as step:
            made = desk.cogzy("encrypt", "--new", passphrase=PASSPHRASE)
            step.check("encryption was set up", made.code == 0, _why(made), shown=False)
            must_succeed(step, self._sync(step, desk, passphrase=PASSPHRASE))
            clear, sealed = (_names_in(self.server.folder / bucket) for bucket in (CLEAR, SEALED))
            step.check("no file name is to be read in it", clear > 0 == sealed, f"{clear} in the other bucket")
            refused = desk.cogzy("restore", "latest", "--to", str(desk.home / "stolen"))
            step.check("without the passphrase nothing is given out", refused.code != 0, _why(refused))
        return str(made.data.get("recovery_key", ""))

    def lose_everything(self) -> None:
        """The vault is gone, and comes back from the bucket."""
        kept = self.folder / "kept"
        with self.report.step("the vault is lost, and reset") as step:
            self.writer.end()
            self.laptop.vault.rename(kept)
            self._bring_back(step, self.laptop, kept, upload=self._newest())

    def open_the_encrypted_copy(self, recovery_key: str) -> None:
        """A new computer that knows the bucket and the printed recovery key, and no passphrase."""
        with self.report.step("a new computer, by the recovery key") as step:
            self._bring_back(step, self._computer("new", SEALED), self.folder / "kept", key=recovery_key)

    def _bring_back(self, step: Step, computer: Computer, kept: Path, *, key: str = "", upload: str = "") -> None:
        """Reset the vault and restore the databases, and compare everything with what there was.

        In a bucket with the vaults of several computers an upload has to be named.
        """
        secret = {"recovery_key": key} if key else {}
        named = ("--upload", upload) if upload else ()
        received, to = self.wire.received, computer.home / "databases"
        reset = computer.cogzy("reset", "--from-cloud", "--yes", *named, **secret)
        step.check("the reset ended well", reset.code == 0, _why(reset), shown=False)
        restored = computer.cogzy("restore", "latest", "--to", str(to), "--file", "sources", **secret)
        step.check("the restore ended well", restored.code == 0, _why(restored), shown=False)
        if not step.held:
            return
        step.on_the_wire = self.wire.received - received
        step.covered = reset.data.get("bytes", 0) + restored.data.get("bytes", 0)
        expected, found = memories.hashes(kept), memories.hashes(computer.vault)
        step.check("every file of the vault is the same", expected == found, f"{len(found)} files, by SHA-256")
        step.rows = 0
        for name, folder in _DATABASES.items():
            rows, different = databases.compare(self.data / name, to / folder / name)
            step.rows += rows
            seen = f"{rows:,} rows" + "".join(f", {count} differ in {table}" for table, count in different.items())
            step.check(f"every row of {name} is the same", not different and rows > 0, seen)

    def _sync(self, step: Step, computer: Computer | None = None, **settings: str) -> Answer:
        sent = self.wire.sent
        answer = (computer or self.laptop).cogzy("sync", **settings)
        step.synced(answer, self.wire.sent - sent)
        return answer

    def _newest(self) -> str:
        """The laptop's newest upload, by the folders of the bucket."""
        manifests = self.server.folder.glob(f"{CLEAR}/systems/laptop/uploads/*/manifest.json")
        return max((path.parent.name for path in manifests), default="none")

    def _computer(self, name: str, bucket: str = CLEAR, *, data: Path | None = None) -> Computer:
        home = self.folder / name
        home.mkdir()
        data = data or self.data
        keys = {"cloud_key_id": self.server.key_id, "cloud_secret": self.server.secret}
        cloud = {"cloud_endpoint": self.wire.url, "cloud_bucket": bucket, **keys}
        return Computer(name, home, data, cloud)


def _must_fail(step: Step, answer: Answer) -> None:
    error = answer.error or {}
    told = answer.code == 1 and bool(error.get("cause")) and bool(error.get("next_step"))
    step.check("it failed, and says why and what to do", told, str(error.get("code", "no error")))


def _why(answer: Answer) -> str:
    return str((answer.error or {}).get("title", ""))


def _names_in(bucket: Path) -> int:
    """How many of the names of what was sent can be read somewhere in the bucket."""
    stored = [path.read_bytes() for path in bucket.rglob("*") if path.is_file()]
    return sum(any(name.encode() in content for content in stored) for name in ("nodes.json", *_DATABASES))
