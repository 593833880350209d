"""The hub as clients meet it: the server, its door and limits, MCP and REST."""
