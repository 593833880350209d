"""Folders byte for byte: nothing secret, nothing from outside, and one odd file stops nothing."""

from __future__ import annotations

import os
import socket
import tempfile
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.messages import catalog
from core.sources import FoundFile, Notice, Source, SourceError, open_found, signature, walk_files
from core.sources.exclusions import CREDENTIAL_FILES


def make(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def source_of(root: Path, *exclude: str) -> Source:
    return Source("folder", "files", root, exclude=exclude)


def found_in(root: Path, *exclude: str) -> tuple[set[str], dict[str, str]]:
    """What is found, and the code of each notice by path."""
    notices: list[Notice] = []
    found = {file.relative for file in walk_files(source_of(root, *exclude), notices)}
    assert all(notice.code in catalog() for notice in notices)
    return found, {str(notice.params["path"]): notice.code for notice in notices}


def found_file(root: Path, name: str) -> FoundFile:
    return next(file for file in walk_files(source_of(root)) if file.relative == name)


def test_every_regular_file_is_found_with_what_is_known_of_it(tmp_path: Path) -> None:
    make(tmp_path, "a.jsonl", "project/b.jsonl", "project/deep/er/c.jsonl")
    (tmp_path / "empty folder").mkdir()
    files = {file.relative: file for file in walk_files(source_of(tmp_path))}
    assert set(files) == {"a.jsonl", "project/b.jsonl", "project/deep/er/c.jsonl"}
    stat = (tmp_path / "project/b.jsonl").stat()
    assert files["project/b.jsonl"] == FoundFile(
        "project/b.jsonl", tmp_path / "project" / "b.jsonl", stat.st_size, stat.st_mtime_ns, stat.st_ino
    )


def test_a_single_file_is_a_source_as_well(tmp_path: Path) -> None:
    make(tmp_path, "history.jsonl")
    assert found_in(tmp_path / "history.jsonl")[0] == {"history.jsonl"}
    assert signature(source_of(tmp_path / "history.jsonl")) is not None


def test_a_source_that_is_not_there_has_no_files_and_no_signature(tmp_path: Path) -> None:
    assert list(walk_files(source_of(tmp_path / "gone"))) == []
    assert signature(source_of(tmp_path / "gone")) is None


@pytest.mark.parametrize("pattern", CREDENTIAL_FILES)
def test_credential_files_never_come_out(tmp_path: Path, pattern: str) -> None:
    name = pattern.replace("*", "x")
    make(tmp_path, f"deep/{name}", f"deep/{name.upper()}", "kept.jsonl")
    found, notices = found_in(tmp_path)
    assert found == {"kept.jsonl"}
    assert set(notices.values()) == {"sources.secret_left_out"}


def test_folders_that_hold_keys_are_not_entered(tmp_path: Path) -> None:
    make(tmp_path, ".ssh/known_hosts", "x/.AWS/config", "kept")
    assert found_in(tmp_path)[0] == {"kept"}


def test_a_link_cannot_carry_a_credential_file_out(tmp_path: Path) -> None:
    make(tmp_path, ".env")
    (tmp_path / "harmless.txt").symlink_to(tmp_path / ".env")
    assert found_in(tmp_path)[0] == set()


@pytest.mark.parametrize(
    ("pattern", "kept"),
    [
        ("*.tmp", {"a.jsonl", "cache/b.jsonl", "p/cache/c.jsonl", "p/q/d.jsonl"}),
        ("cache", {"a.jsonl", "a.tmp", "p/q/d.jsonl"}),
        ("cache/", {"a.jsonl", "a.tmp", "p/q/d.jsonl"}),
        ("/cache", {"a.jsonl", "a.tmp", "p/cache/c.jsonl", "p/q/d.jsonl"}),
        ("p/cache", {"a.jsonl", "a.tmp", "cache/b.jsonl", "p/q/d.jsonl"}),
        ("p/*", {"a.jsonl", "a.tmp", "cache/b.jsonl"}),
        ("**/d.jsonl", {"a.jsonl", "a.tmp", "cache/b.jsonl", "p/cache/c.jsonl"}),
        ("p/**", {"a.jsonl", "a.tmp", "cache/b.jsonl"}),
        ("[a-c].jsonl", {"a.tmp", "p/q/d.jsonl"}),
        ("[!a]*.jsonl", {"a.jsonl", "a.tmp"}),
        ("?.tmp", {"a.jsonl", "cache/b.jsonl", "p/cache/c.jsonl", "p/q/d.jsonl"}),
        ("a.jsonl/", {"a.jsonl", "a.tmp", "cache/b.jsonl", "p/cache/c.jsonl", "p/q/d.jsonl"}),
        ("[z-a]", {"a.jsonl", "a.tmp", "cache/b.jsonl", "p/cache/c.jsonl", "p/q/d.jsonl"}),
        ("/", {"a.jsonl", "a.tmp", "cache/b.jsonl", "p/cache/c.jsonl", "p/q/d.jsonl"}),
    ],
)
def test_exclusions_mean_what_they_say(tmp_path: Path, pattern: str, kept: set[str]) -> None:
    make(tmp_path, "a.jsonl", "a.tmp", "cache/b.jsonl", "p/cache/c.jsonl", "p/q/d.jsonl")
    found, notices = found_in(tmp_path, pattern)
    assert found == kept
    assert notices == {}


def test_links_never_lead_out_nor_in_circles(tmp_path: Path) -> None:
    root = tmp_path / "root"
    make(root, "inside.jsonl")
    make(tmp_path, "outside.jsonl", "outside/secret.jsonl")
    (root / "to outside").symlink_to(tmp_path / "outside.jsonl")
    (root / "to folder").symlink_to(tmp_path / "outside")
    (root / "circle").symlink_to(root)
    (root / "nowhere").symlink_to(root / "missing")
    (root / "same file").symlink_to(root / "inside.jsonl")
    found, notices = found_in(root)
    assert found == {"inside.jsonl", "same file"}
    assert notices == dict.fromkeys(("to outside", "to folder", "circle", "nowhere"), "sources.link_left_out")
    with open_found(found_file(root, "same file")) as file:
        assert file.read() == b"inside.jsonl"


def test_pipes_sockets_and_devices_are_left_out_without_waiting_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "kept")
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.chdir(tmp_path)  # its whole name may be longer than an address can be
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
    found, notices = found_in(tmp_path)
    assert found == {"kept"}
    assert notices == {"pipe": "sources.special_file", "socket": "sources.special_file"}


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder that a user without rights can reach, which pytest's own cannot be."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_what_cannot_be_read_is_named_and_the_rest_is_copied(open_to_all: Path) -> None:
    make(open_to_all, "kept", "closed.jsonl", "closed folder/x")
    (open_to_all / "closed.jsonl").chmod(0)
    closed = found_file(open_to_all, "closed.jsonl") if os.geteuid() == 0 else None
    (open_to_all / "closed folder").chmod(0)
    was_root = os.geteuid() == 0
    if was_root:
        os.seteuid(65534)
    try:
        found, notices = found_in(open_to_all)
        if closed is not None:
            with pytest.raises(SourceError, match="cannot be read"):
                open_found(closed)
    finally:
        if was_root:
            os.seteuid(0)
        (open_to_all / "closed folder").chmod(0o755)
    assert found == {"kept"}
    assert notices == {"closed.jsonl": "sources.unreadable_file", "closed folder/": "sources.unreadable_folder"}


