"""Which findings came and which went, whatever the operators are called now."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from analyzer.findings.ratchet import unpaired
from analyzer.report.compare.pair import Turnover

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from analyzer.findings.finding import Finding


def turnover(
    old: Sequence[Finding],
    new: Sequence[Finding],
    partners: Mapping[str, str],
    operators: Container[str] = (),
) -> Turnover:
    """What is in one list and not in the other.

    A finding stays if it has the identity of one in the other list, however much there is of it,
    or if its rule speaks about the operator that it belongs to there, or, where it is about no
    operator, about the tensor of that name.

    Parameters
    ----------
    partners : id in the old model by id in the new one.
    operators : ids of all operators of the new model.
    """
    went, came = unpaired(old, new)
    gone = Counter((finding.rule, finding.node) for finding in went)
    kept: Counter[tuple[str, str]] = Counter()
    left = []
    for finding in came:
        node = partners.get(finding.node)
        if node is None and finding.node not in operators:
            node = finding.node
        place = finding.rule, node or ""
        if node is not None and gone[place] > 0:
            gone[place] -= 1
            kept[place] += 1
        else:
            left.append(finding)
    rest = []
    for finding in went:
        place = finding.rule, finding.node
        if kept[place] > 0:
            kept[place] -= 1
        else:
            rest.append(finding)
    return Turnover(tuple(left), tuple(rest))
