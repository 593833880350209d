"""How this computer's commands find the hub that runs on a data folder: `<data>/server.json`, for its owner alone.

One process owns the hub's databases, so a command asks it over HTTP with an administrator's token that is made anew at
each start and never leaves this file. A file that a killed hub left behind is recognised: its process is gone or is
another one, or what answers at that address is another hub.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import secrets
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from core.errors import BusyError, CogzyError, RefusedError, UsageError
from core.files import translated, write_atomically

FILE_NAME = "server.json"
_HELLO_SECONDS = 3.0
_MOST_ANSWER = 64 << 20
_KINDS: dict[int, type[CogzyError]] = {403: RefusedError, 409: BusyError, 503: BusyError}

Values = str | int | float | Sequence[str] | None


@dataclass(frozen=True)
class LocalServer:
    """A hub that runs on this computer. `instance` tells this run of it from every other."""

    pid: int
    url: str
    instance: str
    token: str = field(repr=False)
    started: str | None = None
    certificate: str | None = None
    """SHA-256 of the certificate that it shows, when it speaks TLS itself."""

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Values] | None = None,
        body: Mapping[str, Any] | None = None,
        timeout: float = 30.0,
    ) -> dict[str, Any]:
        """Its JSON answer. Raises the error that it answers with; BusyError("akosha.hub_silent") when it does not."""
        given = {name: value for name, value in (query or {}).items() if value not in (None, "", (), [])}
        target = f"{path}?{urlencode(given, doseq=True)}" if given else path
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        try:
            status, answer = self._request(method, target, headers, data, timeout)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise BusyError("akosha.hub_silent", pid=self.pid, url=self.url) from error
        if status >= 400:
            raise _told(status, answer)
        return answer

    def _answers(self) -> bool:
        """Whether it is this very hub that answers there. Raises BusyError when its process lives and is silent."""
        try:
            _, answer = self._request("GET", "/health", {}, None, _HELLO_SECONDS)
        except ConnectionRefusedError:
            return False
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise BusyError("akosha.hub_silent", pid=self.pid, url=self.url) from error
        return answer.get("instance") == self.instance

    def _request(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None, timeout: float
    ) -> tuple[int, dict[str, Any]]:
        connection = self._connected(timeout)
        try:
            connection.request(method, target, body=body, headers=dict(headers))
            answer = connection.getresponse()
            data = answer.read(_MOST_ANSWER)
        finally:
            connection.close()
        value = json.loads(data)
        if not isinstance(value, dict):
            raise http.client.HTTPException("not an object")
        return answer.status, value

    def _connected(self, timeout: float) -> http.client.HTTPConnection:
        """A connection to it, and over TLS to nobody else. Nothing was sent yet."""
        parts = urlsplit(self.url)
        host, port = parts.hostname or "", parts.port
        if self.certificate is None:
            return http.client.HTTPConnection(host, port, timeout=timeout)
        import ssl

        # the certificate names the hub's public name, not this address: it is that very certificate that must show
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        connection = http.client.HTTPSConnection(host, port, timeout=timeout, context=context)
        connection.connect()
        shown = connection.sock.getpeercert(binary_form=True)
        if _fingerprint(shown or b"") != self.certificate:
            connection.close()
            raise http.client.HTTPException("another certificate")
        return connection


def announce(data: Path, host: str, port: int, *, certificate: Path | None = None) -> LocalServer:
    """Say that this process serves the hub in `data` at `host`:`port`, over TLS with the PEM file `certificate`.

    Returns what was said.
    """
    pid = os.getpid()
    server = LocalServer(
        pid=pid,
        url=f"{'https' if certificate else 'http'}://{reachable_host(host)}:{port}",
        instance=secrets.token_hex(8),
        token=secrets.token_urlsafe(32),
        started=_started(pid),
        certificate=_fingerprint(_first_certificate(certificate)) if certificate else None,
    )
    write_atomically(data / FILE_NAME, json.dumps(asdict(server)).encode())
    return server


def withdraw(data: Path) -> None:
    """Take back what this process announced; what another one did stays."""
    found = _read(data)
    if found is not None and found.pid == os.getpid():
        with translated(data):
            (data / FILE_NAME).unlink(missing_ok=True)


def find_server(data: Path) -> LocalServer | None:
    """The hub that runs on `data`, or None. Raises BusyError("akosha.hub_silent") when it hangs."""
    found = _read(data)
    if found is None or not _lives(found) or not found._answers():
        return None
    return found


def reachable_host(host: str) -> str:
    """Where this computer reaches a server that is bound to `host`, as it stands in a URL."""
    bare = host.strip("[]")
    if bare in ("", "0.0.0.0"):  # noqa: S104  # read, not bound
        return "127.0.0.1"
    if bare == "::":
        return "[::1]"
    return f"[{bare}]" if ":" in bare else bare


def _read(data: Path) -> LocalServer | None:
    try:
        told = json.loads((data / FILE_NAME).read_bytes())
        pid, started, certificate = told["pid"], told["started"], told["certificate"]
        url, instance, token = (str(told[name]) for name in ("url", "instance", "token"))
    except (OSError, ValueError, KeyError, TypeError):
        return None  # none, or half of one after a power cut: no hub can be asked
    if not isinstance(pid, int) or pid <= 0 or urlsplit(url).scheme not in ("http", "https"):
        return None
    return LocalServer(pid, url, instance, token, started and str(started), certificate and str(certificate))


def _lives(server: LocalServer) -> bool:
    """Whether the process that announced itself is still that process."""
    if sys.platform == "win32":
        return True  # os.kill would end it: what answers at the address decides
    try:
        os.kill(server.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return server.started is None or _started(server.pid) in (None, server.started)


def _started(pid: int) -> str | None:
    """When a process began, as this boot of the system counts; None where that cannot be told."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2]
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return None
    return f"{boot}:{after_name.split()[19]}"


def _first_certificate(pem: Path) -> bytes:
    """The certificate itself, without its chain and key, as DER."""
    import ssl

    with translated(pem):
        text = pem.read_text("ascii", "replace")
    begins = text.find(ssl.PEM_HEADER)
    ends = text.find(ssl.PEM_FOOTER, begins)
    return ssl.PEM_cert_to_DER_cert(text[begins : ends + len(ssl.PEM_FOOTER)])


def _fingerprint(der: bytes) -> str:
    return hashlib.sha256(der).hexdigest()


def _told(status: int, answer: Mapping[str, Any]) -> CogzyError:
    """The error in an answer, as if it had been raised here."""
    error = answer.get("error")
    if not isinstance(error, dict) or not isinstance(error.get("code"), str):
        return CogzyError("akosha.strange_answer", status=status)
    params = error.get("params")
    known = {
        str(name): value
        for name, value in (params.items() if isinstance(params, dict) else ())
        if isinstance(value, str | int | float | None)
    }
    kind = _KINDS.get(status, UsageError if status < 500 else CogzyError)
    return kind(error["code"], **known)
