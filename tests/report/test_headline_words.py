"""Every variant of the first sentence and of the four numbers, of values made for them."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer.report.cards import Card, _compute, _parameters, _peak, _saving
from analyzer.report.headline import verdict
from tests.each import each

Values = dict[str, Any]

VERDICT: Values = {
    "kind": "clean", "errors": 1, "error": "no weights", "inconclusive": 0, "besides": 0,
    "findings": 3, "decided": True, "fall": "high", "without_training": None,
    "without_title": "Gather it", "lead": (), "lead_how": "", "lead_steps": (), "lead_titles": (),
    "lead_brings": (),
    "doubt": "opens a door", "doubts": 0, "harms": 0, "warnings": 0,
    "error_rules": 9, "unknown_nodes": 0,
    "complete": True, "share": 0.5, "macs_now": 4000, "macs_after": 2000,
    "untrained": False, "misfits": 0, "state": "--dim n=8", "suppressed": 1, "accepted": 0,
    "looked": 4, "rules": 9, "slower_on": (), "slower_factors": (),
}  # fmt: skip
FALL = "Compute could fall by 50.0 %, from 4 kMAC to 2 kMAC, at the price of retraining"
MINIMA = "Judged in part: nothing bounds how often a loop runs, so totals are minima."
FIX = "1 error to fix before this model is used: no weights."
DOUBT = "One warning to look at before this model is used: opens a door."
SHORT = "Compute could fall by 50.0 % at the price of retraining"
LITTLE: Values = {"fall": ""}


def lead(how: str, *titles: str, steps: tuple[int, ...] = (), brings: str = "") -> Values:
    """With first steps, which are told in these words."""
    named = titles or ("Fold it",)
    return {"lead": named, "lead_how": how, "lead_titles": named,
            "lead_steps": steps or (0,) * len(named),
            "lead_brings": (brings, *("" for _ in named[1:]))}  # fmt: skip


VERDICTS: list[tuple[Values, str]] = [
    (LITTLE, "Clean: 4 of 9 rules had something to look at, and none objects."),
    ({"kind": "unjudged", **LITTLE},
     "No rule was applied; the numbers below are facts without a judgement."),
    ({"kind": "unjudged"},
     f"No rule was applied; the numbers below are facts without a judgement. {FALL}."),
    ({"kind": "silenced", **LITTLE}, "Nothing new: no finding but 1 suppressed."),
    ({"kind": "unbounded", "complete": False, **LITTLE}, MINIMA),
    ({"kind": "partial", "unknown_nodes": 2, **LITTLE},
     "Judged in part: the cost of 2 operators is unknown, so totals are minima."),
    ({"kind": "misfit", "misfits": 1}, ("Judged in part: 1 operator cannot take the sizes that "
     "were assumed, so no figure of compute or memory is that of a run. State the real ones with "
     "--dim n=8.")),
    ({"kind": "misfit", "misfits": 2}, ("Judged in part: 2 operators cannot take the sizes that "
     "were assumed, so no figure of compute or memory is that of a run. State the real ones with "
     "--dim n=8.")),
    ({"kind": "inconclusive", "inconclusive": 1, **LITTLE},
     "Not conclusive: 1 problem kept part of the model unjudged."),
    ({"kind": "inconclusive", "inconclusive": 2},
     f"Not conclusive: 2 problems kept part of the model unjudged. {FALL}."),
    ({"kind": "errors"}, FIX),
    ({"kind": "errors", "inconclusive": 1}, ("1 error to fix before this model is used, which also "
     "kept part of it unjudged: no weights.")),
    ({"kind": "errors", "inconclusive": 1, "errors": 2},
     ("2 errors to fix before this model is used, which also kept part of it unjudged, of which "
      "the first: no weights.")),
    ({"kind": "errors", "errors": 2, "inconclusive": 2, "besides": 1},
     ("2 errors to fix before this model is used, of which the first: no weights. Besides, 1 "
      "problem kept part of the model unjudged.")),
    ({"kind": "errors", "errors": 174, "error_rules": 1},
     ("174 errors from 1 rule to fix before this model is used, of which the first: no weights.")),
    ({"kind": "findings"}, f"No error: 3 findings. {FALL}."),
    ({"kind": "findings", "fall": "medium"},
     f"Nothing urgent: 3 findings. {FALL}. That is of medium impact."),
    ({"kind": "findings", "untrained": True},
     f"No error: 3 findings. {FALL.replace('retraining', 'training')}."),
    ({"kind": "errors", "complete": False}, f"{FIX} {MINIMA}"),
    ({"kind": "errors", "unknown_nodes": 2, "doubts": 1, "warnings": 1},
     (f"{FIX} Judged in part: the cost of 2 operators is unknown, so totals are minima. "
      "One warning to look at before this model is used: opens a door.")),
    ({"kind": "errors", "doubts": 1, "harms": 1},
     f"{FIX} One warning speaks against using this model: opens a door."),
    ({"kind": "findings", "decided": False},
     ("No error: 3 findings. Compute could fall from at most 4 kMAC to at most 2 kMAC, at the "
      "price of retraining.")),
    ({"kind": "unbounded", "complete": False},
     (f"{MINIMA} The part of compute that is known could fall by 50.0 %, from 4 kMAC to 2 kMAC, at "
      "the price of retraining.")),
    ({"kind": "findings", "slower_on": ("npu",), "slower_factors": (0.45,)},
     f"No error: 3 findings. {FALL}; the converted layers take longer: 2.22× on npu."),
    ({"kind": "findings", "slower_on": ("a", "b", "c"), "slower_factors": (0.9, 0.5, 0.8)},
     (f"No error: 3 findings. {FALL}; the converted layers take longer: 2.00× on b, 1.25× on c "
      "and 1 more.")),
    ({"kind": "findings", "without_training": 0.092},
     f"No error: 3 findings. {FALL}, by 9.2 % without: “Gather it”."),
    ({"kind": "findings", **LITTLE},
     "Nothing urgent: 3 findings, none of which saves much compute."),
    ({"kind": "findings", **LITTLE, "findings": 1},
     "Nothing urgent: 1 finding, which does not save much compute."),
    ({"kind": "findings", **LITTLE, **lead("medium")},
     "Nothing urgent: 3 findings. Of medium impact: “Fold it”."),
    ({"kind": "findings", "fall": "medium", **lead("medium", "Do a", "Do b", steps=(0, 1))},
     "Nothing urgent: 3 findings. Of medium impact: “Do a”; then “Do b”."),
    ({"kind": "findings", **LITTLE, **lead("trained")},
     "No error: 3 findings. What would bring much, with training: “Fold it”."),
    ({"kind": "findings", **LITTLE, **lead("free", brings="half the file")},
     ("No error: 3 findings. What would bring much without training: “Fold it” (half the "
      "file).")),
    ({"kind": "findings", **LITTLE,
      **lead("free", "Convert it all to a", "Convert it all to b", "Clean", "Do it",
             steps=(0, 0, 1, 2))},
     ("No error: 3 findings. What would bring much without training: “Convert it all to a”, or "
     "“… b”; then “Clean”; then “Do it”.")),
    ({"kind": "findings", **LITTLE, **lead("free", "Convert it a", "Convert b")},
     ("No error: 3 findings. What would bring much without training: “Convert it a”, or "
     "“Convert b”.")),
    ({"kind": "findings", **lead("free")},
     f"No error: 3 findings. What would bring much without training: “Fold it”. {SHORT}."),
    ({"kind": "findings", **lead("free"), "slower_on": ("npu",), "slower_factors": (0.45,)},
     ("No error: 3 findings. What would bring much without training: “Fold it”. "
     f"{SHORT}; the converted layers take longer on npu.")),
    ({"kind": "findings", **lead("free"), "slower_on": ("a", "b"), "slower_factors": (0.4, 0.5)},
     ("No error: 3 findings. What would bring much without training: “Fold it”. "
     f"{SHORT}; the converted layers take longer on 2 devices.")),
    ({"kind": "clean", **LITTLE, **lead("free")},
     ("Clean: 4 of 9 rules had something to look at, and none objects. What would bring much "
      "without training: “Fold it”.")),
    ({"kind": "doubts", "doubts": 1}, f"{DOUBT} {SHORT}."),
    ({"kind": "doubts", "doubts": 1, **lead("free")},
     f"{DOUBT} What would bring much without training: “Fold it”."),
    ({"kind": "doubts", "doubts": 1, "fall": "medium"},
     f"{DOUBT} {SHORT}. That is of medium impact."),
    ({"kind": "doubts", "doubts": 1, **LITTLE, **lead("medium")},
     f"{DOUBT} Of medium impact: “Fold it”."),
    ({"kind": "doubts", **LITTLE, "doubts": 2},
     "2 warnings to look at before this model is used, of which the first: opens a door."),
    ({"kind": "doubts", **LITTLE, "doubts": 2, "warnings": 3},
     ("Of 3 warnings 2 are to be looked at before this model is used, the first: opens a door.")),
    ({"kind": "doubts", **LITTLE, "doubts": 2, "warnings": 3, "harms": 2},
     "2 warnings speak against using this model, the first: opens a door."),
    ({"kind": "doubts", **LITTLE, "doubts": 2, "warnings": 3, "harms": 1},
     ("One warning speaks against using this model: opens a door. 1 more is to be looked at "
      "before.")),
    ({"kind": "doubts", **LITTLE, "doubts": 3, "harms": 1},
     ("One warning speaks against using this model: opens a door. 2 more are to be looked at "
      "before.")),
    ({"kind": "doubts", **LITTLE, "doubts": 1, "warnings": 2},
     "Of 2 warnings 1 is to be looked at before this model is used: opens a door."),
    ({"kind": "doubts", "doubts": 1, "misfits": 1}, (f"{DOUBT} Judged in part: 1 operator "
     "cannot take the sizes that were assumed, so no figure of compute or memory is that of a run. "
     "State the real ones with --dim n=8.")),
    ({"kind": "doubts", "doubts": 1, **LITTLE, "complete": False}, f"{DOUBT} {MINIMA}"),
    ({"kind": "doubts", "doubts": 1, **LITTLE, "unknown_nodes": 1},
     f"{DOUBT} Judged in part: the cost of 1 operator is unknown, so totals are minima."),
]  # fmt: skip


def test_the_first_sentence_says_the_gravest_and_what_would_bring_most() -> None:
    told = [verdict({**VERDICT, **values}) for values, _ in VERDICTS]
    assert told == [sentence for _, sentence in VERDICTS]


COMPUTE: Values = {
    "macs": (5000, 5000), "flops": (9000, 9000), "comparisons": 0, "mean_comparisons": 0.0,
    "certainty": "exact", "unknown_nodes": 0, "open": False, "choices": 0, "dims": (), "sizes": (),
    "sizes_in_all": 0, "branches": None,
}  # fmt: skip
SIZED: Values = {"dims": ("n",), "sizes": (8,), "sizes_in_all": 1}
DIGITS = "5,000 MACs, 9 kFLOP in all"


@each(
    ("values", "value", "detail"),
    [
        ({}, "5 kMAC", (DIGITS, "exact, from the file alone")),
        ({"open": True}, "5 kMAC", (DIGITS, "exact, whatever the open sizes")),
        (SIZED, "5 kMAC", (DIGITS, "exact for the stated sizes: n = 8")),
        ({"certainty": "assumed", **SIZED}, "5 kMAC",
         (DIGITS, "exact for the assumed sizes: n = 8")),
        ({"certainty": "assumed", **SIZED, "choices": 1}, "5 kMAC",
         (DIGITS, "assumed in part: see below", "for the assumed sizes: n = 8")),
        ({"certainty": "assumed"}, "5 kMAC", (DIGITS, "assumed in part: see below")),
        ({"certainty": "assumed", **SIZED, "sizes_in_all": 3, "macs": (4000, 5000)},
         "4 kMAC to 5 kMAC", ("4,000 to 5,000 MACs, 9 kFLOP in all", "depending on data",
                         "for the assumed sizes: n = 8 and 2 more")),
        ({"certainty": "lower bound", "macs": (5000, None), "unknown_nodes": 2},
         "at least 5 kMAC",
         ("at least 5,000 MACs, 9 kFLOP in all", "2 operators of unknown cost")),
        ({"certainty": "lower bound", "macs": (5000, None)}, "at least 5 kMAC",
         ("at least 5,000 MACs, 9 kFLOP in all", "nothing bounds how often a loop runs")),
        ({"certainty": "lower bound", "macs": (5000, None), "flops": (9000, None),
          "branches": (7000, 9500)}, "at least 5 kMAC to 7 kMAC",
         ("at least 5,000 to 7,000 MACs, at least 9 kFLOP to 9.5 kFLOP in all",
          "by the branch that data decide on", "nothing bounds how often a loop runs")),
        ({"certainty": "unknown"}, "5 kMAC", (DIGITS, "not known")),
        ({"certainty": "unknown", **SIZED}, "5 kMAC",
         (DIGITS, "for sizes with which the model cannot run: n = 8")),
        ({"flops": (9000, None)}, "5 kMAC",
         ("5,000 MACs, at least 9 kFLOP in all", "MACs: exact, from the file alone")),
        ({"macs": (0, 0), "flops": (0, 0), "comparisons": 24, "mean_comparisons": 1021.75},
         "24 comparisons", ("at most, a sample; 1,021.8 if every leaf is as likely",
                            "no multiply-accumulates")),
        ({"macs": (0, 0), "flops": (7, 9), "comparisons": 1, "mean_comparisons": 1.0},
         "1 comparison", ("at most, a sample; 1.0 if every leaf is as likely",
                          "no multiply-accumulates", "and 7 FLOP to 9 FLOP besides")),
        ({"comparisons": 1}, "5 kMAC", (DIGITS, "exact, from the file alone")),
    ],
)  # fmt: skip
def test_compute_says_how_sure_it_is_and_for_which_sizes(
    values: Values, value: str, detail: tuple[str, ...]
) -> None:
    card = _compute({**COMPUTE, **values}, "macs")
    assert (card.value, card.detail) == (value, detail)


def test_the_leading_number_is_the_one_asked_for() -> None:
    assert _compute(COMPUTE, "macs")[4:] == ("totals.macs", "totals.flops", 0)
    assert _compute(COMPUTE, "flops") == Card(
        "compute", "Compute", "9 kFLOP",
        ("9,000 FLOPs in all, 5 kMAC among them", "exact, from the file alone"),
        "totals.flops", "totals.macs",
    )  # fmt: skip


PARAMETERS: Values = {
    "coefficients": 0, "tree_nodes": 0, "inside": 0, "inside_bytes": 0, "params": 5000,
    "buffers": 0, "bytes": 20000, "uncounted": 0, "scale_bytes": 0, "constant_bytes": 0,
    "certainty": "exact", "reason": "",
}  # fmt: skip
HELD = "5,000 values, 19.53 KiB in memory"


@pytest.mark.parametrize(
    ("values", "value", "detail"),
    [
        ({}, "5 k", (HELD,)),
        ({"buffers": 7}, "5 k", (HELD, "and 7 buffer values")),
        ({"uncounted": 1200, "buffers": 7}, "5 k",
         (HELD, "1,200 of them in operators that compute does not count", "and 7 buffer values")),
        ({"scale_bytes": 1024}, "5 k", (HELD, "and 1 KiB of scales and zero points")),
        ({"scale_bytes": 1023, "constant_bytes": 1024}, "5 k", (HELD, "and 1 KiB of constants")),
        # A hundredth of 202,020 bytes is more than 1 KiB.
        ({"bytes": 200_000, "scale_bytes": 2020}, "5 k",
         ("5,000 values, 195.3 KiB in memory", "and 1.973 KiB of scales and zero points")),
        ({"bytes": 200_000, "scale_bytes": 2019}, "5 k", ("5,000 values, 195.3 KiB in memory",)),
        ({"certainty": "lower bound", "reason": "no shape"}, "5 k",
         (HELD, "lower bound: no shape")),
        ({"params": 0, "coefficients": 9, "inside": 1, "inside_bytes": 36}, "9 coefficients",
         ("36 B in attributes of 1 operator", "no values in tensors")),
        ({"params": 0, "buffers": 2, "coefficients": 9, "tree_nodes": 4, "inside": 2,
          "inside_bytes": 36, "bytes": 8}, "0",
         ("0 values, 8 B in memory", "and 2 buffer values",
          "and 9 coefficients and 4 tree nodes, 36 B in attributes of 2 operators")),
    ],
)  # fmt: skip
def test_parameters_say_what_else_is_stored(
    values: Values, value: str, detail: tuple[str, ...]
) -> None:
    card = _parameters({**PARAMETERS, **values})
    assert (card.value, card.detail) == (value, detail)


PEAK: Values = {"bytes": (2048, 2048), "name": "conv", "fused_bytes": None, "folded_bytes": None,
                "certainty": "exact", "given": (), "given_bytes": 0}  # fmt: skip
ORDER = "in the file's order of operators"


@pytest.mark.parametrize(
    ("values", "value", "detail"),
    [
        ({}, "2 KiB", ("while conv runs", ORDER)),
        ({"bytes": None, "certainty": "unknown", "name": ""}, "unknown", (ORDER,)),
        ({"bytes": (2048, None)}, "at least 2 KiB", ("while conv runs", ORDER)),
        ({"bytes": (2048, 4096)}, "2 KiB to 4 KiB", ("while conv runs", ORDER)),
        ({"fused_bytes": 512}, "512 B",
         ("with Q and DQ in integer kernels", "2 KiB as written", "while conv runs", ORDER)),
        ({"folded_bytes": 100}, "2 KiB",
         ("100 B once constants are folded", "while conv runs", ORDER)),
        ({"folded_bytes": 2000}, "2 KiB", ("while conv runs", ORDER)),
        ({"given": ("weight",), "given_bytes": 1536}, "2 KiB",
         ("while conv runs", "1.5 KiB of it inputs: weight", ORDER)),
        ({"given": ("weight", "bias", "past"), "given_bytes": 1536}, "2 KiB",
         ("while conv runs", "1.5 KiB of it inputs: weight, bias and 1 more", ORDER)),
        ({"fused_bytes": 2048}, "2 KiB", ("while conv runs", ORDER)),
        ({"fused_bytes": 2048, "bytes": (2048, 4096)}, "2 KiB to 4 KiB",
         ("2 KiB with Q and DQ in integer kernels", "while conv runs", ORDER)),
        ({"certainty": "unknown"}, "2 KiB",
         ("for sizes with which the model cannot run", "while conv runs", ORDER)),
    ],
)  # fmt: skip
def test_the_peak_says_where_it_is(values: Values, value: str, detail: tuple[str, ...]) -> None:
    card = _peak({**PEAK, **values}, {})
    assert (card.value, card.detail) == (value, detail)


def test_both_peaks_of_a_quantised_model_are_explained_where_they_are_said() -> None:
    for values, number, more, line in (
        ({}, "memory.peak_bytes", "", "while conv runs"),
        ({"fused_bytes": 512}, "claims.memory.peak.fused_bytes", "memory.peak_bytes",
         "2 KiB as written"),
        ({"fused_bytes": 512, "folded_bytes": 1}, "claims.memory.peak.fused_bytes",
         "memory.peak_bytes", "2 KiB as written"),
        ({"fused_bytes": 2048, "bytes": (2048, 4096), "certainty": "unknown"},
         "memory.peak_bytes", "claims.memory.peak.fused_bytes",
         "2 KiB with Q and DQ in integer kernels"),
    ):  # fmt: skip
        card = _peak({**PEAK, **values}, {})
        assert (card.number, card.more, card.detail[card.line]) == (number, more, line)


@pytest.mark.parametrize(
    ("unaligned", "on_x86", "said"),
    [
        (2, 5, "up to 5 of 9 layers stay in floating point"),
        (2, 2, "up to 2 of 9 layers stay in floating point"),
        (0, 5, "up to 5 of 9 layers stay in floating point"),
    ],
)
def test_a_peak_in_kernels_that_a_runtime_has_not_is_the_least(
    unaligned: int, on_x86: int, said: str
) -> None:
    quantised = {"unaligned": unaligned, "left_on_x86": on_x86, "float_forms": 9}
    card = _peak({**PEAK, "fused_bytes": 512}, quantised)
    assert (card.value, card.detail) == (
        "at least 512 B",
        ("with Q and DQ in integer kernels", said, "2 KiB as written", "while conv runs", ORDER),
    )
    card = _peak({**PEAK, "fused_bytes": 512, "bytes": (2048, 4096)}, quantised)
    assert (card.value, card.detail[:2]) == (
        "2 KiB to 4 KiB",
        ("512 B with Q and DQ in integer kernels", said),
    )
    assert said not in _peak(PEAK, quantised).detail, "nothing is said of kernels"
    every = quantised | {"unaligned": 0, "left_on_x86": 0}
    assert _peak({**PEAK, "fused_bytes": 512}, every).value == "512 B"


SAVING: Values = {
    "macs": 2000, "others": 0, "others_share": None, "suppressed": 0, "accepted": 0, "share": 0.5,
    "action": "", "complete": True, "params": 0, "slower": False, "device": "rpi5", "left_out": 0,
    "small": 0, "least": 1_000_000, "slower_on": (), "slower_factors": (),
    "slower_layers": 0, "unsure_layers": 0, "unadvised": "",
}  # fmt: skip
FILE: Values = {"part_of": "file", "part": 0.75, "part_title": "Halve it"}


@each(
    ("values", "more", "value", "detail"),
    [
        ({}, False, "2 kMAC", ("50.0 % of compute",)),
        ({"complete": False, "params": 3000, "slower": True}, True, "2 kMAC",
         ("50.0 % of the known compute", "and 3 k parameters",
          "not recommended: takes longer on rpi5")),
        ({"slower_on": ("npu",), "slower_factors": (0.45,)}, False, "2 kMAC",
         ("50.0 % of compute", "converted layers take 2.22× the time on npu")),
        ({"slower_on": ("npu", "gpu"), "slower_factors": (0.98, 0.5)}, False, "2 kMAC",
         ("50.0 % of compute", "converted layers take up to 2.00× the time on 2 devices")),
        ({"share": None}, False, "2 kMAC", ("at most, as data decide what runs",)),
        ({"share": 0.0499, "action": "Fold it"}, False, "2 kMAC",
         ("5.0 % of compute, of low impact: “Fold it”",)),
        ({"share": 0.05, "action": "Fold it"}, False, "2 kMAC", ("5.0 % of compute",)),
        ({"share": 0.01}, False, "2 kMAC", ("1.0 % of compute",)),
        ({"macs": None}, False, "unknown", ("no size is known with which the model runs",)),
        ({"macs": 0, "others": 3000}, False, "3 kMAC", ("see what to do first",)),
        ({"macs": 0, "others": 3000, "others_share": 0.75}, False, "3 kMAC",
         ("75.0 % of compute, see what to do first",)),
        ({"macs": 0}, False, "none found", ("no rule suggests a cheaper layer",)),
        ({"macs": 0, "small": 2}, False, "none found",
         ("no rule suggests a cheaper layer: 2 that could be are below 1 MMAC",)),
        ({"macs": 0, "small": 2, "slower_layers": 3, "unadvised": "Split it"}, True, "3 found",
         ("slower on rpi5 by its roofline model", "other savings: see what to do first")),
        ({"macs": 0, "slower_layers": 1, "unsure_layers": 1000, "unadvised": "Split it"}, False,
         "1,001 found", ("1 slower on rpi5, 1,000 perhaps: measure", "“Split it”")),
        ({"macs": 0, "unsure_layers": 1, "unadvised": "Split it"}, False, "1 found",
         ("may be slower: measure", "“Split it”")),
        ({"macs": 0, "suppressed": 2}, True, "none found",
         ("not counting 2 suppressed", "other savings: see what to do first")),
    ],
)  # fmt: skip
def test_what_can_be_saved_says_of_what(
    values: Values, more: bool, value: str, detail: tuple[str, ...]
) -> None:
    card = _saving({**SAVING, **values}, {"saves": more, "part_of": ""}, idle=False)
    found = value.endswith(" found")
    assert card.title == ("Cheaper layers" if found else "Possible saving")
    assert (card.value, card.detail) == (value, detail)
    assert bool(card.number) == (values.get("macs", 1) not in (None, 0))


@pytest.mark.parametrize(
    ("values", "said", "idle", "card"),
    [
        ({}, FILE, False, ("Possible saving", "75.0 %",
                           ("of the file: “Halve it”", "no rule suggests a cheaper layer"))),
        ({}, FILE | {"part_of": "weights"}, True,
         ("Possible saving", "75.0 %", ("of the weights: “Halve it”", "nothing multiplies"))),
        ({"unsure_layers": 1, "unadvised": "Split it"}, FILE, False,
         ("Cheaper layers", "1 found", ("may be slower: measure", "“Split it”",
                                        "other savings: see what to do first"))),
        ({}, {"part_of": ""}, True,
         ("Cheaper layers", "none found",
          ("nothing multiplies", "other savings: see what to do first"))),
    ],
)  # fmt: skip
def test_without_cheaper_layers_the_file_is_what_can_be_saved(
    values: Values, said: Values, idle: bool, card: tuple[str, str, tuple[str, ...]]
) -> None:
    found = _saving({**SAVING, "macs": 0, **values}, {"saves": True, **said}, idle=idle)
    assert (found.title, found.value, found.detail) == card
