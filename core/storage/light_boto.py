"""Import botocore without what only writes its documentation, which is a quarter of the time that its import takes.

botocore builds reStructuredText for the docstrings of clients that nobody reads here. While it is imported, stand-ins
take the place of `botocore.docs` and `boto3.docs`; they are gone afterwards, so that whoever wants the real ones can
import them.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from types import ModuleType


class _NoDocstring(str):
    """An empty text, whatever it was asked to describe."""

    __slots__ = ()

    def __new__(cls, *_: object, **__: object) -> _NoDocstring:
        return super().__new__(cls)


class _Describes:
    """Takes the place of handlers that botocore calls when it writes documentation, that is never."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def nothing(self, *_: object, **__: object) -> None:
        """Write nothing."""

    append_documentation = document_auto_populated_param = hide_param = nothing


_STAND_INS: dict[str, dict[str, object]] = {
    "botocore.docs": {"__path__": [], "DEPRECATED_SERVICE_NAMES": frozenset()},
    "botocore.docs.docstring": {
        "ClientMethodDocstring": _NoDocstring,
        "LazyLoadedDocstring": _NoDocstring,
        "PaginatorDocstring": _NoDocstring,
        "WaiterDocstring": _NoDocstring,
    },
    "boto3.docs": {"__path__": []},
    "boto3.docs.docstring": {
        f"{what}Docstring": _NoDocstring
        for what in (
            "Action",
            "Attribute",
            "BatchAction",
            "Collection",
            "CollectionMethod",
            "Identifier",
            "LoadReload",
            "Reference",
            "ResourceWaiter",
            "SubResource",
        )
    },
    "botocore.docs.utils": {
        "AppendParamDocumentation": _Describes,
        "AutoPopulatedParam": _Describes,
        "HideParamFromOperations": _Describes,
    },
}


@contextlib.contextmanager
def without_documentation() -> Iterator[None]:
    """Within this block botocore is imported without its documentation. Does nothing when it is loaded already."""
    if any(name in sys.modules for name in ("botocore.client", *_STAND_INS)):
        yield
        return
    for name, attributes in _STAND_INS.items():
        module = sys.modules[name] = ModuleType(name)
        vars(module).update(attributes)
        package, _, last = name.rpartition(".")
        if package in _STAND_INS:
            setattr(sys.modules[package], last, module)
    try:
        yield
    finally:
        for name in _STAND_INS:
            del sys.modules[name]
