"""Moments as exports write them: UNIX seconds, ISO 8601, MongoDB's `$date`, and Google's in the words of a language."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

from core.memory.values import moment

_EPOCH = date(1970, 1, 1)
_FIRST = -62135596800.0
_LAST = 253402300800.0
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_YEAR = re.compile(r"\b(20\d\d|19\d\d)\b")
_NUMBERS = re.compile(r"\d+")
_WORDS = re.compile(r"[^\W\d_]{3,}\.?")
_ZONE = re.compile(r"(?:UTC|GMT)\s*([+-]\d{1,2})(?::?(\d{2}))?")
_AFTERNOON = re.compile(r"\bp\.?\s?m\b|오후|午後|下午", re.IGNORECASE)
_MORNING = re.compile(r"\ba\.?\s?m\b|오전|午前|上午", re.IGNORECASE)
_MONTH_NAMES = (
    "jan ene gen янв січ",
    "feb fev fév févr lut фев лют",
    "mar mär mrt maa márc берез",
    "apr abr avr kwi апр квіт",
    "may mai mei maj мая трав",
    "jun juin giu cze июн черв",
    "jul juil lug lip июл лип",
    "aug ago août sie авг серп",
    "sep set wrz сен вер",
    "oct okt ott out paź окт жовт",
    "nov lis ноя лист",
    "dec dez dic déc gru дек груд",
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_ZONES = {
    "UTC": 0, "GMT": 0, "WET": 0, "BST": 1, "WEST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2, "EEST": 3,
    "MSK": 3, "IST": 5.5, "SGT": 8, "HKT": 8, "AWST": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12,
    "NZDT": 13, "BRT": -3, "ART": -3, "AST": -4, "EDT": -4, "EST": -5, "CDT": -5, "CST": -6, "MDT": -6, "MST": -7,
    "PDT": -7, "PST": -8, "AKST": -9, "AKDT": -8, "HST": -10,
}  # fmt: skip


def at(value: Any) -> float | None:
    """`value` as UNIX seconds; None when it is no moment between the years 1 and 9999, or 0."""
    if isinstance(value, dict):
        value = value.get("$date", value.get("value"))
        if isinstance(value, dict):
            value = value.get("$numberLong")
        if isinstance(value, str) and value.lstrip("-").isdigit():
            value = int(value) / 1000
        elif isinstance(value, int) and not isinstance(value, bool):
            value = value / 1000
    if isinstance(value, str) and value.isdigit():
        value = int(value)
    found = moment(value)
    return found if found and _FIRST < found < _LAST else None


def written(seconds: float) -> str:
    """UNIX seconds as ISO 8601 in UTC, as the vault has them."""
    whole = math.floor(seconds)
    day, second = divmod(whole, 86_400)
    thousandths = int((seconds - whole) * 1000)
    fraction = f".{thousandths:03d}" if thousandths else ""
    return f"{_day(day)}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}{fraction}Z"


@lru_cache(4096)
def _day(number: int) -> str:
    return (_EPOCH + timedelta(days=number)).isoformat()


def is_local(line: str) -> bool:
    """Whether a line is a moment in the words of some language, and nothing else."""
    return len(line) <= 64 and bool(_YEAR.search(line)) and bool(_TIME.search(line)) and line.count(" ") <= 8


def local(line: str) -> float | None:
    """Such a line as UNIX seconds: "Feb 17, 2026, 3:08:20 PM EST", "17.02.2026, 14:51:53 MEZ", "2026. 5. 28. …".

    A zone that is not known counts as UTC. None when it cannot be read.
    """
    clock, year = _TIME.search(line), _YEAR.search(line)
    if clock is None or year is None:
        return None
    day_part = line[: clock.start()]
    numbers = [int(found) for found in _NUMBERS.findall(day_part.replace(year[0], " ", 1))]
    month = _month(day_part)
    if month is None:
        if len(numbers) < 2:
            return None
        first, second = numbers[:2]
        if year.start() == 0:
            month, day = first, second
        elif first > 12 or "/" not in day_part:
            day, month = first, second
        else:
            month, day = first, second
    elif numbers:
        day = numbers[0]
    else:
        return None
    hour = int(clock[1])
    if _AFTERNOON.search(line) and hour < 12:
        hour += 12
    elif _MORNING.search(line) and hour == 12:
        hour = 0
    try:
        found = datetime(int(year[0]), month, day, hour, int(clock[2]), int(clock[3] or 0), tzinfo=_zone(line))
    except ValueError:
        return None
    return found.timestamp()


def _month(text: str) -> int | None:
    for word in _WORDS.findall(text.casefold()):
        for length in (5, 4, 3):
            if word[:length].rstrip(".") in _MONTHS:
                return _MONTHS[word[:length].rstrip(".")]
    return None


def _zone(line: str) -> timezone:
    if found := _ZONE.search(line):
        hours, minutes = int(found[1]), int(found[2] or 0)
        return timezone(timedelta(hours=hours, minutes=minutes if hours >= 0 else -minutes))
    for word in re.findall(r"[A-Z]{3,4}", line):
        if word in _ZONES:
            return timezone(timedelta(hours=_ZONES[word]))
    return UTC
