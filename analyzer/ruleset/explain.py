"""A rule's page: always the same headings, all of it from the rule file."""

from __future__ import annotations

from textwrap import fill as wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.findings.configuration import ConfigurationRule
    from analyzer.ruleset.option import Option
    from analyzer.ruleset.rule import Example, Rule

SAFETY = {
    "display": "Advice only: onnxlint changes nothing, and whether to act is a judgement.",
    "unsafe": "Changes the results of the model: retrain or validate before use.",
    "safe": "Leaves the results of the model unchanged.",
}


def explain(rule: Rule) -> str:
    """Markdown under fixed headings: What it does, Why is this bad, Example, Use instead, Fix,
    Fix safety, Ask the supplier (of rules about trust), Options, References."""
    bad = [e for e in rule.examples if e.expect == "match"]
    good = [e for e in rule.examples if e.expect == "no-match"]
    facts = [f"{rule.category}", f"severity {rule.severity}", rule.status]
    facts += [f"since {rule.since}"] if rule.since else []
    parts = [
        f"# {rule.name} ({rule.id})",
        " · ".join(facts),
        _section("What it does", rule.summary, *_condition(rule)),
        _section("Why is this bad", rule.rationale),
        _section("Example", *map(_example, bad[:1])),
        _section("Use instead", *map(_example, good[:1])),
        _section("Fix", *_asked(rule), rule.fix),
        _section("Fix safety", SAFETY[rule.fix_safety], _judgement(rule)),
        *([_section("Ask the supplier", rule.ask.source)] if rule.ask else []),
        _section("Options", "\n".join(_options(rule)) or "None."),
        _section("References", "\n".join(f"- {url}" for url in rule.references) or "None."),
    ]
    return "\n\n".join(parts) + "\n"


def _asked(rule: Rule) -> Iterator[str]:
    """What to do, in a few words."""
    if rule.action:
        yield f"{rule.action.source}."


def _judgement(rule: Rule) -> str:
    return f"Effort {rule.effort}, risk {rule.risk}, confidence {rule.confidence}."


def explain_configuration(rule: ConfigurationRule) -> str:
    """The page of a sort of finding about the settings, under the same headings."""
    parts = [
        f"# {rule.name} ({rule.id})",
        f"{rule.category} · severity {rule.severity} · {rule.status} · since {rule.since}",
        _section("What it does", rule.summary),
        _section("Why is this bad", rule.rationale),
        _section("Example", _code(rule.example)),
        *([_section("Use instead", _code(rule.instead))] if rule.instead else []),
        _section("Fix", rule.fix),
    ]
    return "\n\n".join(parts) + "\n"


def _condition(rule: Rule) -> Iterator[str]:
    """Patterns and condition, as the file has them."""
    for word, patterns in (("Pattern", rule.match), ("Unless", rule.unless)):
        for pattern in patterns:
            yield f"{word}:\n\n{_code(pattern.source.strip())}"
    through = sorted(rule.match[0].through) if rule.match else []
    if through:
        words = ", ".join(".".join(filter(None, names)) for names in through)
        yield wrap(f"Operators that may stand between: {words}.", 100)
    yield f"Condition:\n\n{_code(rule.when.source)}"


def _section(heading: str, *paragraphs: str) -> str:
    return "\n\n".join([f"## {heading}", *paragraphs])


def _example(example: Example) -> str:
    text = f"{example.name[0].upper()}{example.name[1:]}:\n\n{_code(example.model)}"
    if example.append:
        text += f"\n\nfollowed in the file by the bytes\n\n{_code(_hex(example.append))}"
    for name, content in example.beside.items():
        if isinstance(content, str):
            text += f"\n\nbeside `{name}`, a hard link of `{content}`."
        else:
            text += f"\n\nbeside `{name}`, a file of {len(content):,} bytes."
    return text


def _hex(data: bytes) -> str:
    """The first bytes, in a line."""
    return data[:24].hex(" ") + (" …" if len(data) > 24 else "")


def _code(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())


def _options(rule: Rule) -> Iterator[str]:
    return (f"- `{name}` (default {_default(option)}): {option.help}"
            for name, option in rule.options.items())  # fmt: skip


def _default(option: Option) -> str:
    if option.default is None:
        return "unset"
    if isinstance(option.default, (bool, str)):
        return str(option.default).lower()
    return f"{option.default:,} {option.unit}".rstrip()
