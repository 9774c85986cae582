"""External data is judged by name and lstat; nothing outside the model's folder is opened."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from onnx import ModelProto, SparseTensorProto, StringStringEntryProto, TensorProto, helper

from analyzer.analyze import analyze_weights
from analyzer.errors import ModelError
from analyzer.facts import Problem
from analyzer.model import Model, load
from analyzer.model.declared import parts_of
from tests import audit

FLOATS = 4
"""Elements of the tensors here: 16 bytes."""


def tensor(name: str = "w", **entries: str) -> TensorProto:
    out = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=[FLOATS])
    out.data_location = TensorProto.EXTERNAL
    for key, value in entries.items():
        out.external_data.add(key=key, value=value)
    return out


def serialised(*tensors: TensorProto) -> bytes:
    graph = helper.make_graph([], "g", [], [], tensors)
    data: bytes = helper.make_model(graph).SerializeToString()
    return data


def loaded(folder: Path, *tensors: TensorProto) -> Model:
    path = folder / "m.onnx"
    path.write_bytes(serialised(*tensors))
    return load(str(path))


def only(model: Model) -> Problem:
    (problem,) = model.problems
    return problem


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model's folder, with a file outside that nothing may open."""
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.bin").write_bytes(bytes(64))
    (inside / "w.bin").write_bytes(bytes(range(64)))
    return inside


def test_data_in_the_folder_is_read_when_asked_for(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "w.bin").write_bytes(bytes(8) + b"\0\0\x80\x3f" * FLOATS)
    model = loaded(folder, tensor(location="./sub//w.bin", offset="8", length="16"))
    assert model.problems == ()
    assert model.info.outside
    assert not loaded(folder, TensorProto(name="w", data_type=TensorProto.FLOAT)).info.outside
    array = model.payloads.array(model.proto.graph.initializer[0])
    assert array is not None
    assert array.tolist() == [1.0] * FLOATS


HOSTILE = [
    ("external-absolute", {"location": "/etc/passwd"}),
    ("external-absolute", {"location": "//host/share/w.bin"}),
    ("external-absolute", {"location": r"C:\w.bin"}),
    ("external-absolute", {"location": r"\\host\share\w.bin"}),
    ("external-absolute", {"location": "file:///etc/passwd"}),
    ("external-absolute", {"location": "https://example.org/w.bin"}),
    ("external-traversal", {"location": "../secret.bin"}),
    ("external-traversal", {"location": "sub/../../secret.bin"}),
    ("external-traversal", {"location": r"..\secret.bin"}),
    ("external-nul", {"location": "w.bin\0.txt"}),
    ("external-location", {"location": ""}),
    ("external-location", {"location": "."}),
    ("external-location", {"location": "w.bin/"}),
    ("external-location", {"location": "sub/."}),
    ("external-location", {}),
    ("external-address", {"location": "*/_ORT_MEM_ADDR_/*", "offset": "140000000"}),
    ("external-unreadable", {"location": "x" * 5000}),
    ("external-offset", {"location": "w.bin", "offset": "-1"}),
    ("external-offset", {"location": "w.bin", "offset": "0x10"}),
    ("external-offset", {"location": "w.bin", "offset": "9" * 400}),
    ("external-offset", {"location": "w.bin", "offset": str(1 << 63)}),
    ("external-offset", {"location": "w.bin", "offset": "1\0"}),
    ("external-offset", {"location": "w.bin", "offset": "١"}),
    ("external-length", {"location": "w.bin", "length": "-16"}),
    ("external-length", {"location": "w.bin", "length": "nan"}),
    ("external-length", {"location": "w.bin", "length": ""}),
    ("external-length", {"location": "w.bin", "length": "17"}),
    ("external-length", {"location": "w.bin", "length": "16\0"}),
    ("external-length", {"location": "w.bin", "length": str(1 << 63)}),
    ("external-key", {"location": "w.bin", "basepath": "/etc"}),
    ("external-key", {"location": "w.bin", "__class__": "x"}),
    ("external-stream", {"location": "w.bin:evil"}),
    ("external-home", {"location": "~/.ssh/id_rsa"}),
]


@pytest.mark.parametrize(("code", "entries"), HOSTILE)
def test_hostile_declarations_have_a_name_and_no_data(
    folder: Path, code: str, entries: dict[str, str]
) -> None:
    model = loaded(folder, tensor(**entries))
    problem = only(model)
    assert (problem.code, problem.where, problem.inconclusive) == (code, "w", True)
    assert "; " in problem.message
    assert model.payloads.array(model.proto.graph.initializer[0]) is None


@pytest.mark.parametrize("offset", [60, (1 << 63) - 1])
def test_data_that_is_cut_off_is_missing_data(folder: Path, offset: int) -> None:
    problem = only(loaded(folder, tensor(location="w.bin", offset=str(offset))))
    assert (problem.code, problem.inconclusive) == ("external-too-short", False)
    assert f"ends at {offset + 16:,}; download it again" in problem.message


