"""What looking at weights costs, by hand, and what is looked at for it."""

from __future__ import annotations

from math import prod
from types import SimpleNamespace
from typing import Any, cast

import pytest
from onnx import parser

from analyzer.analyze import analyze_weights
from analyzer.facts import Tensor
from analyzer.graph.call import Call
from analyzer.model import load
from analyzer.weights import effort, low_rank
from analyzer.weights.core import has_core
from analyzer.weights.filters import Layout
from analyzer.weights.layers import Form, form_of, splits, work
from analyzer.weights.separability import spectral_work


def form(*shape: int, groups: int = 1, transposed: bool = False) -> Form:
    layout = Layout(shape[0], shape[1] * groups, groups, prod(shape[2:]))
    return Form(shape, layout, shape[2:], transposed)


def test_a_matrix_costs_its_gram_matrix_and_the_cube_of_its_smaller_side() -> None:
    assert (low_rank.work(10, 40), low_rank.work(40, 10)) == (100 * 20, 100 * 20)
    assert low_rank.work(8, 11) == 64 * 10
    for rows, columns, looked_at in (
        (8, 8, True), (7, 8, False), (8, 7, False), (1024, 1024, True), (1025, 1024, True),
        (1025, 1025, False), (8, 1 << 20, True), (8, (1 << 20) + 1, False), (1 << 20, 8, True),
    ):  # fmt: skip
        assert low_rank.fits(rows, columns) is looked_at, (rows, columns)


def test_a_product_holds_its_weights_by_input_unless_they_are_turned() -> None:
    """Gemm: (K, N), or (N, K) where ``transB`` says so."""
    node = cast("Any", SimpleNamespace(conv=None))

    def seen(op: str, shape: tuple[int, ...] | None, *bias: Tensor | None, **given: int) -> Any:
        inputs = (Tensor("x", "float32", (2, 3)), Tensor("w", "float32", shape), *bias)
        return form_of(node, Call(op, "", 13, given, inputs, ()))

    plain = Form((3, 5), Layout(5, 3, inputs_first=True))
    assert seen("MatMul", (3, 5)) == seen("Gemm", (3, 5)) == seen("Gemm", (3, 5), None) == plain
    assert seen("Gemm", (5, 3), transB=1) == Form((5, 3), Layout(5, 3))
    biased = Layout(5, 3, inputs_first=True, bias=True)
    assert seen("Gemm", (3, 5), Tensor("b", "float32", (5,)), transA=1) == Form((3, 5), biased)
    for unknown in (None, (3,), (2, 3, 5), (3, None)):
        assert seen("MatMul", cast("Any", unknown)) is None
    assert seen("Relu", (3, 5)) is None
    assert seen("Gather", (3, 5)) is None
    assert seen("NoSuch", (3, 5)) is None


def test_two_smaller_layers_are_looked_for_in_matrices_and_in_taps() -> None:
    channels = low_rank.work(16, 8 * 9)
    axes = low_rank.work(8 * 3, 16 * 3)
    for each, cost in (
        (form(16, 8, 3, 3), channels + axes), (form(16, 8, 1, 9), channels),
        (form(16, 8, 9), channels), (form(16, 8), low_rank.work(16, 8)), (form(16, 7), 0),
        (form(16, 8, 3, 3, groups=2), 0), (form(16, 8, 3, 3, transposed=True), 0),
        (form(2, 4, 3, 3), 0), (form(4, 8, 3, 3), low_rank.work(24, 12)),
    ):  # fmt: skip
        assert splits(each) == cost, each
    assert work(form(16, 8), 512) == 512
    assert work(form(16, 8, 3, 3), 4608) == 4608 + spectral_work(16, 8, 1, 9) // 12


def test_spectra_cost_the_cubes_of_the_smaller_sides() -> None:
    for sides, cost in (
        ((16, 8, 1, 9), 8 * 9**3 + 16 * 8**3), ((4, 8, 1, 9), 8 * 4**3 + 4 * 8**3),
        ((16, 16, 2, 4), 16 * 4**3 + 16 * 4**3), ((16, 8, 1, 1), 0),
        ((16, 8, 1, 2), 8 * 8 + 16 * 8),
        ((8, 8, 8, 9), 0), ((8, 16, 8, 9), 16 + 8 * 2**3),
        ((4096, 4096, 1, 4096), 2 * 1_000_000_000),
    ):  # fmt: skip
        assert spectral_work(*sides) == cost, sides


