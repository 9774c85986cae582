"""Attacks in every text of a model: no output of any format obeys them or loses its shape."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from onnx import ModelProto, helper

from analyzer.report import CHECK_FORMATS
from analyzer.report.result import Batch, Failure, Options
from tests.fuzz import corpus, seeds
from tests.fuzz.cli_target import QUESTIONS, ask
from tests.fuzz.promises import Depth, keep, plain
from tests.fuzz.strings import ATTACKS, NOT_UTF8, break_utf8, hostile_text

DRIVING = tuple(
    text for text in ATTACKS
    if text.startswith(("\x1b]8", "\x9b", "a\r", "\u202e", "::error", "##", "</script", '"='))
    or text == NOT_UTF8
)  # fmt: skip
"""One attack of each kind on whatever shows it."""
IN_PROCESS = Depth(guard=False, schema=True)


def named(text: str) -> bytes:
    """A network with a body and a function in which every text is ``text``."""
    model = ModelProto.FromString(list(corpus.networks())[5].SerializeToString())
    graph = model.graph
    model.producer_name = model.producer_version = model.domain = model.doc_string = text
    graph.name = graph.doc_string = text
    model.metadata_props.add(key=text, value=text)
    for node in graph.node:
        node.name = node.doc_string = text
        node.metadata_props.add(key="pkg.torch.onnx.name_scopes", value=f"['{text}', '{text}']")
    graph.node[0].attribute.append(helper.make_attribute(text, text))
    graph.node.append(helper.make_node(text, ["a", text], [f"{text}0", text], domain=text))
    graph.node.append(helper.make_node("Relu", [text], [f"{text}1"]))
    graph.input.add(name=text).type.tensor_type.elem_type = 1
    graph.input[-1].type.tensor_type.shape.dim.add(dim_param=text)
    graph.output.add(name=text).type.tensor_type.elem_type = 1
    graph.initializer.add(name=f"{text}w", data_type=1, doc_string=text).dims.append(0)
    model.opset_import.add(domain=text, version=1)
    return break_utf8(model.SerializeToString())


@pytest.mark.parametrize("text", ATTACKS, ids=lambda text: ascii(text[:30]))
def test_attack_in_every_text_of_a_model(text: str) -> None:
    """In every format, and on the page where the text is short enough to be there in full."""
    depth = replace(IN_PROCESS, html=len(text) < 100)
    assert keep(named(text), depth) == "inconclusive"


@given(hostile_text)
@settings(max_examples=settings().max_examples // 4)
def test_any_text_in_every_text_of_a_model(text: str) -> None:
    assert keep(named(text), IN_PROCESS) == "inconclusive"


@pytest.mark.parametrize("text", [a for a in ATTACKS if len(a) < 100], ids=ascii)
def test_attack_in_the_name_of_a_file_that_cannot_be_judged(text: str) -> None:
    batch = Batch((Failure(text, f"{text}: empty; export it again"),))
    lines = CHECK_FORMATS["text"](batch, Options()).decode()
    plain(lines)
    assert lines.count("\n") == 2
    plain(CHECK_FORMATS["json"](batch, Options()).decode())


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_command_obeys_any_attack(question: str) -> None:
    for text in DRIVING:
        ask(question, small(text))


def small(text: str) -> bytes:
    """A standard convolution, over a dimension nobody knows, in which every text is ``text``."""
    model = seeds.conv()
    graph = model.graph
    graph.name = graph.doc_string = model.producer_name = model.domain = text
    graph.input[0].name = graph.node[0].input[0] = text
    graph.input[0].type.tensor_type.shape.dim[0].dim_param = text
    graph.node[0].name, graph.node[0].output[0] = text, f"{text}!"
    graph.output[0].name = f"{text}!"
    graph.node.append(helper.make_node(text, [f"{text}!"], [f"{text}?"], domain=text))
    model.metadata_props.add(key=text, value=text)
    return break_utf8(model.SerializeToString())
