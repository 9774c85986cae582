"""Every kind of argument: what it takes, to the last value, and in which words it refuses."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable
from fractions import Fraction

import pytest

from analyzer.cli import batch, scale, values
from analyzer.cli.bounds import bounds
from analyzer.cli.console import duration
from analyzer.errors import ConfigError
from analyzer.report.compare.gate import TOTALS, IncreaseBound
from tests.each import each

LONG = "9" * 100


@each(
    ("read", "taken"),
    [
        (values.name_and_shape, {
            "x=1,3": ("x", (1, 3)), "x= 1 , 3": ("x", (1, 3)), "a=b=2": ("a=b", (2,)),
            "x=": ("x", ()), "x=0": ("x", (0,)), f"x={2**63 - 1}": ("x", (2**63 - 1,)),
        }),
        (values.name_and_count, {"n=8": ("n", 8), f"n={2**63 - 1}": ("n", 2**63 - 1)}),
        (values.format_and_path, {"json=a=b": ("json", "a=b")}),
        (values.file, {"a": "a", " ": " "}),
        (values.words, {"": (), "a": ("a",), " a ,, b": ("a", "b")}),
        (values.positive, {"1": 1, "007": 7, "1234567890": 1234567890}),
        (scale._multipliers, {"0.001,100": (0.001, 100.0), "1": (1.0,)}),
        (scale._depths, {"1.5,2+3": (1.5, (2, 3)), "1+1000": ((1, 1000),)}),
        (scale._sides, {
            "15": (15.0,), "16": ((16,),), "0.57,224": (0.57, (224,)), "96x160": ((96, 160),),
            "96X1×1000000": ((96, 1, 1_000_000),), "99.5": (99.5,),
        }),
        (scale._divisor, {"1": 1, "8": 8, "1024": 1024}),
        (scale._budget, {"0": 0, "300M": 300_000_000, "5": 5}),
        (bounds, {
            "": (),
            "macs=5%": (IncreaseBound("macs", Fraction(1, 20), 0, "5%"),),
            " macs = 0.1 % ,params=0": (IncreaseBound("macs", Fraction(1, 1000), 0, "0.1 %"),
                                        IncreaseBound("params", Fraction(0), 0, "0")),
            "peak=1MiB": (IncreaseBound("peak", Fraction(0), 1 << 20, "1MiB"),),
            f"macs={10**18}": (IncreaseBound("macs", Fraction(0), 10**18, str(10**18)),),
            f"macs={10**18}%": (IncreaseBound("macs", Fraction(10**16), 0, f"{10**18}%"),),
            "macs=0%": (IncreaseBound("macs", Fraction(0), 0, "0%"),),
        }),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)  # fmt: skip
def test_what_an_argument_takes(read: Callable[[str], object], taken: dict[str, object]) -> None:
    assert {text: read(text) for text in taken} == taken


SHAPE, COUNT = "NAME=1,3,224,224", "NAME=8"
FORM = "is not of the form"
WHOLE = "is not a whole number from 0"
BOUND = f"is not TOTAL=BOUND such as macs=5%; totals are {', '.join(TOTALS)}"
MULTIPLIER = "is not a multiplier from 0.001 to 100"
BLOCKS = "is not a number of blocks from 1 to 1000"
SIDE = "is not a side from 1 to 1000000 pixels"
DIVISOR = "is not a whole number from 1 to 1024"
MACS = "is not a number of MACs, such as 300M"
SOME = "one value or more, separated by commas"
PAIR = "is not FORMAT=PATH, such as json=findings.json"


@each(
    ("read", "refused"),
    [
        (values.name_and_shape, {
            "x": f"'x' {FORM} {SHAPE}", "=1": f"'=1' {FORM} {SHAPE}",
            "x=1,a": f"'a' in 'x=1,a' {WHOLE}", "x=-1": f"'-1' in 'x=-1' {WHOLE}",
            f"x={2**63}": f"'{2**63}' in 'x={2**63}' {WHOLE}",
            f"x={LONG}": f"'{LONG[:40]}' in 'x={LONG[:78]}' {WHOLE}",
            "y" * 90: f"'{'y' * 80}' {FORM} {SHAPE}", "x=²": f"'²' in 'x=²' {WHOLE}",
        }),
        (values.name_and_count, {"n": f"'n' {FORM} {COUNT}", "n=": f"'' in 'n=' {WHOLE}"}),
        (values.format_and_path, {
            "json": f"'json' {PAIR}", "json=": f"'json=' {PAIR}", "=a": f"'=a' {PAIR}",
            "j" * 90: f"'{'j' * 80}' {PAIR}",
        }),
        (values.file, {"": "the path is empty"}),
        (values.positive, {
            "0": "'0' is not a whole number from 1", "-1": "'-1' is not a whole number from 1",
            "²": "'²' is not a whole number from 1", "": "'' is not a whole number from 1",
            "a" * 50: f"'{'a' * 40}' is not a whole number from 1",
        }),
        (scale._multipliers, {
            "": SOME, ",": SOME,
            "0.0009": f"'0.0009' {MULTIPLIER}", "100.1": f"'100.1' {MULTIPLIER}",
            "1,a": f"'a' {MULTIPLIER}", "nan": f"'nan' {MULTIPLIER}",
            "b" * 50: f"'{'b' * 40}' {MULTIPLIER}",
        }),
        (scale._depths, {
            "": SOME, "0+1": f"'0' {BLOCKS}", "1+1001": f"'1001' {BLOCKS}", "1+": f"'' {BLOCKS}",
            "1+a": f"'a' {BLOCKS}",
            "1+²": f"'²' {BLOCKS}", f"1+{'c' * 50}": f"'{'c' * 40}' {BLOCKS}",
            "a": f"'a' {MULTIPLIER}",
        }),
        (scale._sides, {
            "": SOME, "0": f"'0' {MULTIPLIER}", "1x0": f"'1x0' {SIDE}", "0x1": f"'0x1' {SIDE}",
            "1000001": f"'1000001' {SIDE}", "1x1000001": f"'1x1000001' {SIDE}",
            "1xa": f"'1xa' {SIDE}",
            "1x": f"'1x' {SIDE}", "1x²": f"'1x²' {SIDE}", f"1x{'d' * 50}": f"'1x{'d' * 38}' {SIDE}",
        }),
        (scale._divisor, {
            "0": f"'0' {DIVISOR}", "1025": f"'1025' {DIVISOR}", "a": f"'a' {DIVISOR}",
            "²": f"'²' {DIVISOR}", "e" * 50: f"'{'e' * 40}' {DIVISOR}",
        }),
        (scale._budget, {
            "-1": f"'-1' {MACS}", "many": f"'many' {MACS}", "f" * 50: f"'{'f' * 40}' {MACS}",
            "1e400": f"'1e400' {MACS}",
        }),
        (bounds, {
            "macs": f"'macs' {BOUND}", "macs=": f"'macs=' {BOUND}", "=5": f"'=5' {BOUND}",
            "speed=5%": f"'speed=5%' {BOUND}", "macs=5%,g=1": f"'g=1' {BOUND}",
            "macs=a%": "'macs=a%' is not a percentage", "macs=%": "'macs=%' is not a percentage",
            "macs=-1%": "'macs=-1%' is not a percentage from 0",
            "macs=nan%": "'macs=nan%' is not a percentage from 0",
            "macs=inf%": "'macs=inf%' is not a percentage from 0",
            f"macs={10**18 + 1}%": f"'macs={10**18 + 1}%' is not a percentage from 0",
            f"macs={10**18 + 1}":
                f"'macs={10**18 + 1}' is not a whole number from 0, or a percentage",
            "macs=0.5": "'macs=0.5' is not a whole number from 0, or a percentage",
            "h" * 90: f"'{'h' * 80}' {BOUND}",
        }),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)  # fmt: skip
def test_what_an_argument_refuses(read: Callable[[str], object], refused: dict[str, str]) -> None:
    said = {}
    for text in refused:
        with pytest.raises(ArgumentTypeError) as caught:
            read(text)
        said[text] = str(caught.value)
    assert said == refused


def test_sides_as_ratios() -> None:
    assert scale._ratio(0.5, (224, 224)) == 0.5
    assert scale._ratio((112,), (224, 224)) == 0.5
    assert scale._ratio((112, 56), (224, 112)) == 0.5
    for side, now in (((112,), (224, 112)), ((112, 112), (224, 112))):
        with pytest.raises(ConfigError, match="needs an input that is square; use multipliers"):
            scale._ratio(side, now)


def test_at_most_5_000_sizes_are_computed() -> None:
    scale._bounded(5000)
    with pytest.raises(
        ConfigError, match=r"^5001 sizes are more than 5000; ask for fewer at once$"
    ):
        scale._bounded(5001)


@pytest.mark.parametrize(
    ("models", "asked", "jobs"),
    [(0, None, 1), (1, None, 1), (11, None, 1), (12, None, 2), (23, None, 3), (24, None, 4),
     (600, None, 8), (600, 3, 3), (2, 9, 2), (0, 4, 1), (5, 1, 1)],
)  # fmt: skip
def test_a_process_more_for_six_models(
    monkeypatch: pytest.MonkeyPatch, models: int, asked: int | None, jobs: int
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(8)))
    assert batch.jobs_for(models, asked) == jobs
    assert batch.jobs_for(models, asked, worthwhile=1) == max(1, min(asked or 8, models))
    monkeypatch.setattr(batch, "can_fork", lambda: False)
    assert batch.jobs_for(models, asked) == 1


def test_without_affinity_the_cores_of_the_machine_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("os.sched_getaffinity")
    for cores, jobs in ((3, 3), (None, 1)):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        assert batch.jobs_for(100, None) == jobs


@each(
    ("seconds", "text"),
    [(0, "0:00"), (0.4, "0:00"), (0.6, "0:01"), (59.4, "0:59"), (59.6, "1:00"), (60, "1:00"),
     (3599, "59:59"), (3599.9, "1:00:00"), (3600, "1:00:00"), (3661, "1:01:01"),
     (36000, "10:00:00")],
)  # fmt: skip
def test_a_duration_has_hours_from_the_first_on(seconds: float, text: str) -> None:
    assert duration(seconds) == text
