"""The parent's side of embedding: a child process that is started when needed, idles out, and may die.

Invariants:
- onnxruntime is never loaded here. What a child holds is given back when it leaves.
- Everything ends: an answer that takes too long ends the child, a cancelled call has its texts dropped.
- A child that died fails the calls that waited for it; the next call starts another one.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import logging
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from core.memory.model import EmbeddingError
from core.process import kill, own_command

Progress = Callable[[int, int], None]
"""Called with the number of texts that are done, and the number of all."""

IDLE_SECONDS = 60.0
DEADLINE_SECONDS = 120.0
"""For each answer, not for a call as a whole: a call with many texts gets many answers."""
MOST_CHARACTERS = 1 << 14
"""What is left of a longer text: the model reads its first 256 tokens, words and syllables."""

_TEXTS_TOGETHER = 32
_UNDER_WAY = 2
_LONGEST_LINE = 16 << 20
_STDERR_KEPT = 2000
_LEAVING_SECONDS = 0.5
_log = logging.getLogger(__name__)


class ChildEmbedder:
    """Embeds in a child process; several calls at once share it. `start` it once before use."""

    def __init__(
        self,
        folder: Path,
        *,
        idle_seconds: float = IDLE_SECONDS,
        deadline: float = DEADLINE_SECONDS,
        command: Sequence[str] | None = None,
    ) -> None:
        self.model = ""
        self.width = 0
        self._folder = folder
        self._idle_seconds = idle_seconds
        self._deadline = deadline
        self._command = command or own_command("--embed")
        self._starting = asyncio.Lock()
        self._child: _Child | None = None
        self._left: set[asyncio.Task[None]] = set()
        self._calls = 0
        self._retiring: asyncio.TimerHandle | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id while there is one."""
        return None if self._child is None else self._child.process.pid

    async def start(self) -> None:
        """Start the child, which loads the model. Raises EmbeddingError: no model, a damaged one, no runtime."""
        self._stay()
        try:
            await self._warm_child()
        finally:
            self._retire_later()

    async def embed(self, texts: Sequence[str], *, progress: Progress | None = None) -> list[bytes]:
        """One vector for each text: float32 little-endian, `width` numbers, unit length, the same for the same text.

        Every text has one, the empty one too; only its first 256 tokens count. Raises EmbeddingError; then, and when
        it is cancelled, nothing is returned.
        """
        if not texts:
            return []
        self._stay()
        self._calls += 1
        waiting: deque[tuple[int, asyncio.Future[Any]]] = deque()
        child: _Child | None = None
        vectors: list[bytes] = []
        try:
            child = await self._warm_child()
            for first in range(0, len(texts), _TEXTS_TOGETHER):
                if len(waiting) == _UNDER_WAY:
                    vectors += await self._next_vectors(child, waiting, progress, len(vectors), len(texts))
                waiting.append(child.ask([_sendable(text) for text in texts[first : first + _TEXTS_TOGETHER]]))
            while waiting:
                vectors += await self._next_vectors(child, waiting, progress, len(vectors), len(texts))
        finally:
            if child is not None:
                for number, answer in waiting:
                    child.drop(number, answer)
            self._calls -= 1
            self._retire_later()
        return vectors

    async def close(self) -> None:
        """Leave no child behind. The next call starts one again."""
        async with self._starting:
            self._stay()
            child, self._child = self._child, None
        if child is not None:
            await child.end()
        await asyncio.gather(*self._left)

    async def _warm_child(self) -> _Child:
        async with self._starting:
            if self._child is not None and not self._child.gone:
                return self._child
            child = await _start(self._command)
            loaded = child.load(self._folder)
            try:
                found, width = await self._answer(child, loaded)
            except BaseException:
                loaded.cancel()
                await child.end()
                raise
            if self.model not in ("", found):
                await child.end()
                raise EmbeddingError("embedding.model_changed", before=self.model, now=found)
            self.model, self.width, self._child = found, width, child
            return child

    async def _next_vectors(
        self,
        child: _Child,
        waiting: deque[tuple[int, asyncio.Future[Any]]],
        progress: Progress | None,
        done: int,
        of: int,
    ) -> list[bytes]:
        vectors: list[bytes] = await self._answer(child, waiting[0][1])
        waiting.popleft()
        if progress is not None:
            progress(done + len(vectors), of)
        return vectors

    async def _answer(self, child: _Child, answer: asyncio.Future[Any]) -> Any:
        try:
            async with asyncio.timeout(self._deadline):
                return await asyncio.shield(answer)
        except TimeoutError as error:
            answer.cancel()
            await child.end()
            raise EmbeddingError("embedding.timeout", seconds=self._deadline) from error

    def _stay(self) -> None:
        if self._retiring is not None:
            self._retiring.cancel()
            self._retiring = None

    def _retire_later(self) -> None:
        self._stay()
        if not self._calls and self._child is not None:
            self._retiring = asyncio.get_running_loop().call_later(self._idle_seconds, self._retire)

    def _retire(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            leaving = asyncio.get_running_loop().create_task(child.end())
            self._left.add(leaving)
            leaving.add_done_callback(self._left.discard)


async def _start(command: Sequence[str]) -> _Child:
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=_LONGEST_LINE,
        )
    except OSError as error:
        raise EmbeddingError("embedding.not_started", reason=error.strerror or str(error)) from error
    return _Child(process)


