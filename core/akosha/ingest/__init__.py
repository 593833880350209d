"""Uploads from the bucket, taken in: found, verified, read, stored with their markers."""

from core.akosha.ingest.keys import KeyInfo, VaultKeys
from core.akosha.ingest.reporting import IngestReport, IngestState, Problem
from core.akosha.ingest.worker import IngestionWorker

__all__ = ["IngestReport", "IngestState", "IngestionWorker", "KeyInfo", "Problem", "VaultKeys"]
