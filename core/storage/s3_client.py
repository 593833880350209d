"""An aioboto3 S3 client that loads little, trusts nothing around it, and reports every byte.

Importing this module imports aioboto3 (about 0.2 s): only `s3.warm_up` does, in a thread. Invariants:

- Nothing but what the caller gives decides: no AWS_* variables, no ~/.aws files, no instance metadata. Without keys
  there is no client, so an unsigned request cannot be sent.
- Bodies are bytes and their real SHA-256 is signed; the newer checksum trailers, which many providers refuse, are off.
- Redirects are not followed (Amazon's own to another region apart): a captive portal's page is no object.
- TLS is always verified, behind a proxy too (aiobotocore alone would not verify there).
"""

from __future__ import annotations

import gzip
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextvars import ContextVar
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import orjson

# httpx, which aiobotocore imports when it is there, imports its command line: 45 ms of click and rich for nothing.
# It is written to do without it.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]

from core.storage.light_boto import without_documentation  # noqa: E402

with without_documentation():
    import aioboto3  # type: ignore[import-untyped]
    import aiohttp
    from aiobotocore.config import AioConfig  # type: ignore[import-untyped]
    from aiobotocore.httpsession import AIOHTTPSession  # type: ignore[import-untyped]
    from aiobotocore.session import AioSession  # type: ignore[import-untyped]
    from botocore.configprovider import (  # type: ignore[import-untyped]
        BOTOCORE_DEFAUT_SESSION_VARIABLES,
        ConfigValueStore,
        ConstantProvider,
    )
    from botocore.exceptions import DataNotFoundError  # type: ignore[import-untyped]
    from botocore.loaders import Loader  # type: ignore[import-untyped]

from core.storage import trust  # noqa: E402
from core.storage.errors import AccessError, ServerError, StorageError  # noqa: E402
from core.storage.location import StoreLocation, is_loopback  # noqa: E402
from core.storage.protocol import StoreOptions, StoreSecrets  # noqa: E402

if TYPE_CHECKING:
    from types import TracebackType

_DATA = Path(Loader.BUILTIN_DATA_PATH)
_VERSION = "2006-03-01"


class Call(Protocol):
    """One call of a store, told about each request and each step of its bodies."""

    def requested(self) -> None: ...
    async def sending(self, size: int) -> None: ...
    async def receiving(self, size: int) -> None: ...


current_call: ContextVar[Call] = ContextVar("current_call")


class Client(Protocol):
    """The operations of botocore's generated S3 client that are used; `meta` carries its event hooks."""

    meta: Any

    async def put_object(self, **parameters: object) -> dict[str, Any]: ...
    async def get_object(self, **parameters: object) -> dict[str, Any]: ...
    async def head_object(self, **parameters: object) -> dict[str, Any]: ...
    async def list_objects_v2(self, **parameters: object) -> dict[str, Any]: ...
    async def delete_object(self, **parameters: object) -> dict[str, Any]: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


async def create_client(location: StoreLocation, secrets: StoreSecrets, options: StoreOptions, region: str) -> Client:
    """A client for `location` that signs for `region`. Touches no network; may run in a loop of its own."""
    session = _Session(
        aws_access_key_id=secrets.key_id,
        aws_secret_access_key=secrets.secret,
        botocore_session=_IsolatedSession(_Loader(_custom_endpoint(region) if location.url else {})),
    )
    proxy = None if is_loopback(location.host) else options.proxy
    config = AioConfig(
        signature_version="s3v4",
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={
            "addressing_style": "path" if location.url else "auto",
            "payload_signing_enabled": True,
            "us_east_1_regional_endpoint": "regional",
        },
        retries={"mode": "standard", "total_max_attempts": 1},
        max_pool_connections=max(10, options.concurrency),
        connect_timeout=options.connect_seconds,
        read_timeout=options.idle_seconds,
        parameter_validation=False,
        proxies={"http": proxy, "https": proxy} if proxy else ({} if is_loopback(location.host) else None),
        http_session_cls=partial(_HttpSession, follow=not location.url),
    )
    opening = session.client("s3", region_name=region, endpoint_url=location.url or None, config=config)
    client: Client = await opening.__aenter__()
    client.meta.events.register_last("before-call.s3", _without_expect)
    return client


def _without_expect(params: Mapping[str, Any], **_: object) -> None:
    """Take off `Expect: 100-continue`: aiohttp would wait for the answer to it without any time limit."""
    params["headers"].pop("Expect", None)