def test_the_model_itself_is_nobodys_data(folder: Path) -> None:
    problem = only(loaded(folder, tensor(location="m.onnx", length="16")))
    assert (problem.code, problem.inconclusive) == ("external-self", True)


def test_places_of_rearranged_weights_are_no_unknown_key(folder: Path) -> None:
    assert not loaded(folder, tensor(location="w.bin", prepacked_0="key|0|16")).problems


def test_missing_data_is_a_note_and_the_structure_stays(folder: Path) -> None:
    model = loaded(folder, tensor(location="gone.bin"), tensor("v", location="gone.bin"))
    problem = only(model)
    assert (problem.code, problem.inconclusive) == ("external-missing", False)
    assert "(2 tensors)" in problem.message
    assert list(model.proto.graph.initializer[0].dims) == [FLOATS]
    assert model.payloads.array(model.proto.graph.initializer[0]) is None


POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12345\n"


@pytest.mark.parametrize("elements", [1000, 4])
def test_an_lfs_pointer_is_called_one_whether_the_data_would_fit_or_not(
    folder: Path, elements: int
) -> None:
    (folder / "w.bin").write_text(POINTER)
    declared = tensor(location="w.bin")
    declared.dims[0] = elements
    problem = only(loaded(folder, declared))
    assert (problem.code, problem.inconclusive) == ("external-placeholder", False)
    assert "is a git-LFS pointer in the place of the data; run git lfs pull" in problem.message


def test_a_problem_counts_the_bytes_that_nobody_saw_and_shared_ones_once(folder: Path) -> None:
    same = [tensor(name, location="gone.bin", offset="16") for name in "abc"]
    unsized = tensor("u", location="gone2.bin")
    unsized.data_type = TensorProto.STRING
    cut = [tensor("d", location="w.bin", offset="64"), tensor("e", location="w.bin")]
    model = loaded(folder, *same, tensor(location="gone.bin"), unsized, *cut)
    assert {(problem.file, problem.unseen_bytes) for problem in model.problems} == {
        ("gone.bin", 32), ("gone2.bin", None), ("w.bin", 16),
    }  # fmt: skip


def test_a_page_that_a_server_sent_is_called_one(folder: Path) -> None:
    declared = tensor(location="w.bin")
    declared.dims[0] = 1000
    (folder / "w.bin").write_text("<!DOCTYPE html><title>404</title>")
    assert "is an HTML or XML page in the place" in only(loaded(folder, declared)).message
    declared.dims[0] = 1 << 20
    for size, is_page in ((1 << 20, True), ((1 << 20) + 1, False)):  # no page is longer
        (folder / "w.bin").write_text(f"{'<!DOCTYPE html>':{size}}")
        assert ("HTML or XML page" in only(loaded(folder, declared)).message) is is_page
    (folder / "w.bin").write_bytes(b"tiny")
    assert "download it again" in only(loaded(folder, declared)).message


@pytest.mark.parametrize("key", ["location", "offset", "length"])
def test_data_described_twice_is_not_read(folder: Path, key: str) -> None:
    """Which description counts depends on the reader."""
    twice = tensor(location="w.bin", offset="0", length="16")
    twice.external_data.add(key=key, value="w.bin" if key == "location" else "16")
    model = loaded(folder, twice)
    assert (only(model).code, only(model).inconclusive) == ("external-repeated", True)
    assert model.payloads.array(model.proto.graph.initializer[0]) is None


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("w.bin", "external-link"),
        ("nowhere", "external-link"),
        ("../../blobs/" + "0123456789abcdef" * 4, "external-link"),  # a cache of the hub
        ("../secret.bin", "external-link-outside"),
        ("/etc/passwd", "external-link-outside"),
    ],
)
def test_links_are_never_followed_and_problems_where_they_lead_out(
    folder: Path, target: str, code: str
) -> None:
    (folder / "link.bin").symlink_to(target)
    model = loaded(folder, tensor(location="link.bin"))
    problem = only(model)
    assert (problem.code, problem.inconclusive) == (code, code != "external-link")
    assert model.payloads.array(model.proto.graph.initializer[0]) is None


def test_a_linked_folder_is_not_entered(folder: Path) -> None:
    (folder / "up").symlink_to("..")
    assert only(loaded(folder, tensor(location="up/secret.bin"))).code == "external-link-outside"


def test_special_files_are_never_opened(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "socket"))
        for name in ("pipe", "socket", "."):
            (folder / "folder").mkdir(exist_ok=True)
            model = loaded(folder, tensor(location=f"./{name}" if name != "." else "folder"))
            assert only(model).code == "external-special"
            assert model.payloads.array(model.proto.graph.initializer[0]) is None


