"""What claims about the verdict and about what to do hold, of a result made for them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from analyzer.facts import Certainty
from analyzer.report.claims import advice
from analyzer.report.claims.lead import LeadTitle, SavedPart
from analyzer.report.view import conversion


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


def test_the_verdict_names_what_is_chosen_and_what_cheaper_layers_save(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(advice, "_asked", lambda _: ())
    monkeypatch.setattr(advice, "possible_saving", lambda of: (of.saved, 0))
    monkeypatch.setattr(advice, "is_slower", lambda of: of.slower)
    monkeypatch.setattr(advice, "is_brief", lambda *_: result.brief)
    monkeypatch.setattr(advice, "is_untrained", lambda _: False)
    monkeypatch.setattr(advice, "slower_elsewhere", lambda _: {})
    monkeypatch.setattr(advice, "is_saving", lambda *_: False)
    monkeypatch.setattr(advice, "tally", lambda _: some(rules=9, looked=4))
    monkeypatch.setattr(advice, "leads_of", lambda *_: ())
    monkeypatch.setattr(advice, "chosen", lambda leads, told: ("free" if told else "medium", ()))
    monkeypatch.setattr(advice, "titles", lambda _, figures: (
        LeadTitle("a", 0, "A", "x" if figures else ""), LeadTitle("b", 1, "B", "")))  # fmt: skip
    monkeypatch.setattr(advice, "part_of", lambda _: SavedPart("file", 0.5, "A"))
    monkeypatch.setattr(
        advice, "untrained_saving", lambda _, named: some(macs_share=len(named) / 10, does="Fold")
    )
    totals = some(certainty=Certainty.EXACT, macs=200, unknown_nodes=3, complete=True, whole=200,
                  macs_by_arithmetic={})  # fmt: skip
    misfits = [some(family="assumption", options=text) for text in ("--dim n=8", "--dim longer=8")]
    result: Any = some(
        facts=some(totals=totals, problems=(), breaches=[*misfits, some(family="b", options="…")]),
        groups=(), places=(some(rule="SEP", saving=1, severity=None),), rules=(),
        outcome="clean", findings=(), suppressed=3, accepted=4, judging=(), devices=(),
        saved=20, slower=False, brief=False,
    )  # fmt: skip

    def told(*names: str) -> tuple[Any, ...]:
        found = advice.verdict(result).values
        return tuple(found[name] for name in names)

    assert told("lead", "lead_steps", "lead_titles", "lead_brings") == (
        ("a", "b"), (0, 1), ("A", "B"), ("x", ""))  # fmt: skip
    assert told("part_of", "part", "part_title") == ("file", 0.5, "A")
    names = ("misfits", "state", "macs_now", "macs_after", "share", "unknown_nodes", "suppressed")
    assert told(*names) == (2, "--dim longer=8", 200, 180, 0.1, 3, 3)
    fall = ("fall", "without_training", "without_title", "lead_how")
    assert told(*fall) == ("medium", 0.2, "Fold", "free")
    for saved, brief, impact in ((50, False, "high"), (50, True, "medium"), (49, False, "medium"),
                                 (10, False, "medium"), (9, False, "")):  # fmt: skip
        result.saved, result.brief = saved, brief
        assert told("fall") == (impact,), saved
    assert told(*fall) == ("", None, "", "medium")
    result.saved, result.slower = 50, True
    assert told("fall") == ("",), "it takes longer"
    totals.certainty = Certainty.UNKNOWN
    assert told("macs_after", "share", "fall") == (None, None, "")
    totals.certainty, totals.macs = Certainty.EXACT, 0
    assert told("macs_after", "share", "fall") == (None, None, "")


def test_what_rules_ask_for_is_told_but_for_what_is_slower(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(rule: str, slower: bool = False, confidence: str = "high") -> Any:
        return some(rule=rule, places=len(rule), macs=7, slower=slower, confidence=confidence)

    asked = (ask("E", True), ask("AA"), ask("B", True), ask("C", confidence="low"), ask("DDD"))
    monkeypatch.setattr(advice, "_asked", lambda _: asked)
    monkeypatch.setattr(advice, "tally", lambda _: some(rules=9, looked=4))

    def told(certainty: Certainty) -> dict[str, Any]:
        facts = some(totals=some(certainty=certainty), targets=())
        return dict(advice.actions(some(facts=facts, groups=(1, 2))).values)

    assert told(Certainty.LOWER_BOUND) == {
        "rules": ("AA", "DDD"), "places": (2, 3), "macs": (7, 7), "findings": 2,
        "slower": ("B", "E"), "applied": 9, "gains": 0,
    }  # fmt: skip
    assert told(Certainty.UNKNOWN)["macs"] == (None, None)


def test_the_order_is_told_with_the_time_that_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    board = some(name="board", id="board")
    asks = [some(slower=False, unlocks=(), traffic_loaded=0, peak_loaded=False)]
    monkeypatch.setattr(advice, "all_asked", lambda *_: asks)
    monkeypatch.setattr(advice, "takes_longer", lambda each: each.slower)
    monkeypatch.setattr(advice, "is_needed_first", lambda steps, asks, found: len(found) > 2)
    monkeypatch.setattr(advice, "unlisted", lambda asks, found, steps: len(found[3:]))
    monkeypatch.setattr(advice, "turns_of", lambda steps, asks: ("better",) * len(asks))
    monkeypatch.setattr(advice, "options_of", lambda result: result.options)
    monkeypatch.setattr(advice, "first", lambda asks, found: asks and found)
    monkeypatch.setattr(advice, "main_device", lambda devices: devices[0] if devices else None)
    monkeypatch.setattr(advice, "time_on", lambda _, device: some(seconds=device.seconds))
    monkeypatch.setattr(advice, "is_brief", lambda *_: True)
    monkeypatch.setattr(advice, "is_lighter", lambda result, asks: bool(asks))
    monkeypatch.setattr(advice, "named", lambda device: f"the {device.name}")

    def told(
        *slower: bool, devices: tuple[Any, ...] = (), seconds: float | None = None
    ) -> dict[str, Any] | None:
        """What is not as for two forms of which neither is slower, without a device."""
        board.seconds = seconds
        forms = tuple(some(slower=each) for each in slower)
        claim = advice.order(some(facts=None, options=forms, devices=devices))
        usual = {
            "turns": ("better",), "steps": 2, "brief": False, "lighter": True,
            "ahead": False, "unlisted": 0, "slower": False, "unlocks": False, "by_itself": False,
            "device": "", "seconds": None,
        }  # fmt: skip
        if claim is None:
            return None
        assert [*claim.values] == [*usual]
        return {name: value for name, value in claim.values.items() if value != usual[name]}

    assert told() is None, "with nothing to do first"
    no = False
    assert told(no, no) == {}
    assert told(no, True) == {"slower": True}
    assert told(no, no, no) == {"steps": 3, "ahead": True}, "one of them is needed first"
    assert told(no, no, no, no) == {"steps": 4, "ahead": True, "unlisted": 1}
    assert told(no, no, devices=(board,)) == {"device": "the board"}
    asks[0].unlocks = ("Ada",)
    after = {"brief": True, "unlocks": True, "device": "the board", "seconds": 0.5}
    assert told(no, no, devices=(board,), seconds=0.5) == after
    asks[0].unlocks, asks[0].slower = (), True
    assert told(no, no) == {"slower": True}
    asks[0].slower = False
    for loaded in ({"traffic_loaded": 3}, {"peak_loaded": True}):
        asks[0] = some(**{**vars(asks[0]), **loaded})
        assert told(no, no) == {"by_itself": True}
        asks[0] = some(**{**vars(asks[0]), "traffic_loaded": 0, "peak_loaded": False})


def test_smaller_forms_are_told_with_what_the_model_has_today(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(advice, "options_of", lambda result: result.options)
    facts = some(totals=some(macs=9), parameters=some(kept_bytes=8, scale_bytes=3))

    def told(*times: tuple[float | None, float | None], sizes: tuple[Any, ...] = (5, None)) -> Any:
        forms = tuple(
            some(id=f"f{n}", macs=n, weight_bytes=10 + n, file_bytes=20 + n, constants=n * n,
                 seconds=then, seconds_now=now, file_now=size, device="board", smaller=n > 0)
            for n, ((now, then), size) in enumerate(zip(times, sizes, strict=False))
        )  # fmt: skip
        claim = advice.options(some(facts=facts, options=forms))
        return claim and dict(claim.values)

    assert told() is None
    assert told((0.5, None), (0.25, 0.125)) == {
        "forms": ("f0", "f1"), "smaller": 1, "macs": (0, 1), "weight_bytes": (10, 11),
        "file_bytes": (20, 21), "constants": (0, 1), "seconds": (None, 0.125), "macs_now": 9,
        "weight_bytes_now": 8,
        "scales_now": 3, "file_now": 5, "seconds_now": 0.5, "device": "board",
    }  # fmt: skip
    assert told((0.5, None))["device"] == ""
    assert told((0.5, None), (0.5, None), sizes=(None, 7))["file_now"] == 7
    assert told((0.5, None), sizes=(None,))["file_now"] == 0


def test_findings_are_told_by_cause_and_by_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(advice, "tally", lambda _: some(rules=9, looked=4))
    claim = advice.findings(some(groups=(1, 2), places=(1, 2, 3)))
    assert dict(claim.values) == {"count": 2, "places": 3, "rules": 9, "looked": 4}


def test_conversions_are_told_where_there_is_one_and_where_they_are_slower(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    board = some(name="board")
    monkeypatch.setattr(conversion, "steps", lambda result: result.steps)
    monkeypatch.setattr(advice, "converted_speedup", lambda result: result.speed)
    monkeypatch.setattr(advice, "roof", lambda _: board)
    monkeypatch.setattr(advice, "wanted", lambda result: result.wanted)
    monkeypatch.setattr(advice, "slower_elsewhere", lambda _: {
        "slower_on": ("b", "c"), "slower_factors": (0.5, 0.9)})  # fmt: skip

    def told(steps: list[int]) -> Any:
        claim = advice.conversion(some(steps=steps))
        return claim and dict(claim.values)

    assert told([]) is told([100]) is None
    assert told([100, 20]) == {"best": 1, "candidates": 1, "macs_now": 100, "macs_after": 20}
    # 80 of 100 MACs go with all three, 64 of them, which is 80 %, with the first two
    assert told([100, 60, 36, 20]) == {
        "best": 2, "candidates": 3, "macs_now": 100, "macs_after": 20,
    }  # fmt: skip
    result = some(speed=None, conversion=some(flagged="all"), wanted="al")
    assert advice.conversion_speed(result) is None
    result.speed = 0.0
    claim = advice.conversion_speed(result)
    assert claim is not None
    assert dict(claim.values) == {
        "device": "board", "factor": 0.0, "left_out": 1, "slower_on": ("b", "c"),
        "slower_factors": (0.5, 0.9),
    }  # fmt: skip
