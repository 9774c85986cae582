"""Measurements as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tools.peers import Case, Outcome, Tool

RIGHT = "✓"


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; ends with a newline.

    >>> print(markdown(["a", "b"], [["1", "2|3"]]), end="")
    | a | b |
    | --- | --- |
    | 1 | 2\\|3 |
    """
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(c.replace('|', chr(92) + '|') for c in r)} |\n" for r in lines)


def ratio(number: float) -> str:
    """Two digits are what repeats from one run to the next.

    >>> ratio(0.456), ratio(9.96), ratio(23.7)
    ('0.46', '10', '24')
    """
    return (
        f"{number:.2f}" if number < 0.995 else f"{number:.1f}" if number < 9.95 else f"{number:.0f}"
    )


def seconds(number: float) -> str:
    """
    >>> seconds(0.456), seconds(23.71)
    ('0.46 s', '23.7 s')
    """
    return f"{number:.2f} s" if number < 10 else f"{number:.1f} s"


def count(case: Case, tool: Tool, found: Outcome) -> str:
    """Whether the multiply-accumulates are the known ones, or by how much they are off.

    A tool that counts none, and a batch, are judged by what they could not read.
    """
    if found.failed:
        return f"{found.failed} fail"
    if not tool.counts or case.macs is None:
        return ""
    if found.macs is None:
        return "no count"
    if found.macs == case.macs:
        return RIGHT
    off = found.macs / case.macs - 1
    return f"{off:+.1%}".replace("%", " %").replace("-", "−")


def own_cell(case: Case, tool: Tool, found: Outcome) -> str:
    """What onnxlint used, in units."""
    if found.trouble:
        return found.trouble
    used = f"{seconds(found.wall)} · {seconds(found.cpu)} · {found.rss:.0f} MiB"
    return f"{used} {count(case, tool, found)}".rstrip()


def peer_cell(case: Case, tool: Tool, found: Outcome, own: Outcome) -> str:
    """What another tool used, as multiples of that; in units where there is none."""
    if found.trouble or own.trouble:
        return own_cell(case, tool, found)
    parts = found.wall / own.wall, found.cpu / own.cpu, found.rss / own.rss
    return f"{' · '.join(map(ratio, parts))} {count(case, tool, found)}".rstrip()


def row(case: Case, tools: Sequence[Tool], found: Sequence[Outcome]) -> list[str]:
    """``tools`` and ``found`` begin with onnxlint."""
    own = found[0]
    return [case.label, own_cell(case, tools[0], own)] + [
        peer_cell(case, tool, other, own) for tool, other in zip(tools[1:], found[1:], strict=True)
    ]