def test_a_root_that_cannot_be_read_fails_this_source(open_to_all: Path) -> None:
    root = open_to_all / "closed"
    root.mkdir(mode=0)
    was_root = os.geteuid() == 0
    if was_root:
        os.seteuid(65534)
    try:
        with pytest.raises(SourceError) as walked:
            list(walk_files(source_of(root)))
        with pytest.raises(SourceError) as looked:
            signature(source_of(root))
    finally:
        if was_root:
            os.seteuid(0)
    assert walked.value.code == looked.value.code == "sources.not_readable"


def test_unicode_names_stay_as_they_are(tmp_path: Path) -> None:
    composed, decomposed = (unicodedata.normalize(form, "Müller 記憶 🧠") for form in ("NFC", "NFD"))
    assert composed != decomposed
    make(tmp_path, composed, decomposed, "new\nline")
    assert found_in(tmp_path)[0] == {composed, decomposed, "new\nline"}


def test_very_long_names_and_paths_are_found(tmp_path: Path) -> None:
    names = ["ü" * 127, *["d" * 200] * 12]
    folder = tmp_path
    for name in names:
        folder /= name
    folder.mkdir(parents=True)
    (folder / ("f" * 255)).write_text("deep")
    assert found_in(tmp_path)[0] == {"/".join([*names, "f" * 255])}


