"""What a rule file says, as frozen records."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, Protocol

from analyzer.dataclass import dataclass
from analyzer.display import Brief
from analyzer.ruleset.fields import EVIDENCE, STATISTICS

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from analyzer.findings.finding import Severity
    from analyzer.ruleset.expression import Amount, Expression, Message
    from analyzer.ruleset.option import Option, OptionValue
    from analyzer.ruleset.pattern import OpType, Pattern


@dataclass(frozen=True, slots=True)
class Example:
    """A small model and what the rule must say about it: documentation and test in one."""

    name: str
    expect: str
    """``match`` or ``no-match``."""
    model: str
    """ONNX text syntax, as ``onnx.parser`` reads it."""
    options: Mapping[str, OptionValue]
    """Option overrides by name under which the example holds."""
    append: bytes
    """Bytes that follow the model in its file: what the text syntax cannot spell."""
    targets: tuple[str, ...]
    """Where the model is to run."""
    beside: Mapping[str, bytes | str]
    """Contents of the files beside it by name; a text names a file that it is a hard link of."""
    line: int
    """Line of the example in the rule file."""


@dataclass(frozen=True, slots=True)
class Measure:
    """How much of what a rule finds there is at a place."""

    of: Amount
    """A number of the place."""
    unit: str
    """Unit of the number, for people and for JSON."""
    total: str
    """``sum`` or ``max``: how the values of several places add up."""
    saves: str = ""
    """What acting at the place saves that much of, one of ``SAVINGS``; empty where the number
    tells how much there is and not what can be saved."""


class Unread(Protocol):
    """What is known of a rule before all of its file is read."""

    @property
    def text(self) -> str: ...

    @property
    def reads_weights(self) -> bool: ...

    @property
    def operators(self) -> tuple[tuple[frozenset[OpType], ...], ...]: ...

    @property
    def needs_setting(self) -> bool: ...

    def fill(self, name: str) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True, repr=False)
class Rule(Brief):
    """One opinion about facts, read from one file."""

    id: str
    """Stable: three capital letters (the category) and three digits, e.g. ``SEP001``."""
    name: str
    """Kebab-case name of the bad pattern, e.g. ``separable-candidate``."""
    category: str
    """Word that groups rules, e.g. ``separable``."""
    severity: Severity
    """Weight of its findings unless configured otherwise."""
    status: str
    """``preview`` (runs only on request), ``stable`` or ``deprecated`` (runs only by name)."""
    since: str
    """Version of onnxlint that first had it; empty for a user's own rule."""
    subject: str
    """What one evaluation is about: ``node``, ``block``, ``tensor``, ``problem``,
    ``assumption`` or ``model``."""
    selector: tuple[str, ...]
    """Operator types, block kinds … it applies to; empty for all of them."""
    options: Mapping[str, Option]
    """By name as written in files."""
    when: Expression
    """Condition that a subject meets."""
    message: Message
    """Template of the finding's one line."""
    summary: str
    """One line: what it does."""
    rationale: str
    """Why the pattern is bad, with the formula."""
    fix: str
    """What to do and what that costs."""
    fix_safety: str
    """``display`` (advice only), ``unsafe`` (may change results), ``interface``
    (changes what callers pass or receive, and no result) or ``safe``."""
    effort: str
    """Work of acting on it: ``low`` (a tool or a setting of the exporter), ``medium`` (code, or
    calibration, and a comparison of outputs) or ``high`` (training)."""
    risk: str
    """What may be lost by that: ``none`` (the same results), ``low`` (last digits), ``medium``
    (accuracy, to be measured) or ``high`` (accuracy that only training brings back)."""
    confidence: str
    """How sure it is that acting pays: ``high`` (follows from the file), ``medium`` (on most
    runtimes and data) or ``low`` (a sign that something may be wrong)."""
    references: tuple[str, ...]
    """URLs and papers."""
    examples: tuple[Example, ...]
    """At least one match and one no-match."""
    source: str
    """Name of the rule file, for messages."""
    group: str = "message"
    """What makes two findings one to people: the same ``message``, or the ``rule`` alone."""
    value: Measure | None = None
    """How much of it there is."""
    remedy: Message | None = None
    """Template of the one thing to do at this place; ``None``: ``fix`` says all."""
    ask: Message | None = None
    """Template of what to ask whoever supplied the model."""
    action: Message | None = None
    """Template of what to do, in a few words that begin with a verb: a heading; ``None``: the
    first sentence of ``fix``."""
    match: tuple[Pattern, ...] = ()
    """Patterns over several operators, any of which it applies to; the subject is then the
    operator of the last statement. Empty: it applies to every subject that is selected."""
    unless: tuple[Pattern, ...] = ()
    """Patterns of which none may match with the same tensors."""
    yields_to: tuple[str, ...] = ()
    """Ids of rules whose finding at a place leaves nothing to say for this one."""
    training: str = "none"
    """What has to follow before the model is of use again: ``none``, ``fine-tune`` (from the
    weights that it has) or ``train`` (they do not carry over)."""
    stake: str = "cost"
    """What is at stake: ``use`` (whether the model runs, is safe, or computes what was meant),
    ``sharing`` (what it tells whoever gets it) or ``cost`` (what it takes)."""
    tool: str = "none"
    """What undoes it without anybody's looking: ``onnxslim`` or ``onnxruntime`` (its basic
    optimisations), as seen on at least half of the rule's own examples."""
    on_load: str = "none"
    """What ONNX Runtime does of it itself when it loads a model, such as to fold ``constants``;
    where that reaches follows from the facts."""
    _later: Unread | None = field(default=None, repr=False, compare=False)
    """What gives the fields that are not read yet; for onnxlint itself."""

    if not TYPE_CHECKING:  # a misspelt field is still an error to a type checker

        def __getattr__(self, name: str) -> Any:
            """A field that is read when it is asked for."""
            later = object.__getattribute__(self, "_later")
            if later is None or name not in type(self).__slots__:
                raise AttributeError(f"a rule has no {name!r}")
            for key, value in later.fill(name).items():
                object.__setattr__(self, key, value)
            return object.__getattribute__(self, name)

    @property
    def operators(self) -> tuple[tuple[frozenset[OpType], ...], ...]:
        """The operators of each statement of each pattern."""
        if self._later is not None:
            return self._later.operators
        return tuple(
            tuple(frozenset(statement.operators) for statement in pattern.statements)
            for pattern in self.match
        )

    @property
    def has_patterns(self) -> bool:
        """Whether it is about several operators."""
        return bool(self.operators)

    def may_match(self, types: Container[OpType]) -> bool:
        """Whether a model whose operators are of these types may hold a match of its patterns."""
        patterns = self.operators
        return not patterns or any(
            all(any(operator in types for operator in statement) for statement in pattern)
            for pattern in patterns
        )

    @property
    def needs_setting(self) -> bool:
        """True when it is silent until somebody sets an option, such as a budget."""
        if self._later is not None:
            return self._later.needs_setting
        return any(option.default is None for option in self.options.values())

    @property
    def needs_target(self) -> bool:
        """True when it is about where the model is to run, which somebody has to say."""
        return self.subject in ("deployment", "blocker")

    @property
    def names_place(self) -> bool:
        """True when its action says what it is about: ``Get the file {{ problem.file }}``."""
        return self.action is not None and f"{{{{ {self.subject}." in self.action.source

    @property
    def reads_weights(self) -> bool:
        """True when its condition is about trained weights, which then have to be read."""
        if self._later is not None:
            return self._later.reads_weights
        when = self.when
        return not (when.groups.isdisjoint(EVIDENCE) and when.fields.isdisjoint(STATISTICS))
