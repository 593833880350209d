"""How long a question may be, and how much an answer may hold. Imports nothing: tools know it before any search."""

MOST_QUERY = 1_000
"""Characters of a question."""
MOST_RESULTS = 1_000
