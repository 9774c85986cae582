"""Globs, exclusions and budgets: what each text means, and the words for what it cannot mean."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from analyzer.cli.budgets.figures import FIGURES
from analyzer.cli.budgets.limit import Limit, parse_limit
from analyzer.cli.config.exclude import Exclusion, PathPattern, plain_form, spelled
from analyzer.cli.config.globs import Glob, path_within
from analyzer.cli.origins import _has, _leaves, dotted
from analyzer.cli.paths import leaves
from analyzer.cli.progress import fitting
from tests.each import each


@each(
    ("glob", "meant", "others"),
    [
        ("a.onnx", ["a.onnx"], ["b.onnx", "d/a.onnx", "a.onnx/x"]),
        ("./a.onnx", ["a.onnx"], ["./a.onnx"]),
        ("*.onnx", ["a.onnx", ".onnx"], ["d/a.onnx", "a.onnx.bak"]),
        ("d/?.onnx", ["d/a.onnx"], ["d/ab.onnx", "a.onnx"]),
        ("d/[ab].onnx", ["d/a.onnx"], ["d/c.onnx"]),
        ("**/a.onnx", ["a.onnx", "d/a.onnx", "d/e/a.onnx"], ["a.onnx/d"]),
        ("d/**", ["d", "d/a", "d/e/a"], ["e/d"]),
        ("d/", ["d/a", "d/e/a", "d"], ["e/d/a"]),
        ("d/**/e/**/*.onnx", ["d/e/a.onnx", "d/x/e/y/a.onnx", "d/e/e/a.onnx"],
         ["d/x/a.onnx", "d/e"]),
        ("**/b/c", ["b/c", "b/b/c", "a/b/b/c"], ["b/d/c", "c"]),
        ("**/**", ["a", "a/b"], []),
        ("a/*/c", ["a/b/c"], ["a/c", "a/b/b/c"]),
    ],
)  # fmt: skip
def test_a_glob_means(glob: str, meant: list[str], others: list[str]) -> None:
    found = Glob(glob)
    assert [path for path in (*meant, *others) if found.matches(path)] == meant


@pytest.mark.parametrize(
    ("glob", "folder", "inside"),
    [("a/b/*.onnx", "a/b", True), ("*/b", "", True), ("a/*/c", "a", True), ("a", "", True),
     ("a/b/", "a/b", True), ("../a", "..", False), ("/a/b", "/a", False), ("a/../b", "a/..", False),
     ("", "", False)],
)  # fmt: skip
def test_below_which_folder_all_lies_that_a_glob_can_mean(
    glob: str, folder: str, inside: bool
) -> None:
    found = Glob(glob)
    assert (found.folder, found.is_inside) == (folder, inside)


def test_a_path_as_seen_from_a_folder(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    os.symlink(tmp_path / "real", tmp_path / "link")
    base = str(tmp_path)
    assert path_within(f"{base}/a/b", base) == "a/b"
    assert path_within(base, base) == "."
    assert path_within(f"{base}x", base) is None
    assert path_within(f"{base}/..x", base) == "..x"
    assert path_within(f"{base}/..", base) is None
    assert path_within(f"{base}/link/a", f"{base}/real") == "a"
    assert (leaves(f"{base}/a", base), leaves(f"{base}/link/a", f"{base}/real")) == (False, False)
    assert (leaves(base, base), leaves(f"{base}x", base)) == (False, True)


@pytest.mark.parametrize(
    ("text", "plain"),
    [("./a/", "a"), ("a/**", "a"), ("a", "a"), ("**/a", "a"), ("**/a/b", "**/a/b"), ("a/b/", "a/b"),
     ("/a/", "a"), ("a//", "a"), ("**/a/**", "a")],
)  # fmt: skip
def test_what_says_the_same_is_one_pattern(text: str, plain: str) -> None:
    assert plain_form(text) == plain


def test_what_is_left_out(tmp_path: Path) -> None:
    base = str(tmp_path)
    patterns = [PathPattern(text, base) for text in ("old", "*.tmp", "m/edge", "d/*.onnx")]
    out = Exclusion(patterns)
    left = ["old", "x/old", "a.tmp", "x/b.tmp", "m/edge", "d/a.onnx"]
    kept = ["older", "m", "x/m/edge", "d/a.bin", "e/a.onnx"]
    found = [path for path in (*left, *kept) if out.leaves_out(f"{base}/{path}")]
    assert found == left
    held = [path for path in ("old/a/b", "m/edge/a", "m/a", "d/a.onnx") if
            out.holds(f"{base}/{path}", base)]  # fmt: skip
    assert held == ["old/a/b", "m/edge/a", "d/a.onnx"]
    assert out.holds("/elsewhere/old", base)
    assert not out.holds("/old/elsewhere", base)


def test_a_pattern_of_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    here = str(tmp_path)
    assert spelled("a/b") == (PathPattern("a/b", here))
    assert spelled("/x/y") == PathPattern("/x/y", "/")
    assert spelled("../y") == PathPattern(f"{tmp_path.parent}/y", "/")


@each(
    ("value", "figure", "limit"),
    [
        (0, "macs", Limit("0", 0)), (1500, "macs", Limit("1,500", 1500)),
        (10**18 - 1, "macs", Limit(f"{10**18 - 1:,}", 10**18 - 1)),
        ("4.35M", "macs", Limit("4.35M", 4_350_000)),
        ("600 MMACs", "macs", Limit("600 MMACs", 6 * 10**8)),
        ("1.5 MiB", "peak", Limit("1.5 MiB", 3 << 19)),
        ("+5%", "macs", Limit("+5%", share=(1, 20))),
        ("- 2.5 %", "macs", Limit("- 2.5 %", share=(-1, 40))),
        ("+1 k", "params", Limit("+1 k", step=1000)),
        ("-3", "params", Limit("-3", step=-3)), (" 1_000  k ", "macs", Limit("1_000 k", 10**6)),
        ("+0%", "macs", Limit("+0%", share=(0, 1))),
    ],
)  # fmt: skip
def test_a_budget_is(value: object, figure: str, limit: Limit) -> None:
    assert parse_limit(value, FIGURES[figure]) == limit


WANTED = 'must be a whole number of {}, a text such as "{}", or "+5%" beside a base'


@pytest.mark.parametrize(
    ("value", "figure", "said"),
    [
        (-1, "macs", "must be a number from 0, below 1e+18"),
        (10**18, "macs", "must be a number from 0, below 1e+18"),
        (True, "macs", WANTED.format("MACs", "600M") + ", not True"),
        (1.5, "peak", WANTED.format("bytes", "4 MiB") + ", not 1.5"),
        ("many", "params", WANTED.format("parameters", "4.3M") + ", not 'many'"),
        ("5%", "macs", "'5%' is a share of what? One of a base has a sign: \"+5%\""),
        ("5 MiB", "macs", "'5 MiB' is not in MACs; " + WANTED.format("MACs", "600M")),
        ("0.5", "macs", "'0.5' is no whole number of MACs below 1e+18"),
        ("1E", "macs", "'1E' is no whole number of MACs below 1e+18"),
    ],
)  # fmt: skip
def test_a_budget_is_not(value: object, figure: str, said: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse_limit(value, FIGURES[figure])
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("limit", "base", "above"),
    [
        (Limit("+5%", share=(1, 20)), 19, 19), (Limit("+5%", share=(1, 20)), 20, 21),
        (Limit("-5%", share=(-1, 20)), 19, 18), (Limit("-5%", share=(-1, 20)), 20, 19),
        (Limit("+3", step=3), 7, 10), (Limit("-9", step=-9), 7, 0), (Limit("+0", step=0), 7, 7),
    ],
)  # fmt: skip
def test_a_relative_budget_is_the_largest_whole_figure(limit: Limit, base: int, above: int) -> None:
    assert (limit.above(base), limit.is_relative) == (above, True)
    assert not Limit("5", 5).is_relative


def test_keys_as_a_file_writes_them() -> None:
    assert dotted("dims", "a b", "c-d_9") == 'dims."a b".c-d_9'
    assert list(_leaves({"a": {"b": 1, "c": {}}, "d": (2,)})) == [(("a", "b"), 1), (("d",), (2,))]
    table = {"a": {"b": 1}}
    found = [_has(table, keys) for keys in ((), ("a",), ("a", "b"), ("b",), ("a", "b", "c"))]
    assert found == [True, True, True, False, False]


def test_text_fits_by_the_columns_that_it_takes() -> None:
    assert [fitting("ab\u0301c", n) for n in range(5)] == [
        "",
        "a",
        "ab\u0301",
        "ab\u0301c",
        "ab\u0301c",
    ]
    assert [fitting("漢字", n) for n in range(5)] == ["", "", "漢", "漢", "漢字"]
    assert fitting("\uff21a", 2) == "\uff21"
