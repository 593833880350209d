"""Uploads from the bucket, taken in."""
