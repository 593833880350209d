"""What goes up: files, first lines, likely secrets, and the person's choice of each."""

from desktop.preview.dialog import PreviewDialog

__all__ = ["PreviewDialog"]
