"""How the numbers of smaller forms come about."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from analyzer.facts import Certainty
from analyzer.report.explained.forms import explain


def told(**about: int) -> dict[str, tuple[int, list[tuple[str, str]]]]:
    """By place: the number, and its summands as texts and labels."""
    sure = {"certainty": Certainty.EXACT, "reason": ""}
    facts = SimpleNamespace(
        totals=SimpleNamespace(macs=1000, **sure),
        parameters=SimpleNamespace(bytes_by_dtype={"int8": 40, "float32": 80}, **sure),
    )
    nothing = {"macs": 0, "weight_bytes": 0, "bytes_now": 0, "scales_now": 0}
    form = SimpleNamespace(**nothing | about)
    result, page = SimpleNamespace(facts=facts), SimpleNamespace(forms=[("page.options[0]", form)])
    found = [*explain(cast("Any", result), cast("Any", page))]
    assert {(each.certainty, each.reason) for each in found} <= {(Certainty.EXACT, "")}
    return {
        each.number.removeprefix("page.options[0]."):
            (int(each.value), [(part.text, part.label) for part in each.summands])
        for each in found
    }  # fmt: skip


def test_what_a_form_leaves_is_what_there_was_less_what_goes() -> None:
    stored = [("20 · 4", "float32"), ("40 · 1", "int8")]
    assert told() == {}
    assert told(macs=300) == {"macs": (300, [("1000", ""), ("−700", "")])}
    assert told(weight_bytes=30, bytes_now=120) == {
        "weight_bytes": (30, [("120", ""), ("−90", "")]), "bytes_now": (120, stored),
    }  # fmt: skip
    assert told(weight_bytes=120, bytes_now=120) == {"bytes_now": (120, stored)}
    assert told(bytes_now=128, scales_now=8) == {
        "bytes_now": (128, [*stored, ("8", "scales and zero points")]),
    }
