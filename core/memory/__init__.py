"""Memory itself: rows, embeddings, indexes, retrieval. The vault and the hub share it."""
