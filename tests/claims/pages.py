"""Prose on a page: every sentence has the claim, the rule or the reason that it rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

PROSE = frozenset({"p", "li", "figcaption"})
"""Elements that hold sentences; cells of tables hold facts and headings name things."""
ORIGINS = ("data-claim", "data-rule", "data-fixed", "data-page")
"""A claim of the JSON; words of a rule file; words that are the same in every report; words about
the page and not the model, such as how many rows are shown."""
IGNORED = frozenset({"style", "script", "svg", "nav", "table"})


@dataclass
class Sentence:
    tag: str
    origin: str
    value: str
    text: str = ""


@dataclass
class _Reader(HTMLParser):
    found: list[Sentence] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.open: list[Sentence] = []
        self.ignored = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in IGNORED:
            self.ignored += 1
        elif tag in PROSE and not self.ignored:
            given = dict(attrs)
            origin = next((name for name in ORIGINS if name in given), "")
            self.open.append(Sentence(tag, origin, given.get(origin) or ""))
            self.found.append(self.open[-1])

    def handle_endtag(self, tag: str) -> None:
        if tag in IGNORED:
            self.ignored -= 1
        elif tag in PROSE and self.open and not self.ignored:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and not self.ignored:
            self.open[-1].text += data


def sentences(html: str) -> list[Sentence]:
    """Every sentence of a page, white space folded."""
    reader = _Reader()
    reader.feed(html)
    for sentence in reader.found:
        sentence.text = " ".join(sentence.text.split())
    return [sentence for sentence in reader.found if sentence.text]


def objections(html: str, document: Mapping[str, Any]) -> Iterator[str]:
    """Sentences that no claim stands behind, or that say something else than their claim."""
    claims = {claim["id"]: claim["values"] for claim in document["claims"]}
    for sentence in sentences(html):
        if not sentence.origin:
            yield f"nothing stands behind <{sentence.tag}> {sentence.text[:80]!r}"
        elif sentence.origin == "data-claim":
            if sentence.value not in claims:
                yield f"{sentence.value}: no such claim, but {sentence.text[:80]!r}"
            else:
                yield from _denied(sentence, claims[sentence.value])


def _denied(sentence: Sentence, values: Mapping[str, Any]) -> Iterator[str]:
    for words, holds in DENIALS.get(sentence.value, ()):
        if words in sentence.text and not holds(values):
            yield f"{sentence.value}: says {words!r}, its values deny it"


Test = Callable[[Mapping[str, Any]], bool]

DENIALS: Mapping[str, tuple[tuple[str, Test], ...]] = {
    "verdict": (
        ("Clean:", lambda v: v["kind"] == "clean" and v["outcome"] == "clean"),
        ("Not conclusive", lambda v: v["outcome"] == "inconclusive"),
        ("could fall", lambda v: bool(v["fall"])),
        ("That is of medium impact", lambda v: v["fall"] == "medium" and not v["lead"]),
        ("without training", lambda v: v["lead_how"] == "free"),
        ("Nothing urgent", lambda v: v["lead_how"] in ("", "medium") and v["fall"] != "high"),
        ("No error", lambda v: not v["errors"]),
        ("to look at before", lambda v: v["doubts"] > 0 and not v["errors"]),
        ("cannot take the sizes", lambda v: v["misfits"] > 0),
        ("to fix before", lambda v: v["errors"] > 0),
        ("kept part of the model", lambda v: v["inconclusive"] > 0),
        ("which also kept part", lambda v: v["inconclusive"] > 0 and not v["besides"]),
    ),
    "trust": (("nothing found", lambda v: not v["findings"] and v["rules"] > 0),),
    "vendor": (("as in ONNX Runtime", lambda v: v["runtime"] == "ONNX Runtime"),),
    "unknown": (
        ("Nothing:", lambda v: not v["operators"] and not v["problems"] and v["macs_complete"]
         and v["flops_complete"]),
    ),
    "memory.weights": (
        ("made when the model runs", lambda v: v["bytes"] > 0 and v["stored_bytes"] == 0),
        ("no weight tensors", lambda v: v["bytes"] == 0),
    ),
    "actions": (
        ("no rule asks for a change", lambda v: not v["rules"] and not v["findings"]),
        ("none that asks", lambda v: not v["rules"] and v["findings"] > 0),
        ("no time by our own", lambda v: not v["rules"] and bool(v["slower"])),
    ),
    "saving": (("none found", lambda v: v["macs"] == 0),),
    "compute": (
        ("exact, from the file alone", lambda v: v["certainty"] == "exact"),
        ("at least", lambda v: None in (v["macs"][1], v["flops"][1])),
        ("operators of unknown cost", lambda v: v["unknown_nodes"] > 1),
    ),
    "weights.peculiar": (
        ("No dead", lambda v: v["layers"] == v["tensors"] == 0),
        ("values were found.", lambda v: not v["partial"]),
    ),
    "assumed.sizes": (("No size", lambda v: v["count"] == 0),),
}  # fmt: skip
"""Words whose meaning is fixed, and when the values of a claim allow them."""
