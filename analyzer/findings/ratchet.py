"""Which findings of today a baseline accepts: the same places, and none that is worse.

A finding is paired with an accepted one that it shares an identity with, the strictest first
(``fingerprint.IDENTITIES``), each with one. It is accepted while its magnitude is no larger and it
has not become an error; else it is new, and says so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.dataclass import dataclass
from analyzer.findings.baseline import entry_of
from analyzer.findings.finding import Severity
from analyzer.findings.fingerprint import IDENTITIES, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from analyzer.findings.baseline import Accepted
    from analyzer.findings.finding import Finding
    from analyzer.findings.fingerprint import Fingerprint

TOLERANCE = 1e-6
"""Share by which a magnitude that is no whole number may grow: sums of floating-point numbers
depend on the order of their terms. Whole numbers may not grow at all."""


@dataclass(frozen=True, slots=True)
class Ratcheted:
    """What a baseline makes of the findings of one model."""

    new: tuple[Finding, ...]
    """To report, also what has become worse."""
    accepted: tuple[Finding, ...]
    gone: tuple[Accepted, ...]
    """Entries without a finding, ``count`` of each."""
    held: tuple[Accepted, ...]
    """Entries of findings that are silenced anyway."""
    pairs: tuple[tuple[Finding, Accepted], ...]
    """Findings, worse ones too, with the entry that each is."""
    notes: tuple[Finding, ...] = ()
    """What is to be said of the baseline itself."""


def apply_entries(
    findings: Sequence[Finding],
    entries: Sequence[Accepted],
    silenced: Sequence[Finding] = (),
    *,
    magnitudes: bool = True,
) -> Ratcheted:
    """What entries about one model make of its findings.

    Split ``findings``, one for each place; they keep their order.

    Parameters
    ----------
    silenced : findings that are not reported; an entry that is theirs is not gone.
    magnitudes : whether those of findings and entries are of one sort.
    """
    pairs = pair(findings, entries, magnitudes=magnitudes)
    new, accepted, used = [], [], [0] * len(entries)
    found = []
    for finding, index in zip(findings, pairs, strict=True):
        if index is None:
            new.append(finding)
            continue
        entry = entries[index]
        used[index] += 1
        found.append((finding, entry))
        worse = _worse(finding, entry, magnitudes=magnitudes)
        if worse:
            new.append(replace(finding, message=f"{finding.message}; {worse}"))
        else:
            accepted.append(finding)
    left = [entry.count - count for entry, count in zip(entries, used, strict=True)]
    unused = [replace(e, count=count) for e, count in zip(entries, left, strict=True) if count]
    held = Counter(pair(silenced, unused, magnitudes=False))
    return Ratcheted(
        tuple(new),
        tuple(accepted),
        tuple(
            replace(e, count=e.count - held[i]) for i, e in enumerate(unused) if e.count > held[i]
        ),
        tuple(replace(e, count=held[i]) for i, e in enumerate(unused) if held[i]),
        tuple(found),
    )


def pair(
    findings: Sequence[Finding], entries: Sequence[Accepted], *, magnitudes: bool = True
) -> list[int | None]:
    """The index of the entry that each finding is, where there is one.

    Of several that nothing tells apart those are paired that fit, so that as many as possible
    are accepted. Takes time linear in both, but for sorting those.
    """
    of_findings = [_identity(finding.fingerprint) for finding in findings]
    of_entries = [_identity(entry.fingerprint) for entry in entries]
    left = [min(entry.count, len(findings)) for entry in entries]
    result: list[int | None] = [None] * len(findings)
    open_findings: list[int] = list(range(len(findings)))
    for parts in IDENTITIES:
        lenient = parts in (("kind",), ())
        waiting: Mapping[object, list[int]] = defaultdict(list)
        for index in open_findings:
            if not parts and not findings[index].tidied:
                continue
            waiting[_key(findings[index].rule, of_findings[index], parts)].append(index)
        offered: Mapping[object, list[int]] = defaultdict(list)
        for index, entry in enumerate(entries):
            key = _key(entry.rule, of_entries[index], parts) if left[index] else None
            if key in waiting:
                offered[key].extend([index] * min(left[index], len(waiting[key])))
        for key, these in offered.items():
            for one, other in _fit(waiting[key], these, findings, entries, magnitudes, lenient):
                result[one] = other
                left[other] -= 1
        open_findings = [index for index in open_findings if result[index] is None]
        if not open_findings:
            break
    return result


def unpaired(
    old: Sequence[Finding], new: Sequence[Finding]
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Findings that only an old model has, and those that only a new one has, one for each place
    and however much there is of them."""
    pairs = pair(new, [entry_of(finding) for finding in old], magnitudes=False)
    known = set(pairs)
    went = tuple(finding for index, finding in enumerate(old) if index not in known)
    return went, tuple(f for f, index in zip(new, pairs, strict=True) if index is None)


