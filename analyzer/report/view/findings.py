"""Findings grouped by rule, in order of what acting on them brings."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.language import _, mark, ngettext, retold, series
from analyzer.report.view.devices import main_device
from analyzer.report.view.neighbours import Neighbours
from analyzer.report.view.pace import paces, split_paces
from analyzer.restore import record
from analyzer.sanitise import clean, label, widths

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from analyzer.facts import Facts, Problem
    from analyzer.findings.finding import Finding
    from analyzer.report.result import Result
    from analyzer.ruleset.rule import Rule

ORDER = ("error", "warning", "info")
_SAFETY = {
    "display": mark("This is advice: it needs a decision."),
    "unsafe": mark("This may change results: compare them before and after."),
    "interface": mark("This changes what callers pass or receive; what is computed stays."),
    "safe": mark("This does not change what the model computes."),
}


_TRAINS = {
    ("display", "train"): mark("This is advice: it needs a decision, and retraining."),
    ("unsafe", "train"): mark("This changes what the model computes, and needs training again."),
    ("unsafe", "fine-tune"): mark("This changes what the model computes, and needs fine-tuning."),
}
TRAINING = {
    "fine-tune": mark("then fine-tune; accuracy unknown until measured"),
    "train": mark("then train again; accuracy unknown until measured"),
}
"""What follows an action, by ``Rule.training``."""


def safety(rule: Rule) -> str:
    """What becomes of the model by acting on a rule; in English, as it is to be translated."""
    return _TRAINS.get((rule.fix_safety, rule.training)) or _SAFETY[rule.fix_safety]


SECURE = "https://"
"""How the address of every link begins."""
LONGEST, PLACE = 160, 60
"""Characters of an action, and of the place that it names."""
MOST = 500
"""Rows kept of one rule, and places of one row: what a page may list."""


@record
class Link:
    """Where to read more."""

    words: str
    address: str
    """Empty for a book or a paper without one."""


@record
class PlaceRow:
    """Findings of a group that say the same, names aside."""

    nodes: tuple[str, ...]
    """Ids of the nodes, or names of what it is about; what saves most first, at most ``MOST``. An
    empty one is the whole model."""
    count: int
    """Places in all."""
    message: str
    """Of the first."""
    advice: tuple[str, ...]
    """What to do there, and what to ask the supplier."""
    macs: int | None
    """MACs saved at all of them, ``None`` where a saving is not a number."""
    left_out: bool = False
    """They take longer on the first device afterwards, by our own model, and others of the group
    do not, or all do that are split by their weights: no sum counts them."""


@record
class Group:
    """All findings of one rule."""

    rule: str
    name: str
    title: str
    severity: str
    count: int
    why: tuple[str, ...]
    """Paragraphs."""
    fix: tuple[str, ...]
    action: str
    """What to do, in a few words that begin with a verb, and where or at how many places."""
    safety: str
    references: tuple[Link, ...]
    macs: int
    """MACs that acting on all of them saves, but for those that are left out."""
    params: int
    places: tuple[PlaceRow, ...]
    """What saves most first; at most ``MOST``."""
    rows: int
    """Rows in all."""
    informs: bool
    """It only informs: no saving hangs on it."""
    left_out: int = 0
    """Of ``count``, those that take longer on the first device afterwards, by our own model."""

    @property
    def anchor(self) -> str:
        """Stable across runs and releases: the rule's id."""
        return f"rule-{self.rule}"


def training(kind: str) -> str:
    """``then train again; accuracy unknown until measured``; empty for ``none``."""
    return _(TRAINING[kind]) if kind in TRAINING else ""


def group(result: Result) -> tuple[Group, ...]:
    """Groups with errors first, then warnings about use, then by MACs saved, then by severity and
    id."""
    rules = {rule.id: rule for rule in result.rules}
    found: dict[str, list[Finding]] = {}
    for finding in result.places:
        found.setdefault(finding.rule, []).append(finding)
    words = Neighbours(result.facts)
    device = main_device(result.devices)
    splits = split_paces(result, device)
    timed = paces(result, device) | splits
    slow = {rule: frozenset(each.left_out) for rule, each in timed.items()}
    longer = {rule for rule, each in splits.items() if each.slower}
    groups = [_group(items, rules.get(rule), words, slow.get(rule, frozenset()), rule in longer)
              for rule, items in found.items()]  # fmt: skip
    against = about_use(result)
    return tuple(sorted(groups, key=lambda each: _rank(each, against)))


def about_use(result: Result) -> frozenset[str]:
    """Rules whose warnings are to be looked at before the model is used."""
    return frozenset(label(rule.id) for rule in result.rules if rule.stake == "use")


