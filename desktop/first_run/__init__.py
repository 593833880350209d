"""The first run: five screens, each of which can be skipped, and nothing leaves this computer before Finish.

The window itself is `desktop.first_run.dialog`; here stands only what the start of the app needs.
"""

from desktop.first_run.offer import offer

__all__ = ["offer"]
