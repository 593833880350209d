"""HTTP connections that end: uvicorn's protocol with deadlines on what a client sends and on what it takes.

uvicorn times out a connection that is idle after an answer, and nothing else: a client that sends its headers byte by
byte, or that never reads its answer, would hold a connection for ever. (Bodies have their own deadline, where they
are read: there a refusal can still be answered.)
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_HEADER_BYTES = 32 << 10


class TimedProtocol(H11Protocol):
    """One connection. `seconds`, for all of a server's connections, is set on a subclass by `timed`."""

    seconds = 10.0
    _reading: asyncio.TimerHandle | None = None
    _writing: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in the base
        """The headers of the first request must come soon."""
        super().connection_made(transport)
        self._wait_for_headers()

    def data_received(self, data: bytes) -> None:
        """Whatever comes between two requests (headers, the rest of a refused body) must end soon."""
        if not self._is_answering() and self._reading is None:
            self._wait_for_headers()
        super().data_received(data)
        if self._is_answering():
            self._stop_reading()

    def on_response_complete(self) -> None:
        """An idle connection is uvicorn's to end."""
        self._stop_reading()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """The client does not read."""
        super().pause_writing()
        if self._writing is None:
            self._writing = self.loop.call_later(self.seconds * 3, self._give_up)

    def resume_writing(self) -> None:
        """It does again."""
        self._stop_writing()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Over."""
        self._stop_reading()
        self._stop_writing()
        super().connection_lost(exc)

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _wait_for_headers(self) -> None:
        self._reading = self.loop.call_later(self.seconds, self._give_up)

    def _stop_reading(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _stop_writing(self) -> None:
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None

    def _give_up(self) -> None:
        self.transport.abort()


def timed(seconds: float) -> type[TimedProtocol]:
    """The protocol of a server whose clients have `seconds`."""
    return type("Timed", (TimedProtocol,), {"seconds": seconds})
