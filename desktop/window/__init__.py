"""The status window: a header that says how things are, and pages."""

from desktop.window.shell import StatusWindow

__all__ = ["StatusWindow"]
