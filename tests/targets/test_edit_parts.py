"""The parts of a suggested change: which are tried, which help, which is best, and its words."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from onnx import defs

from analyzer.deployment import Blocker, Edit, TargetFit
from analyzer.shapes.types import Type
from analyzer.targets.attempt import tried
from analyzer.targets.edits import _helps, _target, _worth
from analyzer.targets.fit import _verdict
from analyzer.targets.restamp import (
    _compatible,
    _same,
    _since,
    _types_of,
    can_state,
    needed_ir,
)
from analyzer.targets.stating import candidates
from tests.each import each
from tests.targets.asking import fit, model, own
from tests.targets.test_table_files import table

FIT = TargetFit("ours", "Ours", "1", "split", True, 3, 3, 10, 5, 0, None, ())


@each(
    ("now", "then", "helps"),
    [  # verdict, share of the MACs, operators of ten that run
        (("split", None, 5), ("split", None, 5), False),
        (("split", None, 5), ("whole", None, 10), True),
        (("no", 1.0, 10), ("whole", 1.0, 10), True),
        (("whole", 1.0, 10), ("whole", 1.0, 10), False),
        (("split", None, 5), ("split", None, 6), True),
        (("split", None, 5), ("maybe", None, 5), False),
        (("split", None, 3), ("split", None, 4), False),  # less than half
        (("split", None, 4), ("split", None, 5), True),
        (("no", None, 9), ("split", None, 5), True),
        (("no", None, 9), ("split", None, 4), False),
        (("split", None, 6), ("no", None, 10), False),
        (("split", 0.9, 1), ("split", 0.95, 9), False),  # the MACs count where there are any
        (("split", 0.45, 1), ("split", 0.5, 9), False),
        (("split", 0.4, 9), ("split", 0.5, 1), True),
        (("maybe", 0.0, 0), ("maybe", 0.0, 0), False),
        (("no", 0.0, 0), ("maybe", 0.0, 0), False),
    ],
)  # fmt: skip
def test_a_change_helps_where_all_runs_then_or_much_and_clearly_more(
    now: tuple[Any, ...], then: tuple[Any, ...], helps: bool
) -> None:
    before, after = (replace(FIT, verdict=verdict, macs_share=share, supported=supported)
                     for verdict, share, supported in (now, then))  # fmt: skip
    assert _helps(before, after) is helps
    assert not _helps(before, replace(after, verdict="maybe", nodes=0, macs_share=None))


def test_the_best_change_comes_first() -> None:
    ranked = [Edit("", "opset", "whole", 9, 0, 10), Edit("", "opset", "maybe", 1, 5, 10),
              Edit("", "opset", "split", 1, 6, 10), Edit("", "opset", "split", 1, 5, 10),
              Edit("", "opset", "split", 2, 9, 10), Edit("", "opset", "no", 0, 0, 10)]  # fmt: skip
    assert [_worth(each) for each in ranked] == sorted(map(_worth, ranked))
    assert tried("do", "ir", ir=8) == Edit("do", "ir", "no", 0, 0, 0, ir=8)


def blocked(*blockers: tuple[str, str]) -> TargetFit:
    return replace(FIT, blockers=tuple(Blocker("", op, code, "", 1) for op, code in blockers))


@each(
    ("blockers", "ceiling", "stated", "tried"),
    [
        ([("", "opset")], 17, 18, {17}),
        ([("", "opset")], None, 18, set()),
        ([("", "opset")], 10, 18, set()),
        ([("", "opset")], 11, 18, {11}),
        ([("Relu", "version")], None, 13, {12, 14}),
        ([("Relu", "version")], 13, 13, {12}),
        ([("Relu", "cliff")], None, 14, {13}),
        ([("Relu", "type")], None, 14, set()),
        ([("com.acme::Relu", "version")], None, 14, set()),
        ([("Nothing", "version")], None, 14, set()),
        ([("Conv", "cliff")], None, 22, {21}),
        ([("Conv", "version")], None, 11, {22}),
        ([("Conv", "version")], None, 10, {11}),
    ],
)  # fmt: skip
def test_opsets_at_which_something_has_another_version(
    blockers: list[tuple[str, str]], ceiling: int | None, stated: int, tried: set[int]
) -> None:
    head = f"# opset_ceiling: {ceiling}\n# id" if ceiling else "# id"
    found = candidates(table(change=("# id", head)), blocked(*blockers), stated)
    assert found == tried


class _Flatten:
    def __init__(self, inputs: int = 1, outputs: int = 1, **attributes: object) -> None:
        self.inputs = ("x", "z")[:inputs]
        self.outputs = ("y", "z")[:outputs]
        self.attributes = attributes


@each(
    ("op", "shape", "target"),
    [
        (_Flatten(), None, (0, -1)),
        (_Flatten(axis=1), None, (0, -1)),
        (_Flatten(axis=0), None, (1, -1)),
        (_Flatten(axis=2), (2, 3, None), (6, -1)),
        (_Flatten(axis=2), (None, 3, 4), None),
        (_Flatten(axis=-1), (2, 3, 4), (6, -1)),
        (_Flatten(axis=3), (2, 3, 4), (24, -1)),
        (_Flatten(axis=4), (2, 3, 4), None),
        (_Flatten(axis=-3), (2, 3, 4), (1, -1)),
        (_Flatten(axis=-4), (2, 3, 4), None),
        (_Flatten(axis=2), None, None),
        (_Flatten(inputs=2), (2, 3), None),
        (_Flatten(outputs=2), (2, 3), None),
    ],
)
def test_sizes_of_a_reshape_in_place_of_a_flatten(
    op: _Flatten, shape: tuple[int | None, ...] | None, target: tuple[int, int] | None
) -> None:
    instance = type("Instance", (), {"types": {"x": Type("float32", shape)}})
    assert _target(cast("Any", op), cast("Any", instance)) == target


RELU = "g (float[2] x) => (float[2] y) { y = Relu (x) }"
FOUR = ("g (float[a,2] x, float[b,2] z, float[c,2] v, float[d,2] w) => (float[a,2] y) "
        "{ y = Sum (x, z, v, w) }")  # fmt: skip


@pytest.mark.parametrize(
    ("proto", "rows", "head", "texts"),
    [
        (f'<ir_version: 8, opset_import: ["" : 18]> {RELU}',
         "ai.onnx,Relu,1,,,,\n", "# opset_ceiling: 17\n",
         ["state opset 17 instead of 18: all operators mean the same there"]),
        (f'<ir_version: 10, opset_import: ["" : 13]> {RELU}',
         "ai.onnx,Relu,1,,,,\n", "# ir_ceiling: 8\n",
         ["state IR version 8 instead of 10: nothing in the file needs a newer one"]),
        (f'<ir_version: 10, opset_import: ["" : 21]> {RELU}',
         "ai.onnx,Relu,1,,,,\n", "# ir_ceiling: 8\n", []),
        ("g (float[n,3] x) => (float[n,3] y) { y = Relu (x) }",
         "ai.onnx,Relu,1,,,static(#0),\n", "",
         ["fix the open sizes of the inputs, such as x 1×3"]),
        (FOUR,
         "ai.onnx,Sum,1,,,static(#0),\n", "",
         ["fix the open sizes of the inputs, such as x 1×2, z 1×2, v 1×2 and 1 more"]),
        ("g (float[2,3] x) => (float[2,3] y) { a = Relu (x) y = Flatten (a) }",
         "ai.onnx,Relu,1,,,,\nai.onnx,Reshape,1,,,,\n", "",
         ["write 1 Flatten as Reshape to constant sizes",
          "remove what does nothing (Flatten)"]),
        ("g (float[2,3] x) => (float[2,3] y) { a = Flatten (x) y = Flatten <axis = 0> (a) }",
         "ai.onnx,Reshape,1,,,const(#1),\n", "", ["write 2 Flattens as Reshape to constant sizes"]),
        (("g (float[2,3] x) => (float[2,3] y) <float[3] y_shape = {1, 2, 3}, float[3] y_shape_ = "
         "{1, 2, 3}> { a = Add (x, y_shape) b = Add (a, y_shape_) y = Flatten (b) }"),
         "ai.onnx,Add,1,,f32,,\nai.onnx,Reshape,1,,,,\n", "",
         ["write 1 Flatten as Reshape to constant sizes",
          "remove what does nothing (Flatten)"]),
        ("g (float[2,3] x) => (float[2,3] y) { a = Relu (x) y = Flatten (a) }",
         "ai.onnx,Flatten,1,,,,\nai.onnx,Reshape,1,,,,\n", "", []),
    ],
)  # fmt: skip
def test_a_change_is_said_in_these_words(
    proto: str, rows: str, head: str, texts: list[str]
) -> None:
    assert [edit.text for edit in fit(model(proto), own(rows, head=head)).edits] == texts


@pytest.mark.parametrize(
    ("refusing", "undecided", "yes", "possible", "whole", "delegate", "runtime"),
    [
        (False, False, True, True, False, ("whole", True), ("whole", True)),
        (False, True, True, True, False, ("maybe", False), ("maybe", False)),
        (True, False, True, True, False, ("split", True), ("no", True)),
        (True, True, True, True, False, ("split", False), ("no", True)),
        (True, True, False, True, False, ("maybe", False), ("no", True)),
        (True, False, False, False, False, ("no", True), ("no", True)),
        (True, False, True, True, True, ("no", True), ("no", True)),
    ],
)
def test_a_verdict_follows_from_the_answers(
    refusing: bool, undecided: bool, yes: bool, possible: bool, whole: bool,
    delegate: tuple[str, bool], runtime: tuple[str, bool],
) -> None:  # fmt: skip
    for made, verdict in ((table(), delegate), (table(change=("delegate", "runtime")), runtime)):
        assert _verdict(made, refusing, undecided, yes, possible, whole) == verdict


@each(
    ("op", "old", "new", "stated", "slots", "same"),
    [
        ("Relu", 13, 14, (), ((True,), 1), True),
        ("Relu", 14, 17, (), ((True,), 1), True),
        ("Softmax", 13, 11, (), ((True,), 1), False),  # the default axis, and what it means
        ("Dropout", 11, 13, (), ((True,), 1), False),  # the ratio has become an input
        ("Clip", 11, 13, (), ((True, True, True), 1), True),
        ("Reshape", 13, 14, (), ((True, True), 1), True),  # allowzero came, and 0 changes nothing
        ("Reshape", 14, 13, ("allowzero",), ((True, True), 1), False),
        ("Upsample", 9, 10, (), ((True, True), 1), False),  # deprecated
        ("Nothing", 13, 14, (), ((True,), 1), False),
        ("Squeeze", 11, 13, ("axes",), ((True,), 1), False),
        ("BatchNormalization", 9, 14, (), ((True,) * 5, 1), False),
    ],
)  # fmt: skip
def test_what_means_the_same_at_another_opset(
    op: str, old: int, new: int, stated: tuple[str, ...], slots: Any, same: bool
) -> None:
    assert _compatible(op, old, new, stated, slots) is same


def test_defaults_agree_where_both_have_them_or_it_makes_no_difference() -> None:
    pairs = [("axis", {"axis": 1}, {"axis": 1}), ("axis", {"axis": 1}, {"axis": -1}),
             ("allowzero", {}, {"allowzero": 0}), ("axis", {}, {"axis": 1}),
             ("axis", {"axis": 1}, {})]  # fmt: skip
    assert [_same(*pair) for pair in pairs] == [True, False, True, False, False]
    assert (_since("Conv", 21), _since("Conv", 22), _since("Nothing", 5)) == (11, 22, -1)
    assert {"float32", "float64", "float16"} <= _types_of("Relu", 13)
    assert ("int32" in _types_of("Relu", 13), "int32" in _types_of("Relu", 14)) == (False, True)
    assert _types_of("Nothing", 5) == frozenset()


def test_what_is_computed_beforehand_without_a_kernel_is_left_open() -> None:
    """ONNX Runtime folds constants with its CPU kernels, of which Tan has one for float32."""
    ends = "g (double[2] x) => (double[2] y) <{}[2] c = {{1, 2}}> {{ d = Tan (c) {} }}"
    found = fit(ends.format("double", "y = Add (x, d)"), "ort_cpu")
    assert (found.verdict, found.certain, found.nodes, found.supported) == ("maybe", False, 1, 1)
    reason = "input 0 is f64, not f32"
    assert found.blockers == (
        Blocker("d", "Tan", "undecided", reason, 1, certain=False, opset=None, nodes=("d",)),
    )
    held = fit(ends.format("float", "e = Cast <to = 11> (d) y = Add (x, e)"), "ort_cpu")
    assert (held.verdict, held.certain, held.blockers) == ("whole", True, ())
    run = fit("g (double[2] x) => (double[2] y) { y = Tan (x) }", "ort_cpu")
    assert (run.verdict, run.blockers) == (
        "no", (Blocker("y", "Tan", "type", reason, 1, nodes=("y",)),),
    )  # fmt: skip


def test_attributes_that_came_later_change_nothing_at_their_default() -> None:
    """Changelog of ONNX's operators; MaxPool's storage order came with opset 8, of all others with
    a later one than the oldest that is looked at."""
    for op, old, new, came in (
        ("Reshape", 13, 14, {"allowzero"}), ("DequantizeLinear", 19, 21, {"block_size"}),
        ("QuantizeLinear", 19, 21, {"block_size", "output_dtype"}),
        ("QuantizeLinear", 21, 23, {"precision"}), ("AveragePool", 11, 19, {"dilations"}),
        ("ScatterElements", 13, 16, {"reduction"}), ("ScatterND", 13, 16, {"reduction"}),
        ("Cast", 13, 19, {"saturate"}), ("Cast", 21, 24, {"round_mode"}),
        ("MaxPool", 1, 8, {"storage_order"}), ("MaxPool", 8, 10, {"dilations"}),
    ):  # fmt: skip
        before, after = (defs.get_schema(op, opset, "").attributes for opset in (old, new))
        assert after.keys() - before.keys() >= came, op
        assert all(_same(name, {}, {name: 7}) for name in came)
    for name in ("axis", "mode", "epsilon"):
        assert not _same(name, {}, {name: 0})
        assert _same(name, {name: 1}, {name: 1})
        assert not _same(name, {name: 1}, {name: 2})


def test_the_oldest_ir_version_is_the_one_released_with_the_opset() -> None:
    """ONNX 1.8 came with opset 13 and IR version 7, ONNX 1.12 with opset 17 and IR version 8,
    which has local functions. Types that came later need a version that is not looked up."""

    def needed(opset: int, *types: str, functions: bool = False) -> int | None:
        kinds = {str(n): Type(dtype, (1,)) for n, dtype in enumerate(types)}
        program = SimpleNamespace(main=SimpleNamespace(opsets={"": opset}),
                                  functions={"f": None} if functions else {})  # fmt: skip
        shapes = SimpleNamespace(instances=lambda: [SimpleNamespace(types=kinds)])
        return needed_ir(cast("Any", program), cast("Any", shapes))

    old = ("float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool",
           "float16", "float64", "uint32", "uint64")  # fmt: skip
    assert needed(13, *old) == 7
    assert needed(13, *old, functions=True) == 8
    assert (needed(17), needed(17, functions=True), needed(21, functions=True)) == (8, 8, 10)
    for new in ("bfloat16", "float8e4m3fn", "int4"):
        assert needed(13, "float32", new) is None
    assert needed(99) is None


def test_a_model_can_state_an_opset_at_which_all_its_operators_mean_the_same() -> None:
    def op(op_type: str, *names: str, domain: str = "", stated: tuple[str, ...] = ()) -> Any:
        proto = SimpleNamespace(attribute=[SimpleNamespace(name=name) for name in stated])
        return SimpleNamespace(op_type=op_type, domain=domain, proto=proto, inputs=names[:-1],
                               outputs=names[-1:])  # fmt: skip

    def says(
        old: int, new: int, *ops: Any, inner: tuple[Any, ...] = (), functions: bool = False,
        main: str = "float32", body: str | None = None,
    ) -> bool:  # fmt: skip
        scopes = [SimpleNamespace(index=n, ops=each) for n, each in enumerate((ops, inner))]
        program = SimpleNamespace(main=SimpleNamespace(opsets={"": old}), scopes=scopes,
                                  functions={"f": None} if functions else {})  # fmt: skip
        kinds = [dict.fromkeys("xy", main), {name: body for name in "xab" if body}]
        instances = [
            SimpleNamespace(scope=n, types={k: SimpleNamespace(dtype=v) for k, v in each.items()})
            for n, each in enumerate(kinds)
        ]
        shapes = SimpleNamespace(instances=lambda: instances)
        return can_state(cast("Any", program), cast("Any", shapes), new)

    relu, newest = op("Relu", "x", "y"), defs.onnx_opset_version()
    assert says(13, 14, relu)
    assert says(14, 13, relu)
    assert not says(14, 13, relu, main="int32"), "a type that the older one has not"
    assert says(14, 15, relu, main="int32")
    assert not says(14, 13, op("Reshape", "x", "s", "y", stated=("allowzero",)))
    assert not says(13, 14, relu, op("Nothing", "x", "y"))
    assert says(13, 14, relu, op("Nothing", "x", "y", domain="com.acme")), "another opset's"
    assert not says(13, 14, relu, functions=True)
    for low in (11, 10):
        assert says(low, 11, relu) is says(11, low, relu) is (low == 11)
    assert says(newest, newest, relu)
    assert not says(newest, newest + 1, relu)
    # a body reads what is around it, and its own tensors before that
    reads = (op("Relu", "x", "a"),)
    assert not says(14, 13, inner=reads, main="int32")
    assert says(14, 13, inner=reads, main="int32", body="float32")
    assert not says(14, 13, inner=reads, body="int32")
    assert says(14, 13, relu, body="int32"), "what is around knows nothing of the body"