def test_a_file_swapped_for_a_link_is_not_opened(folder: Path) -> None:
    model = loaded(folder, tensor(location="w.bin"))
    (folder / "w.bin").unlink()
    (folder / "w.bin").symlink_to("../secret.bin")
    with audit.watched([folder]) as seen, pytest.raises(ModelError, match="the file changed"):
        model.payloads.array(model.proto.graph.initializer[0])
    assert seen == []


@pytest.mark.parametrize(
    ("second", "codes"),
    [
        ({"offset": "0"}, []),  # the same bytes: a tied weight
        ({"offset": "16"}, []),
        ({"offset": "8"}, ["external-overlap"]),
    ],
)
def test_overlapping_tensors_are_a_problem(
    folder: Path, second: dict[str, str], codes: list[str]
) -> None:
    model = loaded(
        folder, tensor("v", location="w.bin", offset="0"), tensor(location="w.bin", **second)
    )
    assert [problem.code for problem in model.problems] == codes


def test_a_model_without_a_folder_reads_no_external_data(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    model = load(serialised(tensor(location="w.bin")))
    assert only(model).code == "external-no-folder"
    assert model.payloads.array(model.proto.graph.initializer[0]) is None


def test_no_declaration_makes_anything_open_a_file_outside(folder: Path) -> None:
    (folder / "link.bin").symlink_to("../secret.bin")
    (folder / "up").symlink_to("..")
    entries = [{"location": "w.bin"}, {"location": "link.bin"}, {"location": "up/secret.bin"}]
    for declared in (*entries, *(declared for _, declared in HOSTILE)):
        model = loaded(folder, tensor(**declared))
        with audit.watched([folder]) as seen:
            analyze_weights(load(model.info.path))
            arrays = [
                load(model.info.path).payloads.array(t) for t in model.proto.graph.initializer
            ]
        assert seen == []
        assert (arrays[0] is not None) == (declared == {"location": "w.bin"})


def in_a_constant(model: ModelProto, tensor: TensorProto) -> None:
    model.graph.node.append(helper.make_node("Constant", [], ["k"], value=tensor))


def in_a_list(model: ModelProto, tensor: TensorProto) -> None:
    model.graph.node.append(helper.make_node("Odd", [], ["k"], domain="x.y", list=[tensor]))


def in_a_body(model: ModelProto, tensor: TensorProto) -> None:
    body = helper.make_graph([helper.make_node("Relu", ["w"], ["q"])], "b", [], [], [tensor])
    model.graph.node.append(helper.make_node("If", ["c"], ["k"], then_branch=body))


def in_a_function(model: ModelProto, tensor: TensorProto) -> None:
    node = helper.make_node("Constant", [], ["k"], value=tensor)
    imports = [helper.make_opsetid("", 17)]
    model.functions.append(helper.make_function("local", "F", [], ["k"], [node], imports))


def in_sparse_values(model: ModelProto, tensor: TensorProto) -> None:
    model.graph.sparse_initializer.add(dims=[9]).values.CopyFrom(tensor)


def in_sparse_indices(model: ModelProto, tensor: TensorProto) -> None:
    sparse = SparseTensorProto(dims=[9], indices=tensor)
    model.graph.node.append(helper.make_node("Constant", [], ["k"], sparse_value=sparse))


def in_training_info(model: ModelProto, tensor: TensorProto) -> None:
    model.training_info.add().algorithm.initializer.append(tensor)


def beside_data_of_its_own(model: ModelProto, tensor: TensorProto) -> None:
    model.graph.initializer.append(tensor)
    model.graph.initializer[0].raw_data = bytes(16)


def said_twice(model: ModelProto, tensor: TensorProto) -> None:
    model.graph.initializer.append(tensor)
    entries = model.graph.initializer[0].external_data
    entries.insert(0, StringStringEntryProto(key="location", value="w.bin"))


@pytest.mark.parametrize(
    "carrier",
    [in_a_constant, in_a_list, in_a_body, in_a_function, in_sparse_values, in_sparse_indices,
     in_training_info, beside_data_of_its_own, said_twice],
)  # fmt: skip
def test_a_tensor_anywhere_is_looked_at(
    folder: Path, carrier: Callable[[ModelProto, TensorProto], None]
) -> None:
    model = ModelProto.FromString(serialised())
    carrier(model, tensor(location="../secret.bin"))
    (folder / "m.onnx").write_bytes(model.SerializeToString())
    with audit.watched([folder]) as seen:
        found = analyze_weights(load(str(folder / "m.onnx")))
    assert seen == []
    assert {p.code for p in found.problems if p.inconclusive} & {
        "external-traversal", "external-repeated",
    }  # fmt: skip


def test_names_are_looked_for_in_the_encoding_of_the_system(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A file's are UTF-8; where the locale is C, Python cannot encode them as they are."""
    monkeypatch.setattr(os, "fsdecode", lambda data: data.decode("ascii", "surrogateescape"))
    assert parts_of("é/w.bin") == ("\udcc3\udca9", "w.bin")
