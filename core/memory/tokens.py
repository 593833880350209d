"""Words: where they stand in a text, and the term each is found by. Index, query and snippet agree on them.

A word is a run of letters, digits and underscores of any script, with its combining marks. Scripts written without
spaces (Chinese, Japanese, Korean particles, Thai, Lao, Khmer, Burmese) are cut into overlapping pairs of characters;
their single characters are indexed too, so that a query of one character finds. An emoji is a word.

A term is the word casefolded, without accents, and stemmed when it is plain ASCII letters (English; a German word goes
through the same stemmer on both sides, so it still finds itself). English stop words have no term.
"""

from __future__ import annotations

import hashlib
import importlib
import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

_KEPT_WORDS = 1 << 16
"""So many different words keep their term at hand; then the cache begins anew."""
_LONGEST_WORD = 64
"""Characters of a word that its term is made of: a pasted base64 blob is no vocabulary."""
_NO_SPACES = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
_EMOJI = "\u2190-\u2bff\U0001f000-\U0001faff"
_INSIDE = "\u00ad\u200c\u200d"
"""Soft hyphen and (non-)joiners: part of the word they stand in, not of its term."""

_ASCII = re.compile(r"[A-Za-z0-9_]+")
_BLANKS = "".join(one if _ASCII.match(one) else " " for one in map(chr, range(128)))
"""Cuts ASCII text into the same words by `translate` and `split`, twice as fast."""
_SIMPLE = re.compile(rf"\w+|[{_EMOJI}]")
_NOT_SIMPLE = re.compile(
    "[\u00ad\u0300-\u036f\u0483-\u0489\u0590-\u1dff\u200c\u200d\u2c00-\U0001efff\U0001fb00-\U0010ffff]"
)
"""May hold combining marks or no spaces. All else is Latin, Greek or Cyrillic, whose words `_SIMPLE` finds sooner."""

_STOPPED = """
a about above after again against all am an and any are aren as at be because been before being below between both but
by can could couldn d did didn do does doesn doing don down during each few for from further had hadn has hasn have
haven having he her here hers herself him himself his how i if in into is isn it its itself just ll m me might mightn
more most must mustn my myself needn no nor not now of off on once only or other our ours ourselves out over own re s
same shan she should shouldn so some such t than that the their theirs them themselves then there these they this those
through to too under until up ve very was wasn we were weren what when where which while who whom why will with won
would wouldn you your yours yourself yourselves
"""
STOP_WORDS = frozenset(_STOPPED.split())


@dataclass(frozen=True, slots=True)
class Token:
    """`word` as it is written at `start:end` of its text; `spaceless` when it is a run that is cut into pairs."""

    word: str
    start: int
    end: int
    spaceless: bool


def tokens(text: str) -> Iterator[Token]:
    """The words of `text`, in their order."""
    for match in _pattern_for(text).finditer(text):
        yield Token(match.group(), match.start(), match.end(), match.lastindex == 1 and match.re is not _ASCII)


def index_terms(text: str) -> list[str]:
    """The terms that `text` is found by, in their order and as often as they occur."""
    return [term for token in tokens(text) for term in token_terms(token)]


def query_terms(text: str) -> list[str]:
    """The different terms to look for, in the order of the query: pairs of a spaceless run, or its only character."""
    found: dict[str, None] = {}
    for token in tokens(text):
        terms = token_terms(token)
        found |= dict.fromkeys(terms if not token.spaceless or len(terms) == 1 else terms[1::2])
    return list(found)


def token_terms(token: Token) -> list[str]:
    """The terms of one word: none for a stop word; of a spaceless run the characters and pairs in turn (a, ab, b…)."""
    if token.spaceless:
        return _pairs(token.word)
    term = _term(token.word)
    return [term] if term else []


def query_words(text: str) -> dict[str, str]:
    """`query_terms`, each with the word that it stands for, normalised; "" for characters and pairs."""
    found: dict[str, str] = {}
    for token in tokens(text):
        word = "" if token.spaceless else normalised(token.word)
        for term in query_terms(token.word):
            found.setdefault(term, word)
    return found


def term_hashes(text: str, words: set[str] | None = None) -> list[int]:
    """`index_terms` as 64-bit hashes: the index keeps no words. BLAKE2b, the same on every machine.

    The words as they are written are put into `words`.
    """
    if text.isascii():
        return _word_hashes(text.translate(_BLANKS).split(), words)
    found: list[int] = []
    if not _NOT_SIMPLE.search(text):
        return _word_hashes(_SIMPLE.findall(text), words)
    for run, word in _pattern().findall(text):
        if run:
            found += [term_hash(term) for term in _pairs(run)]
            continue
        if words is not None:
            words.add(word)
        if value := word_hash(word):
            found.append(value)
    return found


def _word_hashes(words: list[str], seen: set[str] | None) -> list[int]:
    if seen is not None:
        seen.update(words)
    found = list(map(_hashes.get, words))
    if None in found:
        found = [word_hash(word) for word in words]
    return [value for value in found if value]


def word_hash(word: str) -> int:
    """The hash of a word's term; 0 for a stop word."""
    value = _hashes.get(word)
    if value is None:
        term = _term(word)
        value = term_hash(term) if term else 0
        if len(_hashes) >= _KEPT_WORDS:
            _hashes.clear()
        _hashes[word] = value
    return value


def term_hash(term: str) -> int:
    """The 64-bit hash of a term, never 0."""
    digest = hashlib.blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") or 1


def normalised(word: str) -> str:
    """Casefolded, in compatibility form, without accents; the vowel signs of other scripts stay."""
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", word).casefold())
    return unicodedata.normalize("NFC", "".join(one for one in plain if not _dropped(one)))


_hashes: dict[str, int] = {}
_stemming = threading.Lock()


def _pairs(run: str) -> list[str]:
    run = normalised(run)
    return [run[at // 2 : at // 2 + 1 + at % 2] for at in range(2 * len(run) - 1)]


def _term(word: str) -> str:
    plain = normalised(word[:_LONGEST_WORD])
    if plain in STOP_WORDS:
        return ""
    if plain.isascii() and plain.isalpha():
        with _stemming:  # the stemmer keeps state between its calls
            return str(_stemmer().stemWord(plain))
    return plain


def _dropped(one: str) -> bool:
    return "\u0300" <= one <= "\u036f" or one in _INSIDE or "\ufe00" <= one <= "\ufe0f"


@cache
def _stemmer() -> Any:
    return importlib.import_module("Stemmer").Stemmer("english")


def _pattern_for(text: str) -> re.Pattern[str]:
    return _ASCII if text.isascii() else _pattern()


@cache
def _pattern() -> re.Pattern[str]:
    marks = _marks()
    run = f"[{_NO_SPACES}][{_NO_SPACES}{marks}{_INSIDE}]*"
    letters = rf"[^\W{_NO_SPACES}]"
    return re.compile(rf"({run})|({letters}+(?:[{marks}{_INSIDE}]+{letters}*)*|[{_EMOJI}])")


@cache
def _marks() -> str:
    """The combining marks as the inside of a character class: 0x1E950 is behind the last script that has any."""
    found, first = ["\U000e0100-\U000e01ef"], -1
    for code in range(0x300, 0x1E950):
        if unicodedata.category(chr(code))[0] == "M":
            first = code if first < 0 else first
        elif first >= 0:
            found.append(f"{chr(first)}-{chr(code - 1)}")
            first = -1
    return "".join(found)
