"""Facts and rules → findings: the rules run, then an ordered list of small processors.

A batch calls ``judge`` for each model and ``unused`` (``analyzer.findings.suppress``) once, so
that a suppression used by any model is not reported for the others; ``lint`` is both, for one.
"""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING, NamedTuple

from analyzer.dataclass import dataclass
from analyzer.display import Brief
from analyzer.errors import ConfigError
from analyzer.findings import suppress as suppression
from analyzer.findings.configuration import CONFIGURATION
from analyzer.findings.finding import Severity
from analyzer.findings.group import group
from analyzer.findings.order import dedupe, sort
from analyzer.findings.ratchet import apply_entries
from analyzer.findings.stale import of_other_sizes, stale
from analyzer.ruleset.option_values import typed
from analyzer.ruleset.select import matches, select_rules, unknown_selectors
from analyzer.ruleset.trusted import Trusted
from analyzer.sanitise.widths import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from analyzer.facts import Facts, Problem
    from analyzer.findings.baseline import Accepted, Baseline
    from analyzer.findings.finding import Finding
    from analyzer.findings.ratchet import Ratcheted
    from analyzer.findings.suppress import Suppressed, Suppression
    from analyzer.ruleset.option import OptionValue
    from analyzer.ruleset.rule import Rule
    from analyzer.ruleset.select import Selectable


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user may say about rules. Rules are named by id or name, except as noted."""

    select: tuple[str, ...] = ()
    """Ids, prefixes of ids, names or categories to run; empty for all stable rules."""
    ignore: tuple[str, ...] = ()
    """The same, not to run; wins over ``select``."""
    preview: bool = False
    """Run preview rules too."""
    severity: Mapping[str, str] = field(default_factory=dict)
    """Selector (as in ``select``) → ``error``, ``warning`` or ``info``; later entries win."""
    options: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Rule id or name → option → value."""
    suppressions: tuple[Suppression, ...] = ()
    baseline: Baseline | None = None
    """Findings accepted before; only new ones are reported."""
    trusted: Trusted = field(default_factory=Trusted)
    """What rules about trust need not name."""
    today: date | None = None
    """The day on which expiry dates are judged; ``None``: nothing has expired."""
    identify: bool = True
    """Give findings fingerprints; a baseline needs them in any case."""

    @property
    def identifies(self) -> bool:
        """Whether findings get fingerprints."""
        return self.identify or self.baseline is not None


@dataclass(frozen=True, slots=True, repr=False)
class Observed(Brief):
    """What rules say of one model, whatever anybody has decided about that."""

    findings: tuple[Finding, ...]
    """With the severities of the rules, one for each place."""
    problems: tuple[Problem, ...] = ()
    """Rules that would have had to look at too much: what they say is not all there is."""


@dataclass(frozen=True, slots=True, repr=False)
class Verdict(Brief):
    """Everything that was found in one model, also what is not reported."""

    findings: tuple[Finding, ...]
    """To report, gravest first, one for each place."""
    suppressed: tuple[tuple[Finding, Suppression], ...]
    """Silenced by configuration, with the entry that did it."""
    accepted: tuple[Finding, ...]
    """Already in the baseline."""
    used: frozenset[Suppression]
    """Suppressions that covered something."""
    problems: tuple[Problem, ...] = ()
    """Rules that would have had to look at too much: what they say is not all there is."""


def lint(
    facts: Facts, rules: Sequence[Rule], settings: Settings | None = None
) -> tuple[Finding, ...]:
    """Findings of one model, one for each cause, suppressions that did nothing included.

    Raises
    ------
    ConfigError
        ``settings`` name rules or options that do not exist, or values of a wrong type.
    """
    chosen = settings or Settings()
    verdict = judge(facts, rules, chosen)
    idle = unused_suppressions(chosen, verdict.used, (facts.model.path,))
    return group(sort((*verdict.findings, *idle), _positions(facts)))


def judge(facts: Facts, rules: Sequence[Rule], settings: Settings) -> Verdict:
    """Run the rules on one model and process what they find; raises ``ConfigError``."""
    return decide(observe(facts, rules, settings), facts, rules, settings)


def observe(facts: Facts, rules: Sequence[Rule], settings: Settings) -> Observed:
    """Run the rules that ``settings`` select on one model; raises ``ConfigError``."""
    from analyzer.ruleset.engine import evaluate  # lazily: to check settings takes no engine

    options = check_settings(rules, settings)
    chosen = select_rules(rules, settings.select, settings.ignore, settings.preview)
    # dedupe first: a baseline is written from reported findings, so duplicates must not be
    # counted against it.
    limits: list[Problem] = []
    matched = evaluate(
        facts, chosen, options, limits, settings.trusted, identify=settings.identifies
    )
    return Observed(yielding(dedupe(matched), chosen), tuple(limits))


