"""Attacks in every text of a model: no output of any format obeys them or loses its shape."""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import ModelProto, helper

from analyzer.report import CHECK_FORMATS
from analyzer.report.result import Batch, Failure, Options
from tests.each import each
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
IN_PROCESS = Depth(guard=False)
DEEP = replace(IN_PROCESS, schema=True, html=True, comparison=True)
SHORT, LONG = ([a for a in ATTACKS if (len(a) >= 100) is long] for long in (False, True))


def batched(texts: list[str], size: int) -> list[tuple[str, ...]]:
    return [tuple(texts[start : start + size]) for start in range(0, len(texts), size)]


def named(*texts: str) -> bytes:
    """A network with a body and a function whose texts are ``texts`` in turn, which make it
    longer."""
    text = cycle(texts).__next__
    model = ModelProto.FromString(list(corpus.networks())[5].SerializeToString())
    graph = model.graph
    model.producer_name, model.producer_version = text(), text()
    model.domain, model.doc_string = text(), text()
    graph.name, graph.doc_string = text(), text()
    for key in texts:
        model.metadata_props.add(key=key, value=text())
    for node in graph.node:
        node.name, node.doc_string = text(), text()
        scopes = f"['{text()}', '{text()}']"
        node.metadata_props.add(key="pkg.torch.onnx.name_scopes", value=scopes)
    graph.node[0].attribute.append(helper.make_attribute(text(), text()))
    for name in texts:
        outputs = [f"{name}0", name]
        graph.node.append(helper.make_node(text(), ["a", name], outputs, text(), domain=name))
        graph.node.append(helper.make_node("Relu", [name], [f"{name}1"], text()))
        graph.input.add(name=name).type.tensor_type.elem_type = 1
        graph.input[-1].type.tensor_type.shape.dim.add(dim_param=text())
        graph.output.add(name=name).type.tensor_type.elem_type = 1
        tensor = graph.initializer.add(name=f"{name}w", data_type=1, doc_string=text())
        tensor.dims.append(0)
        model.opset_import.add(domain=name, version=1)
    return break_utf8(model.SerializeToString())


@pytest.mark.parametrize("text", DRIVING, ids=lambda text: ascii(text[:30]))
def test_attack_in_every_text_of_a_model(text: str) -> None:
    """In every format, and on the page."""
    assert keep(named(text), DEEP) == "inconclusive"


@pytest.mark.parametrize("texts", [*batched(SHORT, 10), tuple(LONG)], ids=len)
def test_attacks_side_by_side_in_one_model(texts: tuple[str, ...]) -> None:
    """Each in texts of several kinds; on the page where they are short enough to be there."""
    depth = replace(IN_PROCESS, html=texts != tuple(LONG))
    assert keep(named(*texts), depth) == "inconclusive"


@given(st.lists(hostile_text, min_size=1, max_size=4))
@settings(max_examples=settings().max_examples // 16)
def test_any_text_in_every_text_of_a_model(texts: list[str]) -> None:
    assert keep(named(*texts), IN_PROCESS) == "inconclusive"


@each("text", SHORT, ids=ascii)
def test_attack_in_the_name_of_a_file_that_cannot_be_judged(text: str) -> None:
    batch = Batch((Failure(text, f"{text}: empty; export it again"),))
    lines = CHECK_FORMATS["text"](batch, Options()).decode()
    plain(lines)
    assert lines.count("\n") == 2
    plain(CHECK_FORMATS["json"](batch, Options()).decode())


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_command_obeys_any_attack(question: str) -> None:
    turn = QUESTIONS.index(question)
    for text in (turn, turn + 5):
        ask(question, small(*DRIVING[text % len(DRIVING) :], *DRIVING[: text % len(DRIVING)]))


def small(*texts: str) -> bytes:
    """Standard convolutions, over a dimension nobody knows: one for each text, all of whose texts
    it is, while the model's own are those of the first."""
    model = seeds.conv()
    graph, text = model.graph, texts[0]
    graph.name = graph.doc_string = model.producer_name = model.domain = text
    first = graph.node[0]
    graph.input[0].name = first.input[0] = text
    graph.input[0].type.tensor_type.shape.dim[0].dim_param = text
    graph.output[0].name = f"{texts[-1]}!"
    first.name, first.output[0] = text, f"{text}!"
    for text in texts[1:]:
        node = graph.node.add()
        node.CopyFrom(first)
        node.name, node.output[0] = text, f"{text}!"
    for text in texts:
        graph.node.append(helper.make_node(text, [f"{text}!"], [f"{text}?"], domain=text))
        model.metadata_props.add(key=text, value=text)
    return break_utf8(model.SerializeToString())
