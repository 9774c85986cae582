"""Devices that some targets alone reach, beside models that these take in part or not at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analyzer import units
from analyzer.deployment import Blocker, TargetFit
from analyzer.devices import bound, profile
from analyzer.report import REPORT_FORMATS, Options
from analyzer.report.index.csv import render_index_csv
from analyzer.report.index.entry import entry_of
from analyzer.report.view.devices import is_idle, rows
from analyzer.report.view.options.form import is_brief
from analyzer.report.view.pace import elsewhere
from analyzer.report.view.reach import reach, time_on
from analyzer.targets.catalog import SHIPPED
from tests.golden.text import facts
from tests.report.results import words

if TYPE_CHECKING:
    from analyzer.facts import Facts
    from analyzer.report import Result

ENGINE, GPU, BOARD = profile("a16_ane"), profile("a100"), profile("rpi5")
LACKS = Blocker("", "Magic", "operator", "there is none", 1)


def fit(
    target: str,
    verdict: Any,
    share: float | None = None,
    *blockers: Blocker,
    certain: bool = True,
    parts: int = 2,
) -> TargetFit:
    return TargetFit(target, f"Way {target[-2:]} (x)", "1", verdict, certain, parts, parts, 9, 3,
                     0, share, blockers)  # fmt: skip


def test_what_the_only_ways_to_a_device_take_is_told_unless_it_is_all() -> None:
    new, old = ENGINE.through
    open_ = replace(LACKS, certain=False)
    for fits, runs, said in (
        ([], "", ""),
        ([fit("nnapi", "no")], "", "no runtime for it was looked at"),
        ([fit(new, "whole", 1.0)], "", ""),
        ([fit(new, "no"), fit(old, "whole")], "", ""),
        ([fit(new, "split", 1.0)], "", "through Way am in 2 parts"),
        ([fit(new, "split", 1.0, parts=78), fit(old, "split", 1.0, parts=9)], "",
         "through Way rk in 9 parts"),
        ([fit(new, "split", 1.0), fit(old, "split", 1.0, parts=1)], "", ""),
        ([fit(new, "split", 1.0), fit(old, "whole", 1.0)], "", ""),
        ([fit(new, "no"), fit("nnapi", "no")], "no", "not through Way am as it is"),
        ([fit(new, "no", 1.0), fit(old, "no")], "no", "not through Way am or Way rk as it is"),
        ([fit(new, "no", 0.5)], "no", "not through Way am as it is"),
        ([fit(new, "split", 0.0)], "no", "not through Way am as it is"),
        ([fit(new, "split", 0.0, open_, certain=False)], "split",
         "through Way am a part at most"),
        ([fit(new, "split")], "split", "through Way am a part at most"),
        ([fit(new, "split", 0.128)], "split", "through Way am 12.8 % of the MACs only"),
        ([fit(new, "no", 0.9), fit(old, "split", 0.1)], "split",
         "through Way rk 10.0 % of the MACs only"),
        ([fit(new, "split", 0.1), fit(old, "split", 0.2)], "split",
         "through Way rk 20.0 % of the MACs only"),
        ([fit(new, "maybe", 0.5, open_)], "maybe", "whether through Way am is not decided"),
        ([fit(new, "maybe", 0.5, open_, LACKS)], "split", "through Way am a part at most"),
    ):  # fmt: skip
        assert reach(fits, ENGINE)[:2] == (runs, said), fits
    assert reach([fit(new, "no")], replace(ENGINE, through=())) == ("", "", None)


def test_a_device_whose_runtimes_have_no_tables_says_that_none_was_looked_at(
    mobilenet: Result,
) -> None:
    chip = profile("stm32h743")
    assert chip.through
    assert not {*chip.through} & {*SHIPPED}
    for targets, said in (((fit("ort_cpu", "no"),), "; no runtime for it was looked at"), ((), "")):
        given = with_fits(mobilenet.facts, *targets)
        small = replace(chip, memory=1 << 30, flash=1 << 30)
        (row,) = rows(given, (small,))
        assert row.seconds == bound(given, small).seconds
        page = REPORT_FORMATS["html"](replace(mobilenet, facts=given, devices=(small,)), Options())
        assert f"1 GiB of flash{said} {units.seconds(row.seconds)}" in words(page.decode())


def test_where_nothing_has_the_rest_a_part_does_not_run() -> None:
    fits = [fit("ort_cpu", "no", 0.5, LACKS), fit("ort_cuda", "split", 0.5, LACKS)]
    assert reach(fits, GPU).runs == "no"
    assert reach(fits[1:], GPU).runs == "split"


def with_fits(found: Facts, *fits: TargetFit) -> Facts:
    return replace(found, targets=fits)


def test_a_device_that_an_unknown_part_of_it_runs_on_has_no_time(mobilenet: Result) -> None:
    found = mobilenet.facts
    for verdict, share, runs, cell in (
        ("split", None, "split", "in part only –"),
        ("no", 0.0, "no", "does not run –"),
    ):
        given = with_fits(found, fit("ort_cuda", verdict, share))
        row, other = rows(given, (GPU, BOARD))
        assert (row.seconds, row.per_second, row.estimate, row.rates) == (None, None, None, {})
        assert (row.runs, other.runs) == (runs, "")
        assert other.seconds == bound(found, BOARD).seconds
        assert not is_idle((row,))
        assert time_on(given, GPU).seconds is None
        page = REPORT_FORMATS["html"](
            replace(mobilenet, facts=given, devices=(GPU, BOARD)), Options()
        )
        assert f"{row.reach} {cell}" in words(page.decode())
        times = entry_of(replace(mobilenet, facts=given), "m", devices=(GPU, BOARD))
        assert [time.runs for time in times.times] == [runs, ""]
        assert cell.removesuffix(" –") in render_index_csv((times,)).decode()
    whole = with_fits(found, fit("ort_cuda", "split", 1.0))
    (row,) = rows(whole, (GPU,))
    assert (row.runs, row.seconds) == ("", bound(found, GPU).seconds)
    assert row.reach == "through Way da in 2 parts"
    page = REPORT_FORMATS["html"](replace(mobilenet, facts=whole, devices=(GPU,)), Options())
    assert f"; {row.reach} " in words(page.decode())
    (row,) = rows(whole, (replace(GPU, memory=1 << 10, flash=None),))
    assert (row.fits, row.reach, row.seconds) == (False, "", None)


def test_a_part_takes_no_less_than_its_share_of_the_arithmetic(mobilenet: Result) -> None:
    """What is left for the device is one bound by the same rule, however much of it that is; no
    column of an index compares it with times of whole models."""
    found = mobilenet.facts
    given = with_fits(found, fit("ort_cuda", "split", 0.25))
    least = bound(found, GPU).seconds or 0.0
    (row,) = rows(given, (GPU,))
    assert (row.seconds, row.arithmetic, row.share, row.runs) == (
        least / 4,
        least / 4,
        0.25,
        "split",
    )
    assert row.per_second is None, "a run is more than its part"
    assert (row.estimate, row.rates, row.reads) == (None, {}, False)
    assert time_on(given, GPU).seconds is None
    result = replace(mobilenet, facts=given, devices=(GPU,))
    page = words(REPORT_FORMATS["html"](result, Options()).decode())
    assert f"{units.seconds(least / 4)} (part) – " in page
    assert "Times marked “part” are of the share of the MACs that runs on the device" in page
    (time,) = entry_of(result, "m", devices=(GPU,)).times
    assert (time.seconds, time.runs) == (None, "split")
    branches = replace(found.totals, macs_range=(1, found.totals.macs))
    (row,) = rows(replace(given, totals=branches), (GPU,))
    assert (row.seconds, row.share) == (None, None), "a share of what data decide is no number"


def test_nothing_is_timed_on_a_device_named_first_that_does_not_run_it(mobilenet: Result) -> None:
    ours = replace(BOARD, through=GPU.through)
    fits = (fit("ort_cuda", "split"),)
    for told, found in ((False, with_fits(mobilenet.facts, *fits)), (True, mobilenet.facts)):
        result = replace(mobilenet, facts=found, devices=(ours,))
        text = words(REPORT_FORMATS["html"](result, Options()).decode())
        assert ("arithmetic bound " in text) == told
        assert ("Times are arithmetic bounds" in text) == told
    small = facts("g (float[1,64] x, float[64,64] w) => (float[1,64] y) { y = MatMul (x, w) }")
    assert is_brief(small, ours)
    assert is_brief(with_fits(small, *fits), ours), "by its MACs, as nothing is timed there"


def test_a_device_that_runs_nothing_of_it_is_no_reason_against_a_conversion() -> None:
    """On an A100 memory limits the two convolutions of 64 channels, and one is faster."""
    found = facts(
        "g (float[1,64,56,56] x, float[64,64,3,3] w) => (float[1,64,56,56] y) "
        "{ y = Conv <pads = [1,1,1,1]> (x, w) }"
    )
    nodes = [node.id for node in found.nodes]
    assert [each.device for each in elsewhere(found, nodes, BOARD, (BOARD, GPU))] == [GPU.name]
    for verdict, left in (("no", []), ("split", [GPU.name])):
        given = with_fits(found, fit("ort_cuda", verdict, 0.5))
        assert [each.device for each in elsewhere(given, nodes, BOARD, (BOARD, GPU))] == left


def test_without_arithmetic_a_device_says_what_its_targets_take_and_withholds_no_time() -> None:
    found = facts("g (float[1,3] x) => (float[1,3] y) { y = Relu (x) }")
    (row,) = rows(with_fits(found, fit("ort_cuda", "no")), (GPU,))
    assert (row.seconds, row.runs, row.reach) == (None, "", "not through Way da as it is")