def test_names_that_are_no_text_are_named_and_left_out(tmp_path: Path) -> None:
    make(tmp_path, "kept", "back\\slash")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")).write_text("latin 1")
    found, notices = found_in(tmp_path)
    assert found == {"kept"}
    assert notices == {"caf\\udce9": "sources.odd_name", "back\\slash": "sources.odd_name"}
    assert signature(source_of(tmp_path)) is not None


def test_a_file_that_grows_gives_the_prefix_that_was_there(tmp_path: Path) -> None:
    make(tmp_path, "a.jsonl")
    found = found_file(tmp_path, "a.jsonl")
    with open_found(found) as file, (tmp_path / "a.jsonl").open("a") as writer:
        writer.write("and more")
        writer.flush()
        assert file.read(3) == b"a.j"
        assert file.read() == b"sonl"
        assert file.read() == b""


def test_a_file_that_became_something_else_is_refused(tmp_path: Path) -> None:
    make(tmp_path, "gone", "link", "pipe")
    found = {name: found_file(tmp_path, name) for name in ("gone", "link", "pipe")}
    for name in found:
        (tmp_path / name).unlink()
    (tmp_path / "link").symlink_to("/etc/hostname")
    os.mkfifo(tmp_path / "pipe")
    codes = {}
    for name, file in found.items():
        with pytest.raises(SourceError) as caught:
            open_found(file)
        codes[name] = caught.value.code
    assert codes == {
        "gone": "sources.file_gone",
        "link": "sources.unreadable_file",
        "pipe": "sources.special_file",
    }


def test_the_signature_moves_exactly_when_something_changes(tmp_path: Path) -> None:
    make(tmp_path, "a", "b/c", "b/.env", "b/left.tmp")
    source = source_of(tmp_path, "*.tmp")
    seen = [signature(source)]
    assert signature(source) == seen[0]
    (tmp_path / "b/.env").write_text("changed")
    (tmp_path / "b/left.tmp").write_text("changed")
    assert signature(source) == seen[0], "what is never copied does not count"

    def differs() -> None:
        now = signature(source)
        assert now not in seen
        seen.append(now)

    with (tmp_path / "a").open("a") as file:
        file.write("more")
    differs()
    os.utime(tmp_path / "b/c", ns=(1, 1))
    differs()
    (tmp_path / "b/c").rename(tmp_path / "b/d")
    differs()
    (tmp_path / "a").unlink()
    differs()
    make(tmp_path, "e")
    differs()


def test_ten_thousand_files_are_looked_at_in_a_tenth_of_a_second(tmp_path: Path) -> None:
    for folder in range(50):
        (tmp_path / f"project-{folder}").mkdir()
        for number in range(200):
            os.close(os.open(tmp_path / f"project-{folder}" / f"{number}.jsonl", os.O_CREAT))
    source = source_of(tmp_path, "*.tmp", "node_modules/")
    times = []
    for _ in range(5):
        started = time.process_time()
        signature(source)
        times.append(time.process_time() - started)
    assert min(times) < 0.1
    assert len(list(walk_files(source))) == 10_000
