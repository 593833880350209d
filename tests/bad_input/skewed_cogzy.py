"""`cogzy` on a computer whose clock is wrong: `python -I skewed_cogzy.py ARGUMENTS`, two hours ahead."""

from __future__ import annotations

import datetime
import sys
import time

AHEAD = 2 * 3600


def _main() -> int:
    import botocore.auth
    from cogzy.__main__ import main

    real_time, real_now = time.time, botocore.auth.get_current_datetime
    time.time = lambda: real_time() + AHEAD
    botocore.auth.get_current_datetime = lambda **options: real_now(**options) + datetime.timedelta(seconds=AHEAD)
    return main()


if __name__ == "__main__":
    sys.exit(_main())
