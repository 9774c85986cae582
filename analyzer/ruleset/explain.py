"""A rule's page: always the same headings, all of it from the rule file."""

from __future__ import annotations

from textwrap import fill as wrap
from typing import TYPE_CHECKING

from analyzer.language import _, mark, rule_words, spoken, term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.findings.configuration import ConfigurationRule
    from analyzer.ruleset.option import Option
    from analyzer.ruleset.rule import Example, Rule

SAFETY = {
    "display": mark("Advice only: onnxlint changes nothing, and whether to act is a judgement."),
    "unsafe": mark("May change the results of the model: retrain or validate before use."),
    "interface": mark("Leaves results unchanged, but not what callers have to pass or receive."),
    "safe": mark("Leaves the results of the model unchanged."),
}


def explain(rule: Rule) -> str:
    """Markdown under fixed headings: What it does, Why is this bad, Example, Use instead, Fix,
    Fix safety, Ask the supplier (of rules about trust), Options, References."""
    bad = [e for e in rule.examples if e.expect == "match"]
    good = [e for e in rule.examples if e.expect == "no-match"]
    none = _("None.")
    parts = [
        f"# {rule.name} ({rule.id})",
        _kind(rule),
        _section(_("What it does"), rule.summary, *_condition(rule)),
        _section(_("Why is this bad"), rule.rationale),
        _section(_("Example"), *map(_example, bad[:1])),
        _section(_("Use instead"), *map(_example, good[:1])),
        _section(_("Fix"), *_asked(rule), rule.fix),
        _section(_("Fix safety"), _(SAFETY[rule.fix_safety]), _judgement(rule)),
        *([_section(_("Ask the supplier"), rule.ask.source)] if rule.ask else []),
        _section(_("Options"), "\n".join(_options(rule)) or none),
        _section(_("References"), "\n".join(f"- {url}" for url in rule.references) or none),
    ]
    return "\n\n".join(parts) + "\n"


def _kind(rule: Rule | ConfigurationRule) -> str:
    """Category, severity, status and age."""
    facts = [term(rule.category), _("severity {severity}", severity=term(rule.severity))]
    facts += [term(rule.status)]
    facts += [_("since {version}", version=rule.since)] if rule.since else []
    return " · ".join(facts)


def _asked(rule: Rule) -> Iterator[str]:
    """What to do, in a few words."""
    if rule.action:
        yield f"{rule.action.source}."


def _judgement(rule: Rule) -> str:
    return _(
        "Effort {effort}, risk {risk}, confidence {confidence}.", effort=term(rule.effort),
        risk=term(rule.risk), confidence=term(rule.confidence),
    )  # fmt: skip


def explain_configuration(rule: ConfigurationRule) -> str:
    """The page of a sort of finding about the settings, under the same headings."""
    summary, rationale, fix = (
        rule_words(spoken(), rule.id, key, getattr(rule, key))
        for key in ("summary", "rationale", "fix")
    )
    parts = [
        f"# {rule.name} ({rule.id})",
        _kind(rule),
        _section(_("What it does"), summary),
        _section(_("Why is this bad"), rationale),
        _section(_("Example"), _code(rule.example)),
        *([_section(_("Use instead"), _code(rule.instead))] if rule.instead else []),
        _section(_("Fix"), fix),
    ]
    return "\n\n".join(parts) + "\n"


def _condition(rule: Rule) -> Iterator[str]:
    """Patterns and condition, as the file has them."""
    for word, patterns in ((_("Pattern"), rule.match), (_("Unless"), rule.unless)):
        for pattern in patterns:
            yield f"{word}:\n\n{_code(pattern.source.strip())}"
    through = sorted(rule.match[0].through) if rule.match else []
    if through:
        words = ", ".join(".".join(filter(None, names)) for names in through)
        yield wrap(_("Operators that may stand between: {operators}.", operators=words), 100)
    yield f"{_('Condition')}:\n\n{_code(rule.when.source)}"


def _section(heading: str, *paragraphs: str) -> str:
    return "\n\n".join([f"## {heading}", *paragraphs])


def _example(example: Example) -> str:
    text = f"{example.name[0].upper()}{example.name[1:]}:\n\n{_code(example.model)}"
    if example.append:
        text += f"\n\n{_('followed in the file by the bytes')}\n\n{_code(_hex(example.append))}"
    for name, content in example.beside.items():
        if isinstance(content, str):
            link = _("beside `{name}`, a hard link of `{file}`.", name=name, file=content)
            text += f"\n\n{link}"
        else:
            size = f"{len(content):,}"
            text += f"\n\n{_('beside `{name}`, a file of {n} bytes.', name=name, n=size)}"
    return text


def _hex(data: bytes) -> str:
    """The first bytes, in a line."""
    return data[:24].hex(" ") + (" …" if len(data) > 24 else "")


def _code(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())


def _options(rule: Rule) -> Iterator[str]:
    return (f"- `{name}` ({_('default {value}', value=_default(option))}): {option.help}"
            for name, option in rule.options.items())  # fmt: skip


def _default(option: Option) -> str:
    if option.default is None:
        return _("unset")
    if isinstance(option.default, (bool, str)):
        return str(option.default).lower()
    return f"{option.default:,} {option.unit}".rstrip()