class _Child:
    """One child process, and who waits for which of its answers. The answer to `load` is the model's id and width."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.gone = False
        self._width = 0
        self._waiting: dict[int, tuple[asyncio.Future[Any], int]] = {}
        self._last_id = 0
        self._listening = asyncio.create_task(self._listen())
        self._said = asyncio.create_task(_last_words(cast(asyncio.StreamReader, process.stderr)))

    def load(self, folder: Path) -> asyncio.Future[Any]:
        """Have it load the model: to be the first that it is told."""
        return self._send(0, 0, {"model": str(folder)})

    def ask(self, texts: list[str]) -> tuple[int, asyncio.Future[Any]]:
        """Send `texts`; their number, and what will be their answer or an EmbeddingError."""
        self._last_id += 1
        return self._last_id, self._send(self._last_id, len(texts), {"id": self._last_id, "texts": texts})

    def drop(self, number: int, answer: asyncio.Future[Any]) -> None:
        """Nobody waits for that answer any more."""
        if not answer.done():
            answer.cancel()
            self._waiting.pop(number, None)
            self._write({"drop": number})
        elif not answer.cancelled():
            answer.exception()  # seen: every caller is told of the child's end once

    async def end(self) -> None:
        """End it: its input is closed, and if it then stays it is killed."""
        self.gone = True
        cast(asyncio.StreamWriter, self.process.stdin).close()
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LEAVING_SECONDS):
                    await asyncio.shield(self._listening)
        finally:
            kill(self.process)
        await asyncio.shield(self._listening)

    def _send(self, number: int, rows: int, message: dict[str, object]) -> asyncio.Future[Any]:
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if self.gone:
            answer.set_exception(self._died())
        else:
            self._waiting[number] = answer, rows
            self._write(message)
        return answer

    def _write(self, message: dict[str, object]) -> None:
        """Not drained: each call has two requests under way at most."""
        stdin = cast(asyncio.StreamWriter, self.process.stdin)
        if not stdin.is_closing():
            stdin.write(json.dumps(message).encode() + b"\n")

    async def _listen(self) -> None:
        """Hand out its answers until it ends, then tell all who still wait."""
        stdout = cast(asyncio.StreamReader, self.process.stdout)
        try:
            while line := await stdout.readline():
                self._hand_out(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            _log.error("the embedding child gave an answer that is none: %r", error)
        self.gone = True
        # to kill what has just ended would reap it under asyncio's hands, which then does not learn its exit code
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LEAVING_SECONDS):
                await self.process.wait()
        kill(self.process)
        await self.process.wait()
        said = await self._said
        cast(asyncio.StreamWriter, self.process.stdin).close()
        waiting = [answer for answer, _ in self._waiting.values() if not answer.done()]
        if waiting:
            _log.error("the embedding child ended with code %s: %s", self.process.returncode, said or "it said nothing")
        for answer in waiting:
            answer.set_exception(self._died())
        self._waiting.clear()

    def _hand_out(self, message: dict[str, Any]) -> None:
        number = message["id"]
        answer, rows = self._waiting.get(number, (None, 0))
        if answer is None or answer.done():
            return
        if "error" in message:
            answer.set_exception(EmbeddingError(message["error"]["code"], **message["error"]["params"]))
        elif number == 0:
            self._width = int(message["ready"]["width"])
            answer.set_result((str(message["ready"]["model"]), self._width))
        else:
            numbers, size = base64.b64decode(message["vectors"]), 4 * self._width
            if len(numbers) != rows * size:
                raise ValueError(len(numbers))
            answer.set_result([numbers[at : at + size] for at in range(0, len(numbers), size)])
        del self._waiting[number]

    def _died(self) -> EmbeddingError:
        return EmbeddingError("embedding.died", exit_code=self.process.returncode)


async def _last_words(stderr: asyncio.StreamReader) -> str:
    kept = b""
    while block := await stderr.read(1 << 16):
        kept = (kept + block)[-_STDERR_KEPT:]
    return kept.decode(errors="replace").strip()


def _sendable(text: str) -> str:
    """The part of `text` that can count; halves of surrogate pairs, which no UTF-8 has, as U+FFFD."""
    return text[:MOST_CHARACTERS].encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
