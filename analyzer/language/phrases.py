"""Sentences that facts hold, in another language: recognised by the patterns they are made of.

A fact is found before anybody asks for a language, kept, and compared, so it is English. What it
says was written as a pattern, ``rank {0} of {1}``; a catalogue of these patterns tells what each is
in another language, and where a sentence fits one, it is said anew with the same names and numbers.
What fits none stays as it is.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from analyzer.language.catalogue import catalogue
from analyzer.language.number import variants

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FACTS = "facts"
"""Name of the catalogue."""
LEAST = 2
"""Letters that a pattern has to have besides its places, or it would fit anything."""
GLUE = frozenset({"a", "an", "and", "in", "is", "of", "or", "the", "to", "with"})
"""Words that are about others."""
SURE = 4
"""Letters of a pattern that nothing else has to speak for."""
DEEP = 16
"""Sentences in sentences."""
MOST = 8
"""Sentences that are listed."""
SEPARATORS = ("; ", ": ")
"""Between sentences: what stands in a place holds none, or it is the sentence around it."""
LISTS = (", ", " = ")
"""Between parts that are told only together."""
_WORD = re.compile("[A-Za-z]{2}")
_PLACE = re.compile(r"\{(\d+)\}")
_SHAPE = re.compile(r"\d+(×\d+)+")


class Phrase(NamedTuple):
    """One pattern and what it is in the other language."""

    chunk: str
    """Its longest stretch without a place: what is looked for first."""
    letters: int
    """Besides its places."""
    chunks: tuple[str, ...]
    """What stands before, between and behind the places."""
    places: tuple[int, ...]
    told: str

    def values(self, text: str) -> dict[int, str] | None:
        """What stands in each place of ``text``; ``None`` where it is not of this pattern.

        Chunks are found from the left, each once: linear in the text, whatever a name holds.
        """
        first, *rest = self.chunks
        if not rest:
            return {} if text == first else None
        *between, last = rest
        if not (text.startswith(first) and text.endswith(last)):
            return None
        end, begin = len(text) - len(last), len(first)
        found: dict[int, str] = {}
        for place, chunk in zip(self.places, between, strict=False):
            at = text.find(chunk, begin + 1, end)
            if at == -1 or not _is_part(text, begin, at):
                return None
            found[place] = text[begin:at]
            begin = at + len(chunk)
        # What a sentence ends with may be a sentence.
        if begin >= end or (last and not _is_part(text, begin, end)):
            return None
        found[self.places[-1]] = text[begin:end]
        # What a sentence begins with is a name: a list goes on with sentences.
        opening = "" if first else found[self.places[0]]
        return None if ", " in opening and not _is_quoted(opening) else found

    @property
    def is_label(self) -> bool:
        """A word and what it is about, ``input {0}``: many another text has that word."""
        return len("".join(self.chunks).split()) == 1


def _is_part(text: str, begin: int, end: int) -> bool:
    """No sentence ends within, nor where this part does."""
    return not any(text.find(mark, begin, end + 1) >= 0 for mark in SEPARATORS)


@cache
def _phrases(language: str) -> tuple[Phrase, ...]:
    """The most particular first: that which has most besides its places."""
    found = [_phrase(*each) for (_, text), told in catalogue(language, FACTS).items()
             for each in dict.fromkeys(variants(text, told))]  # fmt: skip
    kept = [phrase for phrase in found if phrase.letters >= LEAST]
    return tuple(sorted(kept, key=lambda p: (-sum(map(len, p.chunks)), -p.letters, p.chunks)))


def _phrase(text: str, told: str) -> Phrase:
    chunks = tuple(_PLACE.split(text)[::2])
    letters = sum(char.isalpha() for chunk in chunks for char in chunk)
    places = tuple(map(int, _PLACE.findall(text)))
    return Phrase(max(chunks, key=len), letters, chunks, places, told)


@cache
def _words(language: str) -> Mapping[str, str]:
    """Words that are sentences of their own, by themselves."""
    return {text: told for (_, text), told in catalogue(language, FACTS).items() if " " not in text}


@lru_cache(maxsize=4096)
def retell(text: str, language: str, depth: int = 0) -> str:
    """``text`` in ``language`` as far as it is made of known patterns."""
    if " " not in text:
        return _words(language).get(text, text) if depth else text
    if depth > DEEP or _is_quoted(text):
        return text
    core = text.strip()
    if core != text:  # a part of a sentence, glued to it
        return text.replace(core, retell(core, language, depth)) if core else text
    whole = _fitting(text, language, depth)
    if whole is not None:
        return whole
    for between in sorted(SEPARATORS, key=text.find):
        first, found, rest = text.partition(between)
        if found:
            told = retell(first, language, depth + 1), retell(rest, language, depth + 1)
            if told != (first, rest):
                return between.join(told)
    for between in LISTS:
        parts = text.split(between)
        said = [part for part in parts if " " in part and _WORD.search(part)]
        if (
            1 < len(parts) <= MOST
            and said
            and all(_is_told(each, language, depth) for each in said)
        ):
            return between.join(retell(part, language, depth + 1) for part in parts)
    return text


def _fitting(text: str, language: str, depth: int) -> str | None:
    for phrase in _phrases(language):
        if phrase.chunk not in text or (found := phrase.values(text)) is None:
            continue
        values = [found[place] for place in sorted(found)]
        if phrase.is_label and not _is_about(phrase, values, language, depth):
            continue
        return phrase.told.format(*(retell(value, language, depth + 1) for value in values))
    return None


def _is_about(phrase: Phrase, values: Sequence[str], language: str, depth: int) -> bool:
    """Whether the values of a label are what it is about, and no other part of a sentence.

    ``Bank of America`` is a name, ``documentation of the graph`` none; what stands before a shape,
    ``state 2×1×128``, is the name of a tensor, whatever word that is.
    """
    if any(map(_SHAPE.fullmatch, values)):
        return False
    told = [value for value in values if _is_told(value, language, depth)]
    words = sum(" " not in value and value not in GLUE and value[-1] != "," for value in values)
    whole = not any(mark in value for mark in SEPARATORS for value in values)
    if not whole or (phrase.letters < SURE and not (told or depth)):
        return False
    return words + sum(" " in value for value in told) == len(values)


def _is_told(value: str, language: str, depth: int) -> bool:
    """Whether a value is a name in quotes, or a sentence that can be told."""
    return _is_quoted(value) or retell(value, language, depth + 1) != value


def _is_quoted(value: str) -> bool:
    return len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
