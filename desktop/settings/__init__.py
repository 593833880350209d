"""Everything a person can set, checked while it is typed, in force at once."""

from desktop.settings.dialog import SettingsDialog

__all__ = ["SettingsDialog"]
