"""Names that attack whoever shows them, generated: the same ones for the same seed."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from onnx import ModelProto, TensorProto, helper

from tests.golden.text import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WHITE = [chr(c) for c in (*range(9, 14), *range(28, 33), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B),
                          0x2028, 0x2029, 0x202F, 0x205F, 0x3000)]  # fmt: skip
HIDDEN = [chr(c) for c in (
    0, 8, 0x1B, 0x7F, 0x9B, 0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x180B, 0x180E, 0x200B,
    0x200D, 0x200E, 0x202E, 0x2060, 0x2066, 0x206F, 0x2800, 0x3164, 0xFE00, 0xFE0F, 0xFEFF, 0xFFA0,
    0xFFF0, 0xFFF9, 0xFFFC, 0xFFFE, 0x1D173, 0xE0001, 0xE0041, 0xE0100, 0xF0000, 0x10FFFF,
)]  # fmt: skip
MARKS = ["\u0300", "\u0591", "\u0489", "\u20e3", "\u302a"]
COMMANDS = (
    "::error file=a,line=1::forged", "::set-output name=a::b", "::add-mask::a",
    "::stop-commands::a", "::group::a", "::debug::", "##[error]a", "##[group]a", "##[add-mask]a",
    "##vso[task.setvariable a=b]c", "##vso[task.complete result=Failed;]a",
    "##teamcity[buildStatus status='FAILURE']", "##teamcity[setParameter name='a' value='b']",
    "--- a", "---", "+++ a", "~~~ a", "~~~", "^^^ +++", "section_start:1700000000:a\r\x1b[0Ka",
    "section_end:1700000000:a\r\x1b[0K", "travis_fold:start:a\r\x1b[0K",
    "travis_time:start:1a2b3c\r\x1b[0K", "#\u0591#[error]a", ":\u0591:error::a",
    ":\u00ad:error::a", "#\u200b#[error]a", "##v\u0591so[a]", "##\ufe0f[error]a",
)  # fmt: skip
SHOWN = (
    "\x1b[31mred", "\x1b]8;;http://evil.example\x1b\\a", "\x1b]0;a\x07",
    "\x1b]1337;File=:AAAA\x07", "\x9b31m", "\x1b[2J\x1b[H", "\x1bP$q\x1b\\", "\x1b_bk;t=1\x07",
    "\u202egpj.exe", "=cmd|' /C calc'!A0", "a;=1+1", "@SUM(1)", "<img src=x onerror=a()>",
    "{{ 7*7 }}", "@all", "#1", "[a](javascript:b)", "{0}", "`a`", "$a$", "| a |", "/approve",
    "a" * 90, "e" + "\u0301" * 40, "층/conv", "C:\\a\\b", "%0A::error::a", "%25", "' or 1=1",
)  # fmt: skip


def names(count: int, seed: int = 0) -> list[str]:
    """``count`` names, each command after each sort of white space before long."""
    rng = random.Random(seed)
    made = [_name(rng, number) for number in range(count)]
    assert len(made) == count
    return made


def _name(rng: random.Random, number: int) -> str:
    core = (COMMANDS * 2 + SHOWN)[number % (2 * len(COMMANDS) + len(SHOWN))]
    length = rng.choice((0, 1, 1, 2, 3))
    before = "".join(rng.choice(rng.choice((WHITE, WHITE, HIDDEN, MARKS))) for _ in range(length))
    start = rng.choice(("", "", "", "a\n", "conv1\r\n", "a\u2028", "a\x85", "a\x0b"))
    place = rng.randrange(len(core) + 1) if rng.random() < 0.2 else None
    if place is not None:  # something unseen within the command itself
        core = core[:place] + rng.choice(rng.choice((HIDDEN, MARKS))) + core[place:]
    return start + before + core + rng.choice(("", "", "", " ", "\n", "\u2003", "\x1b[0m"))


def hostile_model(name: Callable[[], str]) -> ModelProto:
    """A network with a body, a function, breaches, waste and weights in other files, in which
    whoever exports may choose a text ``name()`` did."""
    model = parse(
        "g (float[1,16,56,56] x, float[N,4] t, float[128,16,3,3] w, bool c)"
        " => (float[1,128,56,56] y)"
        " { k = Conv <pads=[1,1,1,1]> (x, w)  i = Identity (k)  d = Dropout (i)"
        "   u = Relu (t)  v = Log (t)  b = Softmax <axis=0> (t)  r = Reshape (t, t)"
        "   f = local.F (d)  y = Relu (f) }",
        functions='<domain: "local", opset_import: ["" : 17]> F (q) => (p) { p = Relu (q) }',
    )
    graph = model.graph
    model.producer_name, model.producer_version = name(), name()
    model.domain, model.doc_string = name(), name()
    graph.name, graph.doc_string = name(), name()
    for _ in range(3):
        model.metadata_props.add(key=name(), value=name())
    renamed: dict[str, str] = {"": ""}

    def to(old: str) -> str:
        """Another name for a tensor, the same each time."""
        return renamed.setdefault(old, f"{name()}{len(renamed)}")

    for value in (*graph.input, *graph.output):
        value.name = to(value.name)
        value.doc_string = name()
        for dim in value.type.tensor_type.shape.dim:
            if dim.dim_param:
                dim.dim_param = name()
    for node in graph.node:
        node.name, node.doc_string = name(), name()
        node.input[:] = [to(n) for n in node.input]
        node.output[:] = [to(n) for n in node.output]
        node.metadata_props.add(key="pkg.torch.onnx.name_scopes", value=repr([name(), name(), ""]))
        node.metadata_props.add(key="pkg.torch.onnx.class_hierarchy", value=repr([name(), name()]))
        trace = f'File "{name()}.py", line 3, in forward\n    a'
        node.metadata_props.add(key="pkg.torch.onnx.stack_trace", value=trace)
        node.metadata_props.add(key=name(), value=name())
    graph.node[0].attribute.append(helper.make_attribute(name(), name()))
    graph.node[0].attribute.append(helper.make_attribute("auto_pad", name()))
    for domain in (name(), ""):
        op_type = name()
        graph.node.append(
            helper.make_node(op_type, [to("x"), name()], [name()], name(), domain=domain)
        )
        model.opset_import.add(domain=domain or name(), version=1)
    body = helper.make_graph(
        [helper.make_node("Relu", [to("t")], [inside := name()], name())], name(), [],
        [helper.make_tensor_value_info(inside, 1, [name(), 4])],
    )  # fmt: skip
    graph.node.append(
        helper.make_node("If", [to("c")], [name()], name(), then_branch=body, else_branch=body)
    )
    function = model.functions[0]
    function.doc_string = name()
    function.node[0].name = name()
    called, domain = name(), name()
    other = helper.make_function(
        domain,
        called,
        [a := name()],
        [b := name()],
        [helper.make_node("Relu", [a], [b], name())],
        [helper.make_opsetid("", 17)],
    )
    model.functions.append(other)
    graph.node.append(helper.make_node(called, [to("t")], [name()], name(), domain=domain))
    for location in (name(), f"../{name()}"):
        tensor = graph.initializer.add(name=name(), data_type=1, doc_string=name(), dims=[4, 4])
        tensor.data_location = TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value=location)
        tensor.external_data.add(key=name(), value=name())
    graph.initializer.append(helper.make_tensor(name(), 1, [4], [0.0] * 4))
    words = graph.initializer.add(name=name(), data_type=TensorProto.STRING, dims=[2])
    words.string_data.extend([name().encode(), name().encode()])
    info = helper.make_tensor_value_info(name(), 1, [name(), name()])
    graph.value_info.append(info)
    return model


def rule_file(name: Callable[[], str], number: int = 1) -> str:
    """A rule whose every text is somebody else's, and whose message begins with names."""
    return f"""id: EVL{number:03}
name: evil-{number}
category: own
severity: warning
applies-to: {{node: []}}
when: |
  readers(node.outputs[0]) >= 0 and node.op_type != 'Neg'
message: {quoted("{{ node.name }}" + name().replace("{", "("))}
remedy: {quoted("{{ node.op_type }} {{ node.name }}")}
ask: {quoted(name().replace("{", "("))}
summary: {quoted(_one_line(name()))}
rationale: {quoted(name())}
fix: {quoted(name())}
references: [{quoted(name())}]
examples:
  - name: {quoted(_one_line(name()))}
    expect: match
    model: |
      <ir_version: 8, opset_import: ["" : 17]>
      g (float[2] x) => (float[2] y) {{ y = Relu (x) }}
  - name: {quoted(_one_line(name()))}
    expect: no-match
    model: |
      <ir_version: 8, opset_import: ["" : 17]>
      g (float[2] x) => (float[2] y) {{ y = Neg (x) }}
"""


def _one_line(text: str) -> str:
    return " ".join(text.splitlines()) or "a"


def quoted(text: str) -> str:
    """A string of YAML or TOML that holds ``text``."""
    return '"' + "".join(f"\\U{ord(c):08x}" for c in text) + '"'


def cycle(texts: list[str]) -> Callable[[], str]:
    """One after the other, over and over."""

    def forever() -> Iterator[str]:
        while True:
            yield from texts

    return forever().__next__
