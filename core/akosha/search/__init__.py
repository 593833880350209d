"""Finding memories: an index a shard file, questions to all of them at once, one answer."""
