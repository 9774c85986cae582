"""Changes that help: made to the file with onnx, they give what was promised."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from analyzer.deployment import Edit, TargetFit
from tests.targets.asking import fit, fits, model, own


def applied(proto: onnx.ModelProto, edit: Edit) -> onnx.ModelProto:
    """The model with the change."""
    changed = onnx.ModelProto()
    changed.CopyFrom(proto)
    graph = changed.graph
    if edit.opset is not None:
        for entry in changed.opset_import:
            if entry.domain in ("", "ai.onnx"):
                entry.version = edit.opset
    if edit.ir is not None:
        changed.ir_version = edit.ir
    for value in graph.input:
        if value.name in edit.sizes:
            sizes = edit.sizes[value.name]
            kind = value.type.tensor_type
            del kind.shape.dim[:]
            for size in sizes:
                kind.shape.dim.add(dim_value=size)
    if edit.sizes:  # what the file says of the values in between is about open sizes
        del graph.value_info[:]
        for value in graph.output:
            value.type.tensor_type.ClearField("shape")
    _reshape(graph, edit)
    _remove(graph, edit.removed)
    kept = [value for value in graph.input if value.name not in edit.constants]
    del graph.input[:]
    graph.input.extend(kept)
    return changed


def _reshape(graph: onnx.GraphProto, edit: Edit) -> None:
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                _reshape(attribute.g, edit)
        target = edit.reshapes.get(node.output[0]) if node.output else None
        if target is not None and node.op_type == "Flatten":
            name = f"{node.output[0]}.target"
            graph.initializer.append(numpy_helper.from_array(np.array(target, np.int64), name))
            node.op_type = "Reshape"
            node.input.append(name)
            del node.attribute[:]


def _remove(graph: onnx.GraphProto, removed: Collection[str]) -> None:
    """The first input takes the place of the result; of an output of the graph the other way."""
    for node in [node for node in graph.node if node.output[0] in removed]:
        ends = {value.name for value in graph.output}
        old, new = node.output[0], node.input[0]
        old, new = (new, old) if old in ends else (old, new)
        graph.node.remove(node)
        for other in graph.node:
            for names in (other.input, other.output):
                names[:] = [new if name == old else name for name in names]


def keeps(edit: Edit, after: TargetFit) -> bool:
    """Whether what came of it is what was promised."""
    return (edit.verdict, edit.partitions, edit.supported, edit.nodes) == (
        after.verdict, after.partitions, after.supported, after.nodes,
    )  # fmt: skip


TAIL = """g (float[1,2,8,8] x) => (float[1,2] y) <int64[4] form = {2, 2, 8, 8}>
  { w = ConstantOfShape (form) a = Conv (x, w) y = Flatten (a) }"""
OPEN = """g (float[batch,2,8,8] x) => (float[batch,2,8,8] y) <int64[4] form = {2, 2, 1, 1}>
  { w = ConstantOfShape (form) a = Conv (x, w) y = Relu (a) }"""
CACHE = """g (float[1,2,1,4] key, float[1,2,past,4] past_key) => (float[1,2,total,{width}] y)
  {{ {all} = Concat <axis = 2> (past_key, key) {more} }}"""
NEW = """<ir_version: 11, opset_import: ["" : 17]>
  g (float[2] x) => (float[2] y) { y = Relu (x) }"""
CLIFF = f'<ir_version: 10, opset_import: ["" : 22]> {TAIL}'


IDLE = """g (float[1,2] x) => (float[1,2] y)
  { a = Identity (x) b = Relu (a) c = Identity (b) d = Cast <to = 1> (c) e = Sigmoid (d)
    y = Identity (e) }"""


def _value(name: str, dims: list[int]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, dims)


def overridable() -> onnx.ModelProto:
    """A convolution whose weight is an input with a default."""
    weight = numpy_helper.from_array(np.ones((2, 2, 1, 1), np.float32), "w")
    graph = helper.make_graph(
        [helper.make_node("Conv", ["x", "w"], ["y"])],
        "g",
        [_value("x", [1, 2, 8, 8]), _value("w", [2, 2, 1, 1])],
        [_value("y", [1, 2, 8, 8])],
        [weight],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


@pytest.mark.parametrize(
    ("proto", "target", "kind", "before"),
    [
        (model(TAIL), "coreml_mlprogram", "reshape", "split"),
        (model(OPEN), "nnapi", "size", "no"),
        (model(CLIFF), "ort_webgpu_js", "opset", "split"),
        (overridable(), "nnapi", "constant", "no"),
        (model(IDLE), "ort_webgpu_js", "removal", "split"),
        (model(NEW), "ort_cpu@1.20", "ir", "no"),
    ],
)
def test_a_change_gives_what_was_promised(
    proto: onnx.ModelProto, target: str, kind: str, before: str
) -> None:
    found = fit(proto, target)
    assert found.verdict == before
    (edit,) = [edit for edit in found.edits if edit.kind == kind]
    assert edit.verdict == "whole"
    assert keeps(edit, fit(applied(proto, edit), target))


def test_initializers_that_nothing_reads_are_not_among_those_to_take_out() -> None:
    proto = overridable()
    unread = numpy_helper.from_array(np.ones((2,), np.float32), "unread")
    returned = numpy_helper.from_array(np.ones((2,), np.float32), "returned")
    proto.graph.initializer.extend([unread, returned])
    proto.graph.input.extend([_value("unread", [2]), _value("returned", [2])])
    proto.graph.output.append(_value("returned", [2]))
    (edit,) = [edit for edit in fit(proto, "nnapi").edits if edit.kind == "constant"]
    assert edit.constants == ("w", "returned")
    assert edit.text.startswith("take 2 initializers out of the inputs of the graph")


def test_what_fixed_sizes_leave_in_the_way_is_kept() -> None:
    line = """g (float[batch,2,8] x) => (float[batch,2,8] y) <int64[3] form = {2, 2, 1}>
      { w = ConstantOfShape (form) y = Conv (x, w) }"""
    for text, left in ((line, "Conv"), (OPEN, "")):
        found = fit(model(text), "nnapi")
        assert (found.sized.op_type if found.sized else "") == left
        assert bool(found.edits) is (not left)


def test_only_what_can_go_and_is_refused_is_removed() -> None:
    """An output keeps an operator that makes it, and no other output; a chain goes as one."""
    ends = "g (float[2] x) => (float[2] y, float[2] z) {{ {} }}"
    for text, removed in (
        ("a = Relu (x) y = Identity (a) z = Neg (a)", ("y",)),
        ("y = Identity (x) z = Neg (x)", ()),
        ("y = Relu (x) z = Identity (y)", ()),
        ("a = Relu (x) b = Identity (a) y = Identity (b) z = Neg (x)", ("b", "y")),
        ("a = Relu (x) y = Identity (a) z = Identity (a)", ("y",)),
        ("a = Identity (x) y = Identity (a) z = Neg (x)", ("a",)),
    ):
        found = fit(model(ends.format(text)), own("ai.onnx,Relu,1,,,,\nai.onnx,Neg,1,,,,\n"))
        assert [edit.removed for edit in found.edits] == ([removed] if removed else []), text


def test_a_cache_is_never_fixed_at_nothing() -> None:
    """An input of size 0 is empty for ever, so the model would have no cache any more."""
    read = model(CACHE.format(all="a", width="8", more="y = Concat <axis = 3> (a, a)"))
    found = fit(read, "nnapi")
    (edit,) = [edit for edit in found.edits if edit.kind == "size"]
    assert edit.sizes == {"past_key": (1, 2, 128, 4)}
    assert keeps(edit, fit(applied(read, edit), "nnapi"))


def test_a_cache_that_goes_out_longer_is_not_fixed() -> None:
    """What goes out, 129 tokens of 128, would not go in again."""
    cache = CACHE.format(all="y", width="4", more="")
    found = fit(model(cache), "nnapi")
    assert not [edit for edit in found.edits if edit.kind == "size"]
    assert found.sized is None
    image = cache.replace("past", "side")
    assert [edit for edit in fit(model(image), "nnapi").edits if edit.kind == "size"]


def test_a_change_computes_the_same() -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    data = np.random.default_rng(1).normal(size=(1, 2, 8, 8)).astype(np.float32)
    proto = model(TAIL)
    (edit,) = fit(proto, "coreml_mlprogram").edits
    results = [
        onnxruntime.InferenceSession(
            each.SerializeToString(), providers=["CPUExecutionProvider"]
        ).run(None, {"x": data})[0]
        for each in (proto, applied(proto, edit))
    ]
    np.testing.assert_array_equal(*results)


def test_nothing_is_suggested_where_all_of_it_runs() -> None:
    assert [found.edits for found in fits(TAIL, "ort_cpu", "openvino")] == [(), ()]


@pytest.mark.parametrize(
    ("opset", "text"),
    [
        (13, "g (float[2,3] x) => (float[2,3] y) { y = Softmax (x) }"),
        (13, "g (float[2,3] x) => (float[2,3] y) { y = LogSoftmax <axis = 1> (x) }"),
        (22, "g (float[2,3] x) => (float[2,3] y) { y = Sin (x) z = Undefined.Op (x) }"),
    ],
)
def test_no_opset_is_suggested_at_which_an_operator_means_something_else(
    opset: int, text: str
) -> None:
    proto = model(f'<ir_version: 8, opset_import: ["" : {opset}, "Undefined" : 1]> {text}')
    for found in fits(proto, "ort_webgl", "ort_webgpu_js", "migraphx"):
        for edit in found.edits:
            assert edit.opset is None or edit.opset >= 13


@pytest.mark.parametrize(
    ("stated", "row", "head", "opset"),
    [
        (13, "Relu,14,", "", 14),
        (13, "Relu,14,", "# opset_ceiling: 13\n", None),
        (14, "Relu,13,13", "", 13),
        (18, "Relu,1,", "# opset_ceiling: 17\n", 17),
        (13, "Relu,15,", "", None),  # there is no Relu-15
        (11, "Relu,6,10", "", None),  # too old to be sure what operators mean
        (14, "Relu,1,", "", None),
    ],
)
def test_an_opset_is_suggested_at_which_a_target_has_the_operators(
    stated: int, row: str, head: str, opset: int | None
) -> None:
    graph = "g (float[2,3] x) => (float[2,3] y) { y = Relu (x) }"
    proto = model(f'<ir_version: 8, opset_import: ["" : {stated}]> {graph}')
    found = fit(proto, own(f"ai.onnx,{row},,,\n", head=head))
    assert [edit.opset for edit in found.edits] == ([] if opset is None else [opset])