def _custom_endpoint(region: str) -> dict[str, Any]:
    """What botocore shall know of the world behind a custom endpoint: one region, and path style always.

    Said in botocore's own rule language, this spares Amazon's rules, which are evaluated anew for every key, and its
    list of regions (1.2 MB).
    """
    signing = {"name": "sigv4", "signingName": "s3", "signingRegion": "{Region}", "disableDoubleEncoding": True}
    url = {"url": "{Endpoint}/{Bucket}", "headers": {}, "properties": {"authSchemes": [signing]}}
    rules = {
        "version": "1.0",
        "parameters": {
            "Bucket": {"required": False, "type": "String"},
            "Region": {"builtIn": "AWS::Region", "required": False, "type": "String"},
            "Endpoint": {"builtIn": "SDK::Endpoint", "required": False, "type": "String"},
        },
        "rules": [{"type": "endpoint", "conditions": [], "endpoint": url}],
    }
    partition = {
        "partition": "custom",
        "dnsSuffix": "invalid",
        "regionRegex": ".*",
        "regions": {region: {}},
        "defaults": {"hostname": "{service}.{region}.{dnsSuffix}", "protocols": ["https"], "signatureVersions": ["v4"]},
        "services": {"s3": {"defaults": {"signatureVersions": ["s3v4"]}, "endpoints": {region: {}}}},
    }
    return {
        f"s3/{_VERSION}/endpoint-rule-set-1": rules,
        "endpoints": {"version": 3, "partitions": [partition]},
    }


class _Session(aioboto3.Session):  # type: ignore[misc]
    """Without the upload helpers that would be mixed into the client: 20 ms of imports that are never used."""

    def _register_default_handlers(self) -> None:
        pass


class _IsolatedSession(AioSession):  # type: ignore[misc]
    """A botocore session that reads neither environment nor files of the user."""

    def __init__(self, loader: _Loader) -> None:
        self._loader = loader
        super().__init__()

    def _register_config_store(self) -> None:
        nowhere = {"config_file": os.devnull, "credentials_file": os.devnull, "ignore_configured_endpoint_urls": True}
        values = {
            name: ConstantProvider(nowhere.get(name, default))
            for name, (_, _, default, _) in BOTOCORE_DEFAUT_SESSION_VARIABLES.items()
        }
        self.register_component("config_store", ConfigValueStore(mapping=values))

    def _register_data_loader(self) -> None:
        self.register_component("data_loader", self._loader)


class _Loader(Loader):  # type: ignore[misc]
    """Loads the S3 model alone: the stock loader looks through the folders of 400 services, twice.

    `given` stands in for files of the same name.
    """

    def __init__(self, given: dict[str, Any]) -> None:
        super().__init__(extra_search_paths=[str(_DATA)], include_default_search_paths=False)
        self._cache.update(given)

    def list_available_services(self, type_name: str) -> list[str]:
        return ["s3"]

    def determine_latest_version(self, service_name: str, type_name: str) -> str:
        return _VERSION

    def load_data_with_path(self, name: str) -> tuple[Any, str]:
        if name not in self._cache:
            self._cache[name] = _read_model(_DATA / name)
        return self._cache[name], name


def _read_model(path: Path) -> Any:
    packed = path.with_name(f"{path.name}.json.gz")
    if packed.exists():
        return orjson.loads(gzip.decompress(packed.read_bytes()))
    plain = path.with_name(f"{path.name}.json")
    if plain.exists():
        return orjson.loads(plain.read_bytes())
    raise DataNotFoundError(data_path=str(path))


class _HttpSession(AIOHTTPSession):  # type: ignore[misc]
    """The HTTP side: verified TLS, no redirects, and bodies in steps so that the current call sees each."""

    def __init__(self, *, follow: bool, **settings: Any) -> None:
        super().__init__(**settings)
        self._follow = follow

    async def _get_session(self, proxy_url: str | None) -> _Requests:
        """As aiobotocore's own, but always with verified TLS, and counting what aiohttp repeats by itself.

        (It repeats once, at once, when a kept connection turns out to be closed.)
        """
        if proxy_url not in self._sessions:
            counting = aiohttp.TraceConfig()
            counting.on_request_headers_sent.append(_count)
            session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._max_pool_connections, ssl=trust.context(), **self._connector_args
                ),
                timeout=self._timeout,
                skip_auto_headers={"CONTENT-TYPE"},
                auto_decompress=False,
                trace_configs=[counting],
            )
            self._sessions[proxy_url] = await self._exit_stack.enter_async_context(session)
        return _Requests(self._sessions[proxy_url], self._follow)


async def _count(*_: object) -> None:
    current_call.get().requested()


class _Requests:
    """Stands where aiobotocore expects an aiohttp session."""

    def __init__(self, session: aiohttp.ClientSession, follow: bool) -> None:
        self._session = session
        self._follow = follow

    async def request(self, method: str, *, data: BytesIO | None = None, **settings: Any) -> aiohttp.ClientResponse:
        body = _in_steps(data.getvalue(), current_call.get()) if data else None
        answer = await self._session.request(method, data=body, allow_redirects=False, **settings)
        if 300 <= answer.status < 400 and not self._follow:
            # botocore would ask the same address for the region of the bucket, for ever
            answer.close()
            raise _redirected(answer)
        return answer


def _redirected(answer: aiohttp.ClientResponse) -> StorageError:
    host = answer.url.host or ""
    if region := answer.headers.get("x-amz-bucket-region"):
        return AccessError("storage.wrong_region", host=host, region="", detail=region)
    return ServerError("storage.bad_answer", host=host, reason=f"a redirect, {answer.status}")


async def _in_steps(data: bytes, call: Call) -> AsyncIterator[bytes]:
    step = 1 << 16
    for start in range(0, len(data), step):
        piece = data[start : start + step]
        await call.sending(len(piece))
        yield piece
