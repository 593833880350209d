"""Databases are read by forked processes."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _cheap_children(forked_databases: None) -> None:
    """See tests.forked."""