def _fit(
    ones: Sequence[int],
    others: Sequence[int],
    findings: Sequence[Finding],
    entries: Sequence[Accepted],
    magnitudes: bool,
    lenient: bool,
) -> Iterable[tuple[int, int]]:
    """Pairs of findings and entries of one identity: the largest of each, where they fit; then
    what is left, where the identity says more than what kind of thing it is."""
    ones = sorted(ones, key=lambda i: _size(findings[i].value, -inf), reverse=True)
    others = sorted(others, key=lambda i: _rank(entries[i]), reverse=True)
    unfit, taken = [], 0
    for one in ones:
        if taken == len(others):
            return
        if _worse(findings[one], entries[others[taken]], magnitudes=magnitudes):
            unfit.append(one)
        else:
            yield one, others[taken]
            taken += 1
    if not lenient:
        yield from zip(unfit, others[taken:], strict=False)


def _worse(finding: Finding, entry: Accepted, *, magnitudes: bool) -> str:
    """Clause for people: in what way a finding is worse than what was accepted, if it is."""
    if finding.severity is Severity.ERROR and entry.severity is not Severity.ERROR:
        article = "an" if entry.severity is Severity.INFO else "a"
        return f"the baseline has it as {article} {entry.severity}"
    now, then = finding.value, entry.value
    if not magnitudes or now is None or then is None or finding.unit != entry.unit:
        return ""
    if not _outgrows(now, then):
        return ""
    here, there = amount(now, finding.unit), amount(then, entry.unit)
    told = here in finding.message or here == there
    return f"{'' if told else f'{here}, '}the baseline has {there}"


def _outgrows(now: float, then: float) -> bool:
    """Whether a magnitude is larger, by more than rounding."""
    if isinstance(now, int) and isinstance(then, int):
        return now > then
    try:
        return not now <= then + TOLERANCE * abs(then)
    except OverflowError:  # a whole number beyond all floating-point numbers
        return now > then


def better(now: Accepted, then: Accepted, *, magnitudes: bool = True) -> Accepted:
    """An entry as it is ``now``, but for what has become worse since ``then``."""
    severity = then.severity if now.severity is Severity.ERROR else now.severity
    value, old = now.value, then.value
    if magnitudes and old is None:
        return replace(now, severity=severity)
    if magnitudes and value is not None and old is not None and now.unit == then.unit:
        old = min(value, old)
    return replace(now, severity=severity, value=old, unit=then.unit)


def amount(value: float, unit: str) -> str:
    """A magnitude for people.

    >>> amount(4_866_571_264, "MAC"), amount(2048, "bytes"), amount(0.125, "")
    ('4.867 GMAC', '2 KiB', '0.125')
    """
    if unit in ("B", "bytes"):
        return units.size(value)
    small = abs(value) < 1
    return units.number(value, unit) if small else units.magnitude(value, unit)


def _rank(entry: Accepted) -> tuple[bool, float]:
    return entry.severity is Severity.ERROR, _size(entry.value, inf)


def _size(value: float | None, unknown: float) -> float:
    return unknown if value is None or value != value else value  # NaN is as good as unknown


def _identity(fingerprint: str) -> Fingerprint | None:
    """A fingerprint's parts; ``None`` where a finding has none."""
    return parts_of(fingerprint) if fingerprint else None


def _key(rule: str, identity: Fingerprint | None, parts: tuple[str, ...]) -> object:
    return (rule, *(getattr(identity, part) for part in parts)) if identity else None
