"""Embedding in its child process: sentences a second, the child's memory, and how long a single question takes.

    python -m benchmarks.embedding [--sentences 3000] [--questions 300]
                                   [--least-rate N] [--most-memory MB] [--most-p50 MS]

Needs the model (`make model`). Sentences are made up, of 4 to 60 words (34 tokens on average, like turns of a long
conversation). The last line is one JSON object; a bound that is given and not kept fails the run.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from core import __version__
from core.memory.embedding_process import ChildEmbedder
from core.memory.model import load_model, model_folder

_TEXT = (
    "the of and to in that it was for on with as her at by we this had not are but from or have an they which "
    "one you were all would there their been more when who will no if out so said what up its about into than "
    "them can only other time new some could these two may first then do any like my now over such our man me "
    "even most made after harbour archive budget piano garden invoice deployment marathon recipe landlord "
    "passport database thunderstorm"
)
_WORDS = _TEXT.split()


def main() -> int:
    """Measure and print; 1 when a bound was not kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=3000)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--least-rate", type=float, default=0, help="sentences a second")
    parser.add_argument("--most-memory", type=float, default=0, help="MB resident in the child")
    parser.add_argument("--most-p50", type=float, default=0, help="milliseconds for a question")
    options = parser.parse_args()
    found = asyncio.run(measure(options.sentences, options.questions))
    print(json.dumps(found))
    missed = [
        name
        for name, bound, kept in (
            ("sentences_per_second", options.least_rate, found["sentences_per_second"] >= options.least_rate),
            ("child_peak_mb", options.most_memory, found["child_peak_mb"] <= options.most_memory),
            ("question_p50_ms", options.most_p50, found["question_p50_ms"] <= options.most_p50),
        )
        if bound and not kept
    ]
    print("\n".join(f"not kept: {name}" for name in missed), end="\n" if missed else "", file=sys.stderr)
    return 1 if missed else 0


async def measure(sentences: int, questions: int) -> dict[str, Any]:
    """What the docstring says."""
    rng = random.Random(7)
    texts = [" ".join(rng.choices(_WORDS, k=rng.randint(4, 60))).capitalize() + "." for _ in range(sentences)]
    embedder = ChildEmbedder(load_model(model_folder()).folder)
    started = time.perf_counter()
    await embedder.start()
    ready = time.perf_counter() - started
    child = psutil.Process(embedder.pid)
    before, started = sum(child.cpu_times()[:2]), time.perf_counter()
    await embedder.embed(texts)
    seconds, on_cpu = time.perf_counter() - started, sum(child.cpu_times()[:2]) - before
    asked = []
    for number in range(questions):
        question = f"What did {_WORDS[number % len(_WORDS)]} say about the {_WORDS[-1 - number % 12]}?"
        started = time.perf_counter()
        await embedder.embed([question])
        asked.append(1000 * (time.perf_counter() - started))
    await embedder.embed(["a long text of many words " * 100] * 64)
    peak = _peak_mb(embedder.pid)
    await embedder.close()
    return {
        "version": __version__,
        "sentences_per_second": round(sentences / seconds, 1),
        "sentences_per_cpu_second": round(sentences / on_cpu, 1),
        "question_p50_ms": round(statistics.median(asked), 2),
        "question_p95_ms": round(statistics.quantiles(asked, n=20)[-1], 2),
        "child_peak_mb": round(peak, 1),
        "start_seconds": round(ready, 2),
    }


def _peak_mb(pid: int | None) -> float:
    lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


if __name__ == "__main__":
    sys.exit(main())
