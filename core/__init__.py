"""Everything of Cogzy that has no window. Imports no Qt; nothing heavy is imported before it is needed."""

__version__ = "0.1.0"
