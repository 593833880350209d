"""Memory for assistants and other programs of this computer: the tools of `cogzy mcp`, and what installs them.

- Nothing here owns the vault for longer than one sync: commands go to the owner's socket, or to an engine of our own
  while it runs. A search beside no owner reads the vault; what is remembered takes the write lock alone.
- Standard output belongs to the protocol.
"""
