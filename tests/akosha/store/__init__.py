"""Tests of core.akosha.store."""