def test_so_many_channels_are_left_out_that_all_take_some_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # just more and just less than 256 MiB of kernels, twice what is decomposed whole
    large = [form(4096, 1821 - fewer, 3, 3) for fewer in (0, 1)]
    assert [effort.sparseness([each]) for each in large] == [2, 1]
    monkeypatch.setattr(effort, "SEPARABLE_BYTES", 1000)
    conv, flat, matrix = form(10, 10, 5, 1), form(100, 100, 1, 1), form(500, 500)
    for forms, every in (
        ([], 1), ([conv], 2), ([conv, conv], 4), ([flat, matrix], 1), ([conv, flat, matrix], 2),
        ([form(10, 5, 5, 1)], 1), ([form(2, 5, 5, 1), conv], 2),
    ):  # fmt: skip
        assert effort.sparseness(forms) == every


def test_channels_are_left_out_of_many_small_matrices_and_of_large_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of one layer: 8 matrices of side 5 and 16 of side 5, each 4,000 more than its cube."""
    each = 24 * (5**3 + 4000)
    conv = form(16, 8, 5, 1)
    for room, every in ((each + 1, 1), (each, 1), (each // 2, 2), (each // 5, 5)):
        monkeypatch.setattr(effort, "SEPARABLE_WORK", room)
        assert effort.sparseness([conv, form(16, 8, 1, 1), form(500, 500)]) == every
    assert effort.sparseness([conv, conv]) == 10


def shares(**macs: int | None) -> Any:
    class Costs(dict[str, Any]):
        totals = SimpleNamespace(macs=sum(n or 0 for n in macs.values()))

    return Costs((name, SimpleNamespace(total_macs=n)) for name, n in macs.items())


def test_the_layers_with_the_most_work_are_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    forms = {"a": form(16, 8), "b": form(32, 8), "c": form(16, 8), "d": form(16, 7)}
    facts = shares(a=5, b=9, c=7, d=99)
    small, large = splits(forms["a"]), splits(forms["b"])
    for room, chosen in (
        (small - 1, ""), (small, "c"), (large, "b"), (large + small - 1, "b"),
        (large + small, "bc"), (large + 2 * small, "abc"),
    ):  # fmt: skip
        monkeypatch.setattr(low_rank, "WORK", room)
        every = frozenset("abc")
        assert effort.worth_splitting(facts, forms) == (every & {*chosen}, every - {*chosen})
    facts["b"].total_macs = None
    monkeypatch.setattr(low_rank, "WORK", 2 * small)
    assert effort.worth_splitting(facts, forms) == (frozenset("ac"), frozenset("b"))


def test_of_more_than_100_layers_those_below_a_256th_of_the_macs_are_not_taken_apart() -> None:
    for small, count, chosen in ((1, 99, 100), (1, 100, 1), (10, 100, 101)):
        facts = shares(large=1000, **{f"n{i}": small for i in range(count)})
        found, left = effort.worth_splitting(facts, dict.fromkeys(facts, form(16, 8)))
        assert ("large" in found, len(found), left) == (True, chosen, frozenset())
    facts = shares(**{f"n{i}": 1 for i in range(500)})
    for of_use, chosen in ((100, 100), (101, 0)):  # of layers of which none is small enough
        forms = {name: form(16, 8 if i < of_use else 7) for i, name in enumerate(facts)}
        assert len(effort.worth_splitting(facts, forms)[0]) == chosen


def test_large_kernels_up_to_a_limit_have_a_core() -> None:
    for kernel, looked_at in (
        ((5,), True), ((4,), False), ((4, 4), False), ((4, 5), True), ((), False),
        ((256, 256), True), ((257, 256), False),
    ):  # fmt: skip
        assert has_core(kernel) is looked_at, kernel


def test_scales_go_along_the_second_axis_where_nothing_else_is_stated() -> None:
    text = """<ir_version: 8, opset_import: ["" : 17]> g (float[1,2] x) => (float[1,3] y)
    <int8[2,3] w = {1, 2, 3, 4, 5, 6}, float[3] s = {1, 10, 100}>
    { d = DequantizeLinear (w, s) y = MatMul (x, d) }"""
    found = analyze_weights(load(parser.parse_model(text).SerializeToString())).evidence
    assert found is not None
    values = found.layers["y"].values
    assert (values.min, values.max) == (1, 600)


def test_products_of_two_activations_are_no_layers_of_weights() -> None:
    text = """<ir_version: 8, opset_import: ["" : 17]> g (float[4,4] x) => (float[4,4] y)
    <float[4,4] w = {1, 2, 3, 4, 5, 6, 7, 8, 9, 8, 7, 6, 5, 4, 3, 2}>
    { a = MatMul (x, w) y = MatMul (a, a) }"""
    found = analyze_weights(load(parser.parse_model(text).SerializeToString())).evidence
    assert found is not None
    assert list(found.layers) == ["a"]