def decide(observed: Observed, facts: Facts, rules: Sequence[Rule], settings: Settings) -> Verdict:
    """What becomes of findings: of the operators of ``facts`` only those that they are about
    count."""
    # severity before what takes findings out: formats show those too, as grave as they would be.
    # sort, which puts the gravest first, after severity; nothing after it changes the order.
    ordered = sort(regrade(observed.findings, rules, settings.severity), _positions(facts))
    # suppress before baseline: a finding in both would else leave its suppression unused, and
    # the baseline would keep findings that configuration already explains.
    names = {node.id: node.name for node in facts.nodes} if settings.suppressions else {}
    split = suppression.suppress(
        ordered, settings.suppressions, facts.model.path, settings.today, names
    )
    if settings.baseline is None:
        return Verdict(split.kept, split.silenced, (), split.used, observed.problems)
    judged = _ratchet(facts, split, settings.baseline)
    whole = not (facts.inconclusive or observed.problems)
    chosen = select_rules(rules, settings.select, settings.ignore, settings.preview)
    gone = [e for e in judged.gone if was_looked_for(e, facts, chosen)] if whole else []
    notes = governed((*judged.notes, *stale(gone, settings.baseline)), settings)
    return Verdict(
        sort((*judged.new, *notes), _positions(facts)),
        split.silenced, judged.accepted, split.used, observed.problems,
    )  # fmt: skip


def _ratchet(facts: Facts, split: Suppressed, baseline: Baseline) -> Ratcheted:
    """What the baseline makes of the findings of one model."""
    path = facts.model.path
    notes = of_other_sizes(facts.assumptions, baseline.sizes_of(path))
    silenced = [finding for finding, _ in split.silenced]
    judged = apply_entries(split.kept, baseline.of(path), silenced, magnitudes=not notes)
    return replace(judged, notes=notes if judged.pairs else ())


def was_looked_for(entry: Accepted, facts: Facts, rules: Iterable[Rule]) -> bool:
    """Whether a finding like this would have been found, had it been there."""
    rule = next((rule for rule in rules if rule.id == entry.rule), None)
    if rule is None or (rule.reads_weights and facts.evidence is None):
        return False
    return not entry.target or any(fit.target == entry.target for fit in facts.targets)


def yielding(findings: Sequence[Finding], rules: Sequence[Rule]) -> tuple[Finding, ...]:
    """``findings`` without those for which another rule has said all at the same place."""
    yields = {rule.id: rule.yields_to for rule in rules if rule.yields_to}
    said = {(finding.rule, finding.node) for finding in findings} if yields else set()
    return tuple(
        finding
        for finding in findings
        if not any((other, finding.node) in said for other in yields.get(finding.rule, ()))
    )


def unused_suppressions(
    settings: Settings, used: frozenset[Suppression], models: Sequence[str]
) -> tuple[Finding, ...]:
    """Findings about suppressions that did nothing in a whole run over ``models``."""
    return governed(
        suppression.unused(settings.suppressions, used, models, settings.today), settings
    )


def governed(findings: Iterable[Finding], settings: Settings) -> tuple[Finding, ...]:
    """Findings of the configuration as ``settings`` want them: ignored, or graded."""
    left = tuple(rule for rule in CONFIGURATION
                 if not any(matches(rule, word) for word in settings.ignore))  # fmt: skip
    kept = {rule.id for rule in left}
    return regrade([f for f in findings if f.rule in kept], left, settings.severity)


def regrade(
    findings: Sequence[Finding], rules: Sequence[Selectable], severity: Mapping[str, str]
) -> tuple[Finding, ...]:
    """Findings with configured severities."""
    graded = {
        rule.id: Severity(level)
        for selector, level in severity.items()
        for rule in rules
        if matches(rule, selector)
    }
    return tuple(replace(f, severity=graded.get(f.rule, f.severity)) for f in findings)


def check_settings(rules: Sequence[Rule], settings: Settings) -> dict[str, dict[str, OptionValue]]:
    """Typed option overrides by rule id; raises one ``ConfigError`` with every mistake."""
    options, mistakes = settle(rules, settings)
    if mistakes:
        raise ConfigError(*(mistake.text for mistake in mistakes))
    return options


class Mistake(NamedTuple):
    """Something that is wrong with a setting."""

    place: tuple[str, ...]
    """Field of ``Settings`` and, in a table, its keys."""
    text: str


def settle(
    rules: Sequence[Rule], settings: Settings
) -> tuple[dict[str, dict[str, OptionValue]], list[Mistake]]:
    """Typed option overrides by rule id, and everything that is wrong with ``settings``."""
    words = [*(("select", w) for w in settings.select), *(("ignore", w) for w in settings.ignore),
             *(("severity", w) for w in settings.severity),
             *(("suppress", s.rule) for s in settings.suppressions)]  # fmt: skip
    mistakes = [
        Mistake((field, word), text)
        for field, word in words
        for text in unknown_selectors((*rules, *CONFIGURATION), [word])
    ]
    mistakes += [
        Mistake(
            ("severity", selector),
            f"severity of {selector[:40]} must be error, warning or info, not {quoted(level)}",
        )
        for selector, level in settings.severity.items()
        if level not in list(Severity)
    ]
    by_word = {word: rule for rule in rules for word in (rule.id, rule.name)}
    options: dict[str, dict[str, OptionValue]] = {}
    for word, overrides in settings.options.items():
        rule = by_word.get(word)
        if rule is None:
            texts = unknown_selectors(rules, [word])
            texts = texts or [f"options need one rule, not {quoted(word)}"]
            mistakes += [Mistake(("options", word), text) for text in texts]
            continue
        for name, value in overrides.items():
            try:
                options.setdefault(rule.id, {})[name] = typed(rule.options, name, value)
            except ValueError as error:
                mistakes.append(Mistake(("options", word, name), f"{rule.id}: {error}"))
    return options, mistakes


def _positions(facts: Facts) -> dict[str, int]:
    return {node.id: index for index, node in enumerate(facts.nodes)}