def first_of_each(findings: Iterable[Finding], most: int) -> tuple[list[Finding], dict[str, int]]:
    """The first ``most`` findings of each rule, and by rule how many more there are."""
    count: Counter[str] = Counter()
    shown = []
    for finding in findings:
        count[finding.rule] += 1
        if count[finding.rule] <= most:
            shown.append(finding)
    return shown, {rule: n - most for rule, n in count.items() if n > most}


SAMPLE = 3
"""Further places of a finding that a line names."""


def others(finding: Finding, names: Mapping[str, str]) -> str:
    """``also at b, c and 10 more places; 1.5 GMACs in all``: a finding's places but the first.

    ``names`` has the names of nodes that have one.
    """
    rest = [place.node for place in finding.places[1:]]
    sample = ", ".join(label(names.get(node, node), widths.PATH) for node in rest[:SAMPLE] if node)
    left = len(rest) - SAMPLE if sample else len(rest)
    parts = [sample] if sample else []
    if left > 0:
        parts.append(_("{n} more", n=f"{left:,}") if sample
                     else _("{places} more", places=units.places(left)))  # fmt: skip
    also = _("also at {places}", places=series(parts))
    if finding.value is not None and finding.unit and finding.total == "sum":
        amount = units.magnitude(finding.value, finding.unit)
        return _("{also}; {amount} in all", also=also, amount=amount)
    return also


def not_listed(rule: str, count: int) -> str:
    """``and 3 more findings of GRF002``."""
    return ngettext("and {n} more finding of {rule}", "and {n} more findings of {rule}", count,
                    rule=label(rule))  # fmt: skip


def messages(findings: Iterable[Finding]) -> dict[str, list[str]]:
    """What is said about each place."""
    told: dict[str, list[str]] = {}
    for finding in findings:
        told.setdefault(finding.node, []).append(finding.message)
    return told


def is_told(problem: Problem, told: Mapping[str, Sequence[str]]) -> bool:
    """Whether a finding in ``told`` (see ``messages``) says what ``problem`` does."""
    said = retold(problem.message)
    return any(said in message for message in told.get(problem.where, ()))


def _rank(group: Group, against: Collection[str]) -> tuple[bool, bool, int, int, str]:
    """``against``: rules whose warnings are about use."""
    severity = ORDER.index(group.severity)
    harmless = group.severity != "warning" or group.rule not in against
    return severity > 0, harmless, -group.macs, severity, group.rule


def _group(
    items: list[Finding],
    rule: Rule | None,
    words: Neighbours,
    slow: Collection[str],
    longer: bool = False,
) -> Group:
    """``longer``: none is recommended, as all of them take longer once they are split."""
    first, wanted = items[0], [f for f in items if f.node not in slow]
    savings = {f.node: f.saving for f in wanted if f.saving is not None}
    items = sorted(items, key=lambda f: (f.node in slow, -(f.saving.macs if f.saving else 0)))
    rows = _alike(items, words, slow)
    return Group(
        rule=label(first.rule),
        name=label(first.name),
        title=headline(rule.summary if rule else first.name.replace("-", " ")),
        severity=min((f.severity.value for f in items), key=ORDER.index),
        count=len(items),
        why=paragraphs(rule.rationale if rule else ""),
        fix=(*paragraphs(rule.fix if rule else first.fix), *_growing(words.facts, rule)),
        action=heading_of(wanted, words.facts, rule),
        safety=_(safety(rule)) if rule else "",
        references=tuple(map(reference, rule.references)) if rule else (),
        macs=sum(s.macs for s in savings.values()),
        params=sum(s.params for s in savings.values()),
        places=tuple(_row(same, longer or same[0].node in slow) for same in rows[:MOST]),
        rows=len(rows),
        informs=not savings and all(f.severity == ORDER[-1] for f in items),
        left_out=len(items) - len(wanted),
    )


def _growing(facts: Facts, rule: Rule | None) -> Iterator[str]:
    """What the tool that a remedy names would do to the file, where it needs a limit."""
    if rule is not None and rule.tool == "onnxslim" and rule.tool in rule.fix:
        from analyzer.report.view.options.form import file_bytes
        from analyzer.report.view.simplified import added, command

        found = added(facts, "onnxslim", tidies=True)
        if found.limit:
            told = found.told(file_bytes(facts))
            yield _("Limit what is stored with `{command}`: {told}.", told=told,
                    command=command("onnxslim", found.limit))  # fmt: skip


