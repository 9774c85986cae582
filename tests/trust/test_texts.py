"""Every field of onnx.proto that holds a string is read, with its kind, place and owner."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from onnx import ModelProto, TensorProto, helper

from analyzer.contents import Text
from analyzer.model import load, source, wire
from tests.trust.build import contents, model


def _model(made: ModelProto) -> None:
    made.producer_name, made.producer_version, made.domain = "maker", "v2", "org.maker"
    made.doc_string = "about all"
    made.metadata_props.add(key="author", value="jane")


def _graph(made: ModelProto) -> None:
    made.graph.name, made.graph.doc_string = "net", "about it"
    made.graph.metadata_props.add(key="stage", value="final")


def _values(made: ModelProto) -> None:
    made.graph.input[0].doc_string = "a photo"
    made.graph.output[0].metadata_props.add(key="labels", value="cat")
    made.graph.input[0].type.tensor_type.shape.dim[0].dim_param = "batch"
    made.graph.value_info.add(name="y").doc_string = "logits"


def _tensors(made: ModelProto) -> None:
    tensor = made.graph.initializer.add(name="w", data_type=TensorProto.FLOAT, dims=[1])
    tensor.float_data.append(1)
    tensor.doc_string = "trained"
    tensor.metadata_props.add(key="epoch", value="9")
    words = made.graph.initializer.add(name="s", data_type=TensorProto.STRING, dims=[3])
    words.string_data.extend([b"one", b"two", b"one"])


def _annotations(made: ModelProto) -> None:
    annotation = made.graph.quantization_annotation.add(tensor_name="x")
    annotation.quant_parameter_tensor_names.add(key="SCALE", value="the_scale")


def _operator(made: ModelProto) -> None:
    node = made.graph.node[0]
    node.doc_string = "clips"
    node.metadata_props.add(key="line", value="7")
    node.domain = "org.own"
    made.opset_import.add(domain="org.own", version=1)
    node.attribute.extend([
        helper.make_attribute("mode", "nearest"), helper.make_attribute("words", ["a", "b", "a"]),
        helper.make_attribute("axis", 1), helper.make_attribute("share", 0.5),
    ])  # fmt: skip
    inner = TensorProto(name="t", data_type=TensorProto.FLOAT, dims=[0], doc_string="a table")
    node.attribute.append(helper.make_attribute("table", inner))


def _constant(made: ModelProto) -> None:
    words = TensorProto(data_type=TensorProto.STRING, dims=[1], string_data=[b"here"])
    made.graph.node.append(helper.make_node("Constant", [], ["c"], value=words))


def _function(made: ModelProto) -> None:
    made.opset_import.add(domain="own", version=1)
    body = helper.make_node("Relu", ["a"], ["b"], name="inner")
    made.functions.append(helper.make_function(
        "own", "F", ["a"], ["b"], [body], [helper.make_opsetid("", 17)],
        doc_string="of two lines",
    ))  # fmt: skip
    made.functions[0].metadata_props.add(key="from", value="torch")
    made.graph.node[0].op_type, made.graph.node[0].domain = "F", "own"


def _body(made: ModelProto) -> None:
    """An If of which one graph has a name and words about it."""
    made.graph.initializer.add(name="w", data_type=TensorProto.BOOL, dims=[], int32_data=[1])
    tensor = TensorProto(name="k", data_type=TensorProto.FLOAT, dims=[], float_data=[1])
    graphs = {
        f"{way}_branch": helper.make_graph(
            [helper.make_node("Constant", [], [way[0]], value=tensor)], name,
            [], [helper.make_tensor_value_info(way[0], TensorProto.FLOAT, [])], doc_string=words,
        )
        for way, name, words in (("then", "yes", "where it is"), ("else", "no", ""))
    }  # fmt: skip
    made.graph.node.append(helper.make_node("If", ["w"], ["z"], **graphs))


USUAL = {
    ("name", "", "name of the graph", "g", 1),
    ("name", "x", "name of 'x'", "x", 1),
    ("name", "y", "name of 'y'", "y", 2),
    ("name", "y", "name of operator 'r'", "r", 1),
    ("identifier", "y", "operator type of operator 'r'", "Relu", 1),
}
"""What a model with one Relu has: ``y`` is an output of the graph and of the operator."""

IN_THE_MODEL = [
    ("identifier", "", "producer name of the model", "maker", 1),
    ("identifier", "", "producer version of the model", "v2", 1),
    ("identifier", "", "domain of the model", "org.maker", 1),
    ("documentation", "", "documentation of the model", "about all", 1),
    ("metadata-key", "", "metadata key of the model", "author", 1),
    ("metadata", "", "metadata 'author' of the model", "jane", 1),
]
IN_THE_GRAPH = [
    ("name", "", "name of the graph", "net", 1),
    ("documentation", "", "documentation of the graph", "about it", 1),
    ("metadata-key", "", "metadata key of the graph", "stage", 1),
    ("metadata", "", "metadata 'stage' of the graph", "final", 1),
]
AT_VALUES = [
    ("documentation", "x", "documentation of 'x'", "a photo", 1),
    ("documentation", "y", "documentation of 'y'", "logits", 1),
    ("metadata-key", "y", "metadata key of 'y'", "labels", 1),
    ("metadata", "y", "metadata 'labels' of 'y'", "cat", 1),
    ("name", "x", "dimension name of 'x'", "batch", 1),
]
AT_TENSORS = [
    ("name", "w", "name of 'w'", "w", 1),
    ("name", "s", "name of 's'", "s", 1),
    ("documentation", "w", "documentation of 'w'", "trained", 1),
    ("metadata-key", "w", "metadata key of 'w'", "epoch", 1),
    ("metadata", "w", "metadata 'epoch' of 'w'", "9", 1),
    ("element", "s", "an element of 's'", "one", 2),
    ("element", "s", "an element of 's'", "two", 1),
]
AT_ANNOTATIONS = [("name", "x", "quantization annotation 'SCALE' of 'x'", "the_scale", 1)]
AT_AN_OPERATOR = [
    ("documentation", "y", "documentation of operator 'r'", "clips", 1),
    ("identifier", "y", "domain of operator 'r'", "org.own", 1),
    ("metadata-key", "y", "metadata key of operator 'r'", "line", 1),
    ("metadata", "y", "metadata 'line' of operator 'r'", "7", 1),
    ("attribute", "y", "attribute 'mode' of operator 'r'", "nearest", 1),
    ("attribute", "y", "attribute 'words' of operator 'r'", "a", 2),
    ("attribute", "y", "attribute 'words' of operator 'r'", "b", 1),
    ("documentation", "y", "attribute 'table' of operator 'r'", "a table", 1),
]
AT_A_CONSTANT = [
    ("name", "c", "name of 'c'", "c", 1),
    ("identifier", "c", "operator type of operator 'c'", "Constant", 1),
    ("element", "c", "an element of operator 'c'", "here", 1),
]
IN_A_FUNCTION = [
    ("identifier", "y", "operator type of operator 'r'", "F", 1),
    ("identifier", "y", "domain of operator 'r'", "own", 1),
    ("name", "own.F/a", "name of 'a'", "a", 1),
    ("name", "own.F/b", "name of 'b'", "b", 2),
    ("name", "own.F/b", "name of operator 'inner'", "inner", 1),
    ("identifier", "own.F/b", "operator type of operator 'inner'", "Relu", 1),
    ("identifier", "", "domain of function 'F'", "own", 1),
    ("identifier", "", "name of function 'F'", "F", 1),
    ("documentation", "", "documentation of function 'F'", "of two lines", 1),
    ("metadata-key", "", "metadata key of the model", "from", 1),
    ("metadata", "", "metadata 'from' of the model", "torch", 1),
]
IN_A_BODY = [
    ("name", "w", "name of 'w'", "w", 1),
    ("name", "z", "name of 'z'", "z", 1),
    ("identifier", "z", "operator type of operator 'z'", "If", 1),
    *(
        entry
        for way, name in (("then", "yes"), ("else", "no"))
        for entry in (
            ("name", "", f"name of body 'z.{way}_branch'", name, 1),
            ("name", f"z.{way}_branch/{way[0]}", f"name of '{way[0]}'", way[0], 2),
            (
                "identifier",
                f"z.{way}_branch/{way[0]}",
                f"operator type of operator 'z.{way}_branch/{way[0]}'",
                "Constant",
                1,
            ),
        )
    ),
    ("documentation", "", "documentation of body 'z.then_branch'", "where it is", 1),
]


@pytest.mark.parametrize(
    ("change", "found", "instead"),
    [
        (_model, IN_THE_MODEL, 0),
        (_graph, IN_THE_GRAPH, 1),
        (_values, AT_VALUES, 0),
        (_tensors, AT_TENSORS, 0),
        (_annotations, AT_ANNOTATIONS, 0),
        (_operator, AT_AN_OPERATOR, 0),
        (_constant, AT_A_CONSTANT, 0),
        (_function, IN_A_FUNCTION, 1),
        (_body, IN_A_BODY, 0),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_string_has_its_kind_its_place_and_its_owner(
    change: Callable[[ModelProto], None], found: list[tuple[str, str, str, str, int]], instead: int
) -> None:
    """``instead`` of so many of the usual ones."""
    made = model()
    change(made)
    seen = [(t.kind, t.place, t.owner, t.text, t.count) for t in contents(made).get(Text)
            if t.kind != "declaration"]  # fmt: skip
    assert sorted(set(seen) - USUAL) == sorted(found)
    assert len(USUAL - set(seen)) == instead


def test_the_length_is_in_bytes_and_what_is_no_utf8_is_escaped() -> None:
    made = model(doc_string="h\u00e9")
    made.graph.node[0].attribute.append(helper.make_attribute("s", b"a\xff"))
    seen = {t.kind: (t.text, t.length) for t in contents(made).get(Text)}
    assert seen["documentation"] == ("h\u00e9", 3)
    assert seen["attribute"] == ("a\\xff", 2)


def test_strings_of_a_tensor_are_as_long_as_they_are_stored() -> None:
    """From 128 bytes on the length of a string takes two bytes (protobuf)."""
    words = [bytes([65 + n]) * length for n, length in enumerate((127, 128, 129, 1, 5000))]
    made = model()
    made.graph.initializer.add(name="s", data_type=TensorProto.STRING, dims=[5], string_data=words)
    seen = [t for t in contents(made.SerializeToString()).get(Text) if t.kind == "element"]
    assert [(t.text[:2], t.length) for t in seen] == [
        ("AA", 127), ("BB", 128), ("CC", 129), ("D", 1), ("EE", 5000)
    ]  # fmt: skip


@pytest.mark.parametrize("window", [4, 5, 6, 7, 9])
def test_short_strings_of_a_file_are_read_in_windows(
    window: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A window may end within a string, before it, and between what begins it and its length."""
    words = [f"{n:03}".encode() for n in range(900)]
    made = model()
    made.graph.initializer.add(
        name="s", data_type=TensorProto.STRING, dims=[900], string_data=words
    )
    path = tmp_path / "m.onnx"
    path.write_bytes(made.SerializeToString())
    monkeypatch.setattr(source, "_IN_MEMORY", 0)
    monkeypatch.setattr(wire, "_WINDOW", window)
    loaded = load(path)
    (tensor,) = loaded.proto.graph.initializer
    assert loaded.payloads.strings(tensor, 1 << 20) == words


def test_what_nothing_reads_is_looked_at_as_it_is_stored() -> None:
    made = model()
    made.training_info.add().initialization.doc_string = "how it was trained"
    made.functions.append(helper.make_function(
        "own", "F", ["a"], ["b"], [helper.make_node("Relu", ["a"], ["b"])],
        [helper.make_opsetid("", 17)],
    ))  # fmt: skip
    made.functions[0].value_info.add(name="b", doc_string="of a function")
    made.graph.value_info.add(name="v").type.denotation = "IMAGE"
    declared = [t for t in contents(made).get(Text) if t.kind == "declaration"]
    assert [(t.owner, t.place) for t in declared] == [
        ("a declared type of the graph", ""),
        ("a declaration of function 'F'", ""),
        ("something for training of the model", ""),
    ]
    words = ("IMAGE", "of a function", "how it was trained")
    assert [word in t.text for word, t in zip(words, declared, strict=True)] == [True] * 3
