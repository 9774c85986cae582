"""The reference of the rule language as text for a terminal and as the page docs/rule-fields.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from analyzer.ruleset.handbook import CallEntry, FieldEntry, Handbook, RecordEntry

HEADER = """\
# What rules can ask

Generated from the code by `make readme`; do not edit. `onnxlint rules fields` prints the same,
`onnxlint rules fields SUBJECT` what one sort of subject has. How to write a rule is in
[writing-rules.md](writing-rules.md).

A rule is about one sort of *subject* (`applies-to`), which brings *groups*: `conv` in `conv.macs`
is a group, `macs` a *field* of the record `Conv` behind it. Any field may be unknown; what depends
on an unknown field is neither true nor false and reports nothing, `is known` and `is unknown` ask.
Numbers without a unit are plain counts or factors.
"""


def as_markdown(book: Handbook) -> str:
    """The whole page; same code, same text."""
    parts = [HEADER, "## Subjects\n"]
    for subject in book.subjects:
        parts.append(f"### `{subject.name}`\n\n{subject.meaning}\n")
        if subject.selects:
            parts.append(f"Kinds: {', '.join(f'`{word}`' for word in subject.selects)}.\n")
        parts.append(f"Groups: {_linked(subject.groups) or 'those of every rule'}.\n")
    parts.append(f"### Every rule\n\nGroups: {_linked(book.common)}.\n")
    parts.append("## Functions\n")
    parts.append(_table(("call", "gives", "meaning"), map(_call_row, book.functions)))
    parts.append("## Filters of messages\n\n`{{ conv.macs | si }}`; an expression before a filter "
                 "stands in brackets.\n")  # fmt: skip
    parts.append(_table(("filter", "takes", "writes"), map(_call_row, book.filters)))
    parts.append("## Records\n")
    for record in book.records:
        parts.append(f"### {record.name}\n\n{_cell(record.meaning)}\n")
        rows = ((f"`{f.name}`", _type(f), _cell(f.meaning)) for f in record.fields)
        parts.append(_table(("field", "type", "meaning"), rows))
    return "\n".join(parts)


def as_text(book: Handbook, subject: str = "") -> Iterator[str]:
    """Lines for a terminal: of one sort of subject with all that its groups lead to, or of all."""
    wanted = [entry for entry in book.subjects if subject in ("", entry.name)]
    for entry in wanted:
        yield f"{entry.name}: {entry.meaning}"
        if entry.selects:
            yield f"  kinds: {', '.join(entry.selects)}"
        yield f"  groups: {_named(entry.groups)}"
    yield f"every rule: {_named(book.common)}"
    roots = [*(r for entry in wanted for r in entry.groups.values()), *book.common.values()]
    known = {record.name: record for record in book.records}
    for name in sorted(_reached(roots, known)):
        yield from _record_lines(known[name])
    yield "\nfunctions"
    yield from _call_lines(book.functions)
    yield "\nfilters of messages"
    yield from _call_lines(book.filters)


def _reached(names: list[str], known: Mapping[str, RecordEntry]) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            types = {field.type.removeprefix("list of ") for field in known[name].fields}
            waiting += [n for n in known if n in types or f"{n}s" in types]
    return found


def _record_lines(record: RecordEntry) -> Iterator[str]:
    yield f"\n{record.name}: {record.meaning}"
    wide = max((len(field.name) for field in record.fields), default=0)
    for field in record.fields:
        yield f"  {field.name.ljust(wide)}  {_type(field)}: {field.meaning}"


def _call_lines(calls: Iterable[CallEntry]) -> Iterator[str]:
    return (f"  {call.usage}  {call.gives}: {call.meaning}" for call in calls)


def _type(field: FieldEntry) -> str:
    return f"{field.type}, {field.unit}" if field.unit else field.type


def _named(groups: Mapping[str, str]) -> str:
    return ", ".join(f"{name} ({record})" for name, record in groups.items())


def _linked(groups: Mapping[str, str]) -> str:
    return ", ".join(f"`{n}` ([{record}](#{record.lower()}))" for n, record in groups.items())


def _call_row(call: CallEntry) -> tuple[str, str, str]:
    return f"`{call.usage}`".replace("|", "\\|"), call.gives, _cell(call.meaning)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
