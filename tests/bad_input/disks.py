"""Disks that are small or cannot be written, in a mount namespace of their own: nobody outside sees them.

    with namespace() as space:
        space.mount_small(folder, 3_000_000)    # an empty disk of so many bytes, whatever stood in the folder in it
        space.make_read_only(folder)            # as a disk that was mounted so, or that the kernel gave up on
        space.seen(folder)                      # the folder as it looks in there, for this process to read and write
        Person(..., within=space.pid)           # commands that run in there

Root ignores permissions, so nothing here rests on them. Where this is not run by root, a user namespace makes it one.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Namespace:
    """A mount namespace, kept by the process `pid`."""

    pid: int

    def seen(self, path: Path) -> Path:
        """The path by which this process reaches what `path` is in here."""
        return Path(f"/proc/{self.pid}/root{path}")

    def mount_small(self, folder: Path, size: int) -> None:
        """Put an empty disk of `size` bytes at the folder, and back onto it what stood there."""
        kept = folder.with_name(f".{folder.name}-below")
        folder.mkdir(parents=True, exist_ok=True)
        self._run("cp", "-a", str(folder), str(kept))
        self._run("mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder))
        self._run("cp", "-a", f"{kept}/.", str(folder))
        self._run("rm", "-r", str(kept))

    def grow(self, folder: Path, size: int) -> None:
        """Make room on a small disk."""
        self._run("mount", "-o", f"remount,size={size}", str(folder))

    def make_read_only(self, folder: Path) -> None:
        """Let nothing in the folder be written any more."""
        self._run("mount", "--bind", str(folder), str(folder))
        self._run("mount", "-o", "remount,bind,ro", str(folder))

    def make_writable(self, folder: Path) -> None:
        """Undo make_read_only."""
        self._run("umount", str(folder))

    def _run(self, *command: str) -> None:
        user = [] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]
        enter = ["nsenter", "--target", str(self.pid), "--mount", *user]
        subprocess.run([*enter, *command], check=True, capture_output=True)


@contextlib.contextmanager
def namespace() -> Iterator[Namespace]:
    """A new mount namespace, gone with all its disks at the end."""
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    keeper = subprocess.Popen(
        ["unshare", "--mount", "--propagation", "private", *user, "sh", "-c", "echo ready; exec sleep 600"],
        stdout=subprocess.PIPE,
    )
    try:
        assert keeper.stdout is not None
        assert keeper.stdout.readline() == b"ready\n", "mount namespaces need root or user namespaces"
        yield Namespace(keeper.pid)
    finally:
        keeper.kill()
        keeper.communicate()
