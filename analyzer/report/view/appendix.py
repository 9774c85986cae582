"""The appendix of operators: what is alike in one row, and the data of all for the script."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from analyzer.dataclass import dataclass
from analyzer.report.view import layers
from analyzer.report.view.explained import certainty_words
from analyzer.report.view.method import page_formula_key
from analyzer.report.view.stretches import shortened
from analyzer.report.view.summary import block_name
from analyzer.sanitise import label, widths

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from analyzer.report.view.layers import Alike, LayerRow, PageBlock, PageFinding, PageNode
    from analyzer.report.view.method import FormulaRow

SHARED = 35
"""Most letters that a name has in common with the one before, as far as one digit counts them."""
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
PAGE = 56
"""Most rows on paper of a table that is not whole: more than a page has room for."""
EXACT = 10**15
"""Below it counts are numbers for the script, which writes all their digits."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a link to an operator leads."""

    place: str
    """Id of an element of the page."""
    row: str
    """Id of the operator's own row, which the script makes; empty where it is ``place``."""
    number: int
    """Of the operator in the file, from 1."""


class Choices(Protocol):
    """What operators are chosen by."""

    @property
    def findings(self) -> tuple[PageFinding, ...]: ...
    @property
    def blocks(self) -> tuple[PageBlock, ...]: ...


@dataclass(frozen=True, slots=True)
class Appendix:
    """Operators as rows, for one medium."""

    rows: tuple[LayerRow, ...]
    held: int
    """Operators in ``rows``."""
    total: int
    is_part: bool
    """The largest come first, and there are no more rows than fit on a page."""
    inner: bool
    """Whether some are of bodies or functions, which come behind the main graph."""
    anchors: Mapping[str, Anchor]
    """By node id."""
    data: Mapping[str, object]
    """What the script shows a window of; empty for paper. ``rows``: what operators that are alike
    have in common (operator, output, MACs, FLOPs, parameters, tags, scope, executions, kind), texts
    as positions in ``text``, of what is a row of the page no more than the kind; for each operator
    its ``number`` (left out where they are 1, 2, 3 …), ``name``, as ``brief_names`` writes it, and
    row (``like``); ``rules`` and ``blocks``: positions of the operators of each, as ``runs`` writes
    them."""


def on_paper(
    nodes: Sequence[PageNode], limit: int, names: Mapping[str, str], flagged: Sequence[str]
) -> Appendix:
    """All rows without what is idle and the names of what is alike; of more than ``limit``, a page
    of the largest: nobody looks anything up in a part of a table. Where all are idle, they are."""
    numbered = [*enumerate(nodes, 1)]
    groups = layers.fold(numbered, flagged, False) or layers.fold(numbered, flagged, True)
    is_part = len(groups) > limit
    kept = layers.by_rank(groups, flagged)[: min(limit, PAGE)] if is_part else groups
    # No link leads to a row that may not fit.
    linked = () if is_part else kept
    own = {node.id: Anchor(f"n{same[0][0]}", "", n) for same in linked for n, node in same}
    rows = layers.fold_rows(kept, names)
    inner = any(row.scope for row in rows)
    return Appendix(shortened(rows), sum(map(len, kept)), len(nodes), is_part, inner, own, {})


@dataclass(frozen=True, slots=True)
class Listed:
    """Operators as the script has them, however many of them are rows of the page."""

    groups: Sequence[Alike]
    ranked: Sequence[Alike]
    """The foremost first."""
    rows: tuple[LayerRow, ...]
    """Of each of ``groups``."""
    kinds: Sequence[str]
    total: int
    """Operators of the model."""
    data: Mapping[str, object]


def listed(
    nodes: Sequence[PageNode],
    limit: int,
    names: Mapping[str, str],
    flagged: Sequence[str],
    choices: Choices,
    formulas: Sequence[FormulaRow],
) -> Listed:
    """At most ``limit`` operators as data."""
    numbers = layers.pick(nodes, limit, flagged)
    groups = layers.fold(((n, nodes[n - 1]) for n in numbers), flagged, True)
    return Listed(
        groups, layers.by_rank(groups, flagged), layers.fold_rows(groups, names),
        [label(layers.kind_of(same[0][1]), widths.TERM) for same in groups], len(nodes),
        _data(nodes, groups, numbers, names, choices) | _how(groups, formulas),
    )  # fmt: skip


def on_screen(every: Listed, plain: int) -> Appendix:
    """Operators as data, of which the script shows a window; the foremost ``plain`` are rows
    without it."""
    shown = {same[0][0] for same in every.ranked[:plain]}
    anchors = {
        node.id: Anchor(f"n{same[0][0]}" if same[0][0] in shown else "operators",
                        "" if number in shown else f"n{number}", number)
        for same in every.groups
        for number, node in same
    }  # fmt: skip
    rows = tuple(row for row in every.rows if row.number in shown)
    held = sum(len(same) for same in every.ranked[:plain])
    inner = any(row.scope for row in every.rows)
    return Appendix(rows, held, every.total, False, inner, anchors,
                    {**every.data, **_rows(every, shown)})  # fmt: skip


