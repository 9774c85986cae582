"""The tile of the possible saving."""

from __future__ import annotations

from dataclasses import replace

from analyzer.report import Result
from analyzer.report.cards import cards
from analyzer.report.claims import claims_of


def test_a_saving_of_low_impact_names_its_action_which_no_list_need_have(standard: Result) -> None:
    claims = claims_of(standard)
    (saving,) = [claim for claim in claims if claim.id == "saving"]
    does = "Replace standard convolutions by depthwise separable ones"
    assert saving.values["action"] == does
    little = replace(saving, values={**saving.values, "macs": 6_048_000, "share": 0.047})
    others = [claim for claim in claims if claim is not saving]
    *_, tile = cards([*others, little], "macs")
    assert tile.detail[0] == f"4.7 % of compute, of low impact: “{does}”"