def _alike(
    items: Iterable[Finding], words: Neighbours, slow: Collection[str]
) -> list[list[Finding]]:
    """Findings that differ in names alone stand together."""
    found: dict[tuple[object, ...], list[Finding]] = {}
    for finding in items:
        macs = finding.saving.macs if finding.saving else None
        said = (finding.message, finding.remedy, finding.ask)
        key = (macs, finding.severity, finding.node in slow, *words.masked(finding.node, said))
        found.setdefault(key, []).append(finding)
    return list(found.values())


def _row(same: Sequence[Finding], left_out: bool) -> PlaceRow:
    first = same[0]
    saved = {f.node: f.saving.macs for f in same if f.saving}
    return PlaceRow(
        nodes=tuple(f.node for f in same[:MOST]),
        count=len(same),
        message=label(first.message, widths.TEXT),
        advice=tuple(_advice(first)),
        macs=sum(saved.values()) if saved else None,
        left_out=left_out,
    )


def _advice(finding: Finding) -> Iterator[str]:
    if finding.remedy:
        yield _("fix: {text}", text=label(finding.remedy, widths.TEXT))
    if finding.ask:
        yield _("ask: {text}", text=label(finding.ask, widths.TEXT))


def heading(
    items: Sequence[Finding], facts: Facts, names: bool = False, counts: bool = False
) -> str:
    """What to do about the findings of one rule, and where: ``Fold the batch normalisation into the
    layer before it: 53 of 54 BatchNormalization operators``.

    One place is named, of several there is the number. ``names``: the words name it themselves;
    ``counts``: each place is one operator, and tells of how many of its type.
    """
    texts = [asked(finding) for finding in items]
    first, more = texts[0], len(items) - 1
    if more and texts.count(first) <= more:
        return _("{action}, and {n} more", action=first, n=f"{more:,}")
    if names:
        return first
    one = _place(items[0].node, facts)
    many = _many_places(items, facts) if counts else units.places(len(items))
    place = many if more else one
    return f"{first}: {place}" if place else first


def _place(node: str, facts: Facts) -> str:
    """What a reader calls it, with its type where the name does not say it; empty for the whole
    model."""
    if node not in facts:
        return label(node, PLACE)
    name, kind = label(facts[node].name or node, PLACE), label(facts[node].op_type, PLACE)
    return name if kind.lower() in name.lower() else f"{name} ({kind})"


def is_about_operators(rule: Rule) -> bool:
    """Whether each place of a rule is one operator, and no part of a formula or of a pair of
    alike."""
    alone = (len(p) < 2 or (len(p) == 2 and not p[0] & p[1]) for p in rule.operators)
    return rule.subject != "block" and all(alone)


def heading_of(items: Sequence[Finding], facts: Facts, rule: Rule | None) -> str:
    """The heading of a rule's findings."""
    if rule is None:
        return heading(items, facts)
    return heading(items, facts, rule.names_place, is_about_operators(rule))


def _many_places(items: Sequence[Finding], facts: Facts) -> str:
    """``16 of 53 Conv operators`` where all are operators of one type, else how many there are."""
    nodes = {f.node: facts[f.node] for f in items if f.node in facts}
    types = {(node.domain, node.op_type) for node in nodes.values()}
    if len(nodes) < len(items) or len(types) != 1:
        return units.places(len(items))
    ((_domain, kind),) = types
    among = sum((node.domain, node.op_type) in types for node in facts.nodes)
    if among == len(nodes):
        return _("all {n} {type} operators", n=units.count(among), type=label(kind, PLACE))
    return _("{n} of {all} {type} operators", n=units.count(len(nodes)), all=units.count(among),
             type=label(kind, PLACE))  # fmt: skip


def asked(finding: Finding) -> str:
    """In the imperative, without a place; of a rule without words for that what its remedy begins
    with."""
    return label(finding.action or first_sentence(finding.fix), LONGEST)


def headline(summary: str) -> str:
    """A rule's summary as a heading: ``Finds large kernels.`` is ``Large kernels``."""
    text = clean(" ".join(summary.split())).rstrip(".").removeprefix("Finds ")
    return text[:1].upper() + text[1:]


def reference(text: str) -> Link:
    """``https://… (words)`` taken apart."""
    address, _, words = clean(text).partition(" ")
    if not address.startswith(SECURE):
        return Link(clean(text), "")
    return Link(words.strip("() ") or address.removeprefix(SECURE), address)


def first_sentence(text: str) -> str:
    """Up to the first full stop that ends a sentence, which is left out."""
    flat = clean(" ".join(text.split()))
    return flat.partition(". ")[0].rstrip(".")


def paragraphs(text: str) -> tuple[str, ...]:
    """Blank lines separate paragraphs; other line breaks are spaces."""
    return tuple(
        clean(" ".join(part.split())) for part in re.split(r"\n\s*\n", text.strip()) if part
    )