def _rows(every: Listed, shown: Container[int]) -> dict[str, object]:
    """What the rows say, and the texts that they name by their positions."""
    texts: dict[str, int] = {}

    def text(words: str) -> int:
        return texts.setdefault(words, len(texts))

    rows: list[object] = []
    for same, row, words in zip(every.groups, every.rows, every.kinds, strict=True):
        number, node = same[0]
        kind = text(words)
        if number in shown and not row.scope and row.executions == "1":
            rows.append(kind)
        else:
            rows.append([text(row.op), text(row.shape), _number(node.macs, row.macs),
                         _number(node.flops, row.flops), row.params, text(row.tags),
                         text(row.scope), text(row.executions), kind])  # fmt: skip
    return {"text": list(texts), "rows": rows}


def _data(
    nodes: Sequence[PageNode],
    groups: Sequence[Alike],
    numbers: Sequence[int],
    names: Mapping[str, str],
    choices: Choices,
) -> dict[str, object]:
    """What the script has of operators besides their rows."""
    like = {number: row for row, same in enumerate(groups) for number, _ in same}
    ids = [nodes[number - 1].id for number in numbers]
    place = {node: at for at, node in enumerate(ids)}
    data: dict[str, object] = {
        "total": len(nodes),
        "name": brief_names([names[node] for node in ids]),
        "like": [like[number] for number in numbers],
        "rules": _places(
            ((label(f.rule), (p.node for p in f.places)) for f in choices.findings), place
        ),
        "blocks": _places(
            ((block_name(block.kind), block.nodes) for block in choices.blocks), place
        ),
    }
    if numbers and numbers[-1] != len(numbers):
        data["number"] = list(numbers)
    return data


def _how(groups: Sequence[Alike], formulas: Sequence[FormulaRow]) -> dict[str, object]:
    """How the counts of each row come about: ``how`` has the position of its formula, what makes
    its MACs, its FLOPs (0 where they are twice the MACs and no more than a number) and its
    parameters, and unless it is 0 a position in ``sure``; 0 for a row without any."""
    places = {(row.op, row.formula, row.flops, row.source): n for n, row in enumerate(formulas)}
    sure: dict[str, int] = {"": 0}
    rows: list[object] = []
    for (_place, node), *_others in groups:
        at = places.get(page_formula_key(node), -1)
        if at < 0 and not node.params:
            rows.append(0)
            continue
        twice, rest = f"2 · {node.macs}", (node.flops or 0) - 2 * (node.macs or 0)
        derived = node.macs and node.flops_substitution in (twice, f"{twice} + {rest}")
        row: list[str | int] = [
            at,
            _brief(node.substitution) if node.macs else "",
            0 if derived else _brief(node.flops_substitution),
            _brief(node.params_substitution),
        ]
        words = certainty_words(node.certainty, label(node.reason, widths.REASON))
        if words:
            row.append(sure.setdefault(words, len(sure)))
        rows.append(row)
    return {"how": rows, "sure": list(sure)}


def _brief(text: str) -> str:
    """Arithmetic for the script, which writes ``x`` and ``*`` as dots again: JSON takes six bytes
    for a dot."""
    return text.replace(" · ", "x").replace("·", "*")


def _number(value: int | None, words: str) -> int | str:
    """A number where ``words`` are its digits, else the words: a range, or that it is unknown."""
    return value if value is not None and value < EXACT and words == f"{value:,}" else words


def _places(
    found: Iterable[tuple[str, Iterable[str]]], place: Mapping[str, int]
) -> dict[str, list[int | list[int]]]:
    """Positions of the operators of each, which are shown, in the order of the file."""
    sets: dict[str, set[int]] = {}
    for name, nodes in found:
        sets.setdefault(name, set()).update(place[node] for node in nodes if node in place)
    return {name: runs(sorted(places)) for name, places in sets.items() if places}


def runs(places: Iterable[int]) -> list[int | list[int]]:
    """Increasing numbers, of which three and more that follow each other are their first and how
    many there are.

    >>> runs([1, 2, 4, 7, 8, 9, 10])
    [1, 2, 4, [7, 4]]
    """
    found: list[int | list[int]] = []
    for _, same in groupby(enumerate(places), key=lambda pair: pair[1] - pair[0]):
        run = [place for _, place in same]
        found += [[run[0], len(run)]] if len(run) > 2 else run
    return found


def brief_names(names: Iterable[str]) -> list[str]:
    """Each name behind a digit (``0`` to ``z``) of how many letters it shares with the one before.

    >>> brief_names(["/layer1/conv", "/layer1/relu", "fc"])
    ['0/layer1/conv', '8relu', '0fc']
    """
    found, last = [], ""
    for name in names:
        shared = 0
        for one, other in zip(last, name[:SHARED], strict=False):
            if one != other or not one.isascii():  # a script counts other letters otherwise
                break
            shared += 1
        found.append(f"{DIGITS[shared]}{name[shared:]}")
        last = name
    return found
