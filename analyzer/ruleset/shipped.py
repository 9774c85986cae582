"""Rules that ship, read as far as a run asks: most of them never get to see a subject.

Their files are looked at by tests as those of a user are when they load. So it is enough to find
the few keys that choose rules with a regular expression, 20 µs a file, and to read the rest once
somebody asks for it: a condition when there is something that it could be true of, a message when
it is. Only then is what reads them imported.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from analyzer.errors import RuleError
from analyzer.findings.finding import Severity
from analyzer.language import Language, spoken
from analyzer.ruleset.fields import EVIDENCE, STATISTICS
from analyzer.ruleset.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.ruleset.pattern import OpType

_KEY = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)
_EXAMPLES = re.compile(r"^examples:$", re.MULTILINE)
_PLAIN = re.compile(r"\s*(\w[\w.-]*)\s*")
_LIST = re.compile(r"\s*\{\s*([\w-]+):\s*(?:all|\[([^\[\]#'\"]*)\])\s*\}\s*")
_WEIGHTS = re.compile(
    rf"(?<![\w.'])(?:{'|'.join(sorted(EVIDENCE))})\b|\.(?:{'|'.join(STATISTICS)})\b"
)
_ID = re.compile(r"[A-Z]{3}\d{3}")
_UNSET = re.compile(r"\bdefault:\s*(?:null|~)(?=\s*[,}\n])")
_COMMENT = re.compile(r"#.*")
_STATEMENT = re.compile(r"=\s*([A-Za-z_][\w.]*(?:\s*\|\s*[A-Za-z_][\w.]*)*)\s*[<(]")
_ITEM = re.compile(r"^\s*- ", re.MULTILINE)


def read_shipped(text: str, source: str) -> Rule:
    """The rule in ``text``, most of it read when it is asked for."""
    later = Later(text, source)
    head = later.head()
    if head is None:
        from analyzer.ruleset.load import parse_rule

        return parse_rule(text, source)
    rule = object.__new__(Rule)
    for name, value in head.items():
        object.__setattr__(rule, name, value)
    return rule


class Later:
    """The text of a rule, and how to get at what of it is not read yet."""

    def __init__(self, text: str, source: str) -> None:
        self.text: str = text
        self.source: str = source
        self.language: Language = spoken()
        found = _EXAMPLES.search(text)
        self._end = found.start() if found else len(text)
        parts = _KEY.split(text[: self._end])
        self._sections: dict[str, str] = dict(zip(parts[1::2], parts[2::2], strict=True))

    def head(self) -> dict[str, Any] | None:
        """The fields that choose rules; ``None`` where the file has another form than usual."""
        words = {
            key: _PLAIN.fullmatch(self._sections.get(key, default))
            for key, default in (
                ("id", ""), ("name", ""), ("category", ""), ("severity", ""),
                ("status", "stable"), ("group", "message"),
            )
        }  # fmt: skip
        target = self._target()
        if target is None or None in words.values():
            return None
        plain = {key: found[1] for key, found in words.items() if found}
        return {
            **plain,
            "severity": Severity(plain["severity"]),
            "subject": target[0],
            "selector": target[1],
            "yields_to": tuple(_ID.findall(self._sections.get("yields-to", ""))),
            "source": self.source,
            "_later": self,
        }

    def _target(self) -> tuple[str, tuple[str, ...]] | None:
        """Sort of subject and selector."""
        if "match" in self._sections:
            return "node", ()
        section = self._sections.get("applies-to", "")
        if plain := _PLAIN.fullmatch(section):
            return plain[1], ()
        found = _LIST.fullmatch(section)
        if found is None:
            return None
        return found[1], tuple(word.strip() for word in (found[2] or "").split(",") if word.strip())

    @cached_property
    def reads_weights(self) -> bool:
        """As ``Rule.reads_weights``."""
        return _WEIGHTS.search(self._sections.get("when", "")) is not None

    @cached_property
    def needs_setting(self) -> bool:
        """As ``Rule.needs_setting``."""
        return _UNSET.search(self._sections.get("options", "")) is not None

    @cached_property
    def operators(self) -> tuple[tuple[frozenset[OpType], ...], ...]:
        """The operators of each statement of each pattern."""
        from analyzer.ruleset.pattern import operator_type

        if "match" not in self._sections:
            return ()
        text = _COMMENT.sub("", self._sections["match"])
        texts = _ITEM.split(text)[1:] if _ITEM.search(text) else [text]
        return tuple(
            tuple(frozenset(operator_type(word.strip()) for word in found.split("|"))
                  for found in _STATEMENT.findall(each))
            for each in texts
        )  # fmt: skip

    def fill(self, name: str) -> Mapping[str, Any]:
        """The field ``name`` and what is read together with it."""
        if name == "examples":
            from analyzer.ruleset.document import read
            from analyzer.ruleset.example_keys import read_examples
            from analyzer.ruleset.keys import Section

            errors: list[tuple[int, str]] = []
            top = Section(read(self.text), errors)
            examples = read_examples(top, self.rule.options)
            if errors:
                raise RuleError(f"{self.source}:{errors[0][0]}: {errors[0][1]}")
            return {"examples": examples}
        if name == "stake" and (stake := self._stake()):  # every verdict asks every rule
            return {"stake": stake}
        return {name: getattr(self.rule, name) for name in Rule.__slots__ if name not in _HERE}

    def _stake(self) -> str | None:
        """As ``Rule.stake``; ``None`` where it takes reading the file."""
        from analyzer.ruleset.judgement import OTHER, USUAL

        own = self._sections.get("stake")
        if own is not None:
            found = _PLAIN.fullmatch(own)
            return found[1] if found else None
        category = _PLAIN.fullmatch(self._sections.get("category", ""))
        return USUAL.get(category[1], OTHER).stake if category else None

    @cached_property
    def rule(self) -> Rule:
        """All of it but the examples."""
        from analyzer.ruleset.load import read_trusted

        return read_trusted(self.text[: self._end], self.source, self.language)


_HERE = ("_later", "examples")
