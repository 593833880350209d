"""Looking for secrets: in every form that a program might leave them in, everywhere that it might leave them."""

from __future__ import annotations

import base64
import contextlib
import threading
import time
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

EVERY_SECONDS = 0.02


def forms(secret: str) -> set[bytes]:
    """The bytes that would give the secret away: as it is, URL-quoted, in hex, and in base64 wherever it begins."""
    plain = secret.encode()
    found = {plain, quote(secret).encode(), quote(secret, safe="").encode(), plain.hex().encode()}
    found.add(plain.hex().upper().encode())
    for before in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            whole = encode(bytes(before) + plain)
            first, last = -(-before * 8 // 6), (before + len(plain)) * 8 // 6
            found.add(whole[first:last])
    return found


def leaks(planted: Mapping[str, str], places: Iterator[tuple[str, bytes]]) -> list[str]:
    """Which of the planted secrets (by what they are called) stand where."""
    wanted = [(name, form) for name, secret in planted.items() for form in forms(secret)]
    return sorted({f"{name} in {where}" for where, data in places for name, form in wanted if form in data})


def contents(*folders: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below the folders, and what is inside archives."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if not path.is_file():
                continue
            yield str(path), path.read_bytes()
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    yield from ((f"{path}:{name}", archive.read(name)) for name in archive.namelist())


class Watch:
    """Notes the arguments of every `cogzy` whose environment names a folder, for as long as the block lasts.

    Linux: from /proc, so detached processes are seen as well. A process is what it is soon after its start: it is
    looked at again that often, since exec gives it another environment.
    """

    LOOKS = 10

    def __init__(self, folder: Path, name: str = "cogzy") -> None:
        self._mark, self._name = str(folder).encode(), name.encode()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._ours: set[str] = set()
        self._looks: dict[str, int] = {}
        self.arguments: dict[bytes, int] = {}
        """The arguments of each process, zero bytes between them, and how often they were seen."""

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def running(self) -> list[int]:
        """The processes that are there now."""
        self._look()
        return [int(pid) for pid in self._ours]

    def _watch(self) -> None:
        while not self._over.is_set():
            self._look()
            time.sleep(EVERY_SECONDS)

    def _look(self) -> None:
        there = [entry.name for entry in Path("/proc").iterdir() if entry.name.isdecimal()]
        self._ours &= set(there)
        looks = {pid: self._looks.get(pid, 0) + 1 for pid in there}
        self._looks = looks  # one name for it here: the last look of all is another thread's
        for pid in there:
            if pid not in self._ours and looks[pid] > self.LOOKS:
                continue
            with contextlib.suppress(OSError):
                arguments = Path(f"/proc/{pid}/cmdline").read_bytes()
                if pid not in self._ours and self._name in arguments:
                    if self._mark not in Path(f"/proc/{pid}/environ").read_bytes():
                        continue
                    self._ours.add(pid)
                if pid in self._ours:
                    self.arguments[arguments] = self.arguments.get(arguments, 0) + 1
