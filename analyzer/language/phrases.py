"""Sentences that facts hold, in another language: recognised by the patterns they are made of.

A fact is found before anybody asks for a language, kept, and compared, so it is English. What it
says was written as a pattern, ``rank {0} of {1}``; a catalogue of these patterns tells what each is
in another language, and where a sentence fits one, it is said anew with the same names and numbers.
What fits none stays as it is.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from analyzer.language.catalogue import catalogue

FACTS = "facts"
"""Name of the catalogue."""
LEAST = 4
"""Letters that a pattern has to have besides its places, or it would fit anything."""
DEEP = 4
"""Sentences in sentences."""
WITHIN = "(?:(?!; |: ).)+?"
"""What stands in a place: no part of the sentence around it."""
_PLACE = re.compile(r"\{(\d+)\}")


class Phrase(NamedTuple):
    """One pattern and what it is in the other language."""

    chunk: str
    """Its longest stretch without a place: what is looked for first."""
    letters: int
    """Besides its places; of patterns that fit, the one with most is meant."""
    whole: re.Pattern[str]
    told: str


@cache
def _phrases(language: str) -> tuple[Phrase, ...]:
    """The most particular first."""
    found = [_phrase(text, told) for (_, text), told in catalogue(language, FACTS).items()]
    kept = [phrase for phrase in found if phrase.letters >= LEAST]
    return tuple(sorted(kept, key=lambda phrase: (-phrase.letters, phrase.whole.pattern)))


def _phrase(text: str, told: str) -> Phrase:
    chunks = _PLACE.split(text)[::2]
    places = _PLACE.findall(text)
    source = "".join(
        re.escape(chunk) + (f"(?P<p{place}>{WITHIN})" if place is not None else "")
        for chunk, place in zip(chunks, [*places, None], strict=True)
    )
    if places and not chunks[-1]:  # what a sentence ends with may be a sentence
        source = f"{source[: -len(WITHIN) - 1]}.+)"
    letters = sum(char.isalpha() for chunk in chunks for char in chunk)
    return Phrase(max(chunks, key=len), letters, re.compile(source, re.DOTALL), told)


@lru_cache(maxsize=4096)
def retell(text: str, language: str, depth: int = 0) -> str:
    """``text`` in ``language`` as far as it is made of known patterns."""
    if depth > DEEP or " " not in text:
        return text
    core = text.strip()
    if core != text:  # a part of a sentence, glued to it
        return text.replace(core, retell(core, language, depth)) if core else text
    whole = _fitting(text, language, depth)
    if whole is not None:
        return whole
    for between in ("; ", ": "):
        parts = text.split(between)
        if 1 < len(parts) <= 8:
            told = [retell(part, language, depth + 1) for part in parts]
            if told != parts:
                return between.join(told)
    return text


def _fitting(text: str, language: str, depth: int) -> str | None:
    for phrase in _phrases(language):
        if phrase.chunk in text and (found := phrase.whole.fullmatch(text)) is not None:
            values = {
                key[1:]: retell(value, language, depth + 1)
                for key, value in found.groupdict().items()
            }
            return phrase.told.format(*(values[key] for key in sorted(values, key=int)))
    return None
