"""Cogzy against restic and rclone: the same data, the same S3 server, the same run, whole processes.

    python -m benchmarks.peers [--rounds 5] [--mbit 80] [--bulk] [--memory]

The server is `rclone serve s3`. Everything runs in a network namespace of its own (Linux, root), so that the bytes on
its loopback are this comparison's alone; `--mbit` throttles that loopback. `restore` is of the first upload,
`restore_deltas` of the one after the small change. The last line is one JSON object: medians, and the medians of the
ratios against restic round by round.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import measure
from benchmarks.measure import Run
from benchmarks.workload import Maker, Workload, sizes
from tests.servers import S3Server, serve

STEPS = ("first", "restore", "small", "unchanged", "restore_deltas")
INSIDE = "COGZY_BENCH_NAMESPACE"
PASSWORD = "benchmark-only"


class Cogzy:
    """Ourselves, as `cogzy` processes on the vault of the data set."""

    name = "cogzy"

    def __init__(self, workload: Workload, s3: S3Server, scratch: Path) -> None:
        self._scratch = scratch
        self.bucket = s3.new_bucket()
        self.environ = {
            **_clean_environment(scratch),
            "COGZY_VAULT_DIR": str(workload.vault),
            "COGZY_STATE_DIR": str(scratch / "state"),
            "COGZY_SESSION_BUDDY_DIR": str(workload.data),
            "COGZY_CLOUD_ENDPOINT": s3.url,
            "COGZY_CLOUD_BUCKET": self.bucket,
            "COGZY_CLOUD_REGION": "us-east-1",
            "COGZY_CLOUD_KEY_ID": s3.ak,
            "COGZY_CLOUD_SECRET": s3.sk,
        }
        self._command = str(Path(sys.executable).with_name("cogzy"))

    def sync(self, *, memory: bool = False) -> Run:
        """`cogzy sync`."""
        return measure.run([self._command, "sync", "--json"], self.environ, memory=memory)

    def restore(self, *, memory: bool = False) -> Run:
        """`cogzy restore latest` into an empty folder."""
        with _empty(self._scratch / "restored") as folder:
            return measure.run([self._command, "restore", "latest", "--to", str(folder)], self.environ, memory=memory)


class Restic:
    """restic into a repository in the same kind of bucket."""

    name = "restic"

    def __init__(self, workload: Workload, s3: S3Server, scratch: Path) -> None:
        self._scratch = scratch
        self._paths = [str(path) for path in workload.paths]
        self.bucket = s3.new_bucket()
        self.environ = {
            **_clean_environment(scratch),
            "RESTIC_REPOSITORY": f"s3:{s3.url}/{self.bucket}",
            "RESTIC_PASSWORD": PASSWORD,
            "RESTIC_CACHE_DIR": str(scratch / "restic-cache"),
            "AWS_ACCESS_KEY_ID": s3.ak,
            "AWS_SECRET_ACCESS_KEY": s3.sk,
        }
        measure.run(["restic", "init", "--quiet"], self.environ)

    def sync(self, *, memory: bool = False) -> Run:
        """`restic backup`."""
        return measure.run(["restic", "backup", "--quiet", *self._paths], self.environ, memory=memory)

    def restore(self, *, memory: bool = False) -> Run:
        """`restic restore latest` into an empty folder."""
        with _empty(self._scratch / "restored") as folder:
            return measure.run(
                ["restic", "restore", "latest", "--quiet", "--target", str(folder)], self.environ, memory=memory
            )


class Rclone:
    """`rclone sync` of the same folders: no history, no safe copy; shown for scale."""

    name = "rclone"

    def __init__(self, workload: Workload, s3: S3Server, scratch: Path) -> None:
        self._scratch = scratch
        self._root = workload.root
        self.bucket = s3.new_bucket()
        self.environ = {
            **_clean_environment(scratch),
            "RCLONE_CONFIG_S3_TYPE": "s3",
            "RCLONE_CONFIG_S3_PROVIDER": "Rclone",
            "RCLONE_CONFIG_S3_ENDPOINT": s3.url,
            "RCLONE_CONFIG_S3_ACCESS_KEY_ID": s3.ak,
            "RCLONE_CONFIG_S3_SECRET_ACCESS_KEY": s3.sk,
        }
        self._command = shutil.which("rclone", path=str(Path(sys.executable).parent)) or "rclone"
        self._filter = ["--filter", "+ /data/**", "--filter", "+ /vault/corpus/**", "--filter", "+ /vault/vectors/**"]

    def sync(self, *, memory: bool = False) -> Run:
        """`rclone sync` up."""
        command = [self._command, "sync", *self._filter, "--filter", "- **", str(self._root), f"s3:{self.bucket}"]
        return measure.run(command, self.environ, memory=memory)

    def restore(self, *, memory: bool = False) -> Run:
        """`rclone sync` down into an empty folder."""
        with _empty(self._scratch / "restored") as folder:
            return measure.run([self._command, "sync", f"s3:{self.bucket}", str(folder)], self.environ, memory=memory)


PEERS: tuple[Callable[[Workload, S3Server, Path], Cogzy | Restic | Rclone], ...] = (Cogzy, Restic, Rclone)


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--mbit", type=int, default=0, help="throttle to so many Mbit/s")
    parser.add_argument("--bulk", action="store_true", help="databases loaded in one go instead of ten rounds")
    parser.add_argument("--memory", action="store_true", help="also measure memory, in a round of its own")
    parser.add_argument("--data", type=Path, help="keep and reuse the built data set here")
    parser.add_argument("--owner", default=sys.executable, help="the Python whose DuckDB owns the databases")
    options = parser.parse_args()
    if not os.environ.get(INSIDE):
        _in_namespace(options.mbit)
    with tempfile.TemporaryDirectory(prefix="cogzy-bench-") as scratch:
        print(json.dumps(compare(options, Path(scratch))))


def compare(options: argparse.Namespace, scratch: Path) -> dict[str, object]:
    """All rounds of all peers; medians and ratios."""
    kept = options.data or scratch / "data"
    if not kept.exists():
        Maker(kept, scale=options.scale, rounds=1 if options.bulk else 10, python=options.owner).build()
    seen: dict[str, list[dict[str, Run]]] = {peer.name: [] for peer in PEERS}  # type: ignore[attr-defined]
    stored: dict[str, int] = {}
    for number in range(options.rounds):
        for name, steps, size in _round(kept, scratch / f"round-{number}", number, options.owner, memory=False):
            seen[name].append(steps)
            stored[name] = size
            print(f"round {number + 1} {name}: " + "  ".join(f"{s} {r.seconds:.2f} s" for s, r in steps.items()))
    result: dict[str, object] = {
        "versions": _versions(),
        "files": sizes(Workload(kept)),
        "rounds": options.rounds,
        "owner_duckdb": _duckdb_of(options.owner),
        "mbit": options.mbit,
        "bytes_stored_first": stored,
        "seconds": _median_of(seen, lambda run: run.seconds),
        "wire_bytes": _median_of(seen, lambda run: run.wire),
        "ratio_to_restic": {
            step: round(
                statistics.median(
                    ours[step].seconds / theirs[step].seconds
                    for ours, theirs in zip(seen["cogzy"], seen["restic"], strict=True)
                ),
                3,
            )
            for step in STEPS
        },
        "stored_ratio_to_restic": round(stored["cogzy"] / stored["restic"], 3),
    }
    if options.memory:
        peaks = {
            name: {step: run.peak_pss for step, run in steps.items()}
            for name, steps, _ in _round(kept, scratch / "memory", 99, options.owner, memory=True)
        }
        result["peak_pss_bytes"] = peaks
    return result


def _round(
    kept: Path, scratch: Path, number: int, owner: str, *, memory: bool
) -> Iterator[tuple[str, dict[str, Run], int]]:
    """First copy, small change, nothing changed, restore: each peer at the same states of the same files."""
    shutil.copytree(kept, scratch / "set", symlinks=True)
    shutil.rmtree(scratch / "set" / "vault" / "sync", ignore_errors=True)
    workload = Workload(scratch / "set")
    maker = Maker(workload.root, seed=1000 + number, python=owner)
    with serve("rclone", scratch) as s3:
        order = PEERS if number % 2 == 0 else PEERS[::-1]
        peers = [peer(workload, s3, _made(scratch / peer.name)) for peer in order]  # type: ignore[attr-defined]
        steps: dict[str, dict[str, Run]] = {peer.name: {} for peer in peers}
        sizes_first = {}
        for peer in peers:
            steps[peer.name]["first"] = peer.sync(memory=memory)
            sizes_first[peer.name] = measure.folder_size(_bucket_folder(scratch, peer.bucket))
        for peer in peers:
            steps[peer.name]["restore"] = peer.restore(memory=memory)
        maker.change()
        for peer in peers:
            steps[peer.name]["small"] = peer.sync(memory=memory)
        for peer in peers:
            steps[peer.name]["unchanged"] = peer.sync(memory=memory)
        for peer in peers:
            steps[peer.name]["restore_deltas"] = peer.restore(memory=memory)
    shutil.rmtree(scratch)
    for name, taken in steps.items():
        yield name, taken, sizes_first[name]


def _median_of(seen: dict[str, list[dict[str, Run]]], figure: Callable[[Run], float]) -> dict[str, dict[str, float]]:
    return {
        name: {step: round(statistics.median(figure(steps[step]) for steps in rounds), 3) for step in STEPS}
        for name, rounds in seen.items()
    }


def _bucket_folder(scratch: Path, bucket: str) -> Path:
    return next(path for path in scratch.glob(f"*/*/{bucket}") if path.is_dir())


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


@contextmanager
def _empty(folder: Path) -> Iterator[Path]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


def _clean_environment(scratch: Path) -> dict[str, str]:
    runtime = _made(scratch / "runtime")
    runtime.chmod(0o700)
    return {"PATH": os.environ["PATH"], "HOME": str(scratch), "XDG_RUNTIME_DIR": str(runtime), "LANG": "C.UTF-8"}


def _duckdb_of(python: str) -> str:
    asked = [python, "-c", "import duckdb; print(duckdb.__version__)"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()


def _versions() -> dict[str, str]:
    from core import __version__

    restic = subprocess.run(["restic", "version"], capture_output=True, text=True, check=True).stdout.split()[1]
    return {"cogzy": __version__, "restic": restic, "python": sys.version.split()[0]}


def _in_namespace(mbit: int) -> None:
    """Start again in a network namespace of our own, whose loopback passes `mbit` Mbit/s (0: all it can)."""
    shape = f"ip link set lo mtu 1500 && tc qdisc add dev lo root tbf rate {mbit}mbit burst 128kb latency 300ms && "
    shaped = f'{shape if mbit else ""}ip link set lo up && exec "$@"'
    command = ["unshare", "--net", "sh", "-c", shaped, "sh", sys.executable, "-m", "benchmarks.peers", *sys.argv[1:]]
    os.execvpe("unshare", command, {**os.environ, INSIDE: "1"})


if __name__ == "__main__":
    main()
