"""What is one step from a valid operator: an operand or an attribute a little other than it is.

``python -m tests.operators.contracts.neighbours`` asks ONNX Runtime about each of them, in a
process of its own for each family, and writes ``verdicts.txt`` and ``results.txt``: shapes of
the results of those that run. ``versions.txt`` has what it says of valid and broken operators in
other versions, and ``words.txt`` of each value that an attribute may have by its documentation.
"""

from __future__ import annotations

import os
import resource
from collections import defaultdict
from dataclasses import replace
from functools import cache
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import defs

from analyzer.facts import Tensor
from analyzer.graph.call import Call
from analyzer.operators.contracts import contracts_of
from analyzer.operators.contracts.vendor import DOMAIN as VENDOR
from analyzer.operators.contracts.vendor import schema_of
from tests.operators.contracts.nodes import DOMAINS, outcome
from tests.operators.contracts.other import ends, operands, padded_twice, values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.operators.contracts.violation import Violation
    from tests.operators.contracts.nodes import Array, Node

VERDICTS = Path(__file__).with_name("verdicts.txt")
RESULTS = Path(__file__).with_name("results.txt")
VERSIONS = Path(__file__).with_name("versions.txt")
WORDS = Path(__file__).with_name("words.txt")
_TYPES = tuple(range(-1, 28))
CHOICES: Mapping[str, tuple[Any, ...]] = {
    "activation": (
        "Relu",
        "LeakyRelu",
        "Tanh",
        "Sigmoid",
        "Elu",
        "HardSigmoid",
        "HardSwish",
        "Selu",
        "Clip",
        "Softplus",
        "Softsign",
        "ThresholdedRelu",
        "ScaledTanh",
        "ParametricSoftplus",
        "",
        "silu",
        "swish",
        "none",
        0,
        1,
        2,
    ),
    "activation_type": ("relu", "gelu", "silu", "swiglu", "identity"),
    "aggregate_function": ("AVERAGE", "SUM", "MIN", "MAX", -1, 0, 1, 2, 3, 4),
    "approximate": ("none", "tanh"),
    "auto_pad": ("NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"),
    "bits": (1, 2, 4, 8, 16),
    "block_size": (8, 16, 24, 32, 64, 128, 256, 512),
    "case_change_action": ("NONE", "LOWER", "UPPER"),
    "coordinate_transformation_mode": (
        "half_pixel",
        "half_pixel_symmetric",
        "pytorch_half_pixel",
        "align_corners",
        "asymmetric",
        "tf_crop_and_resize",
        "tf_half_pixel_for_nn",
        "output_half_pixel",
    ),
    "direction": ("forward", "reverse", "bidirectional", "LEFT", "RIGHT"),
    "dtype": _TYPES,
    "expert_weight_bits": (1, 2, 4, 8),
    "keep_aspect_ratio_policy": ("stretch", "not_larger", "not_smaller"),
    "kernel_type": ("LINEAR", "POLY", "RBF", "SIGMOID"),
    "metric": ("euclidean", "sqeuclidean"),
    "mode": (
        "DCR",
        "CRD",
        "TF",
        "IDF",
        "TFIDF",
        "avg",
        "max",
        "nearest",
        "linear",
        "cubic",
        "bilinear",
        "bicubic",
        "constant",
        "reflect",
        "edge",
        "wrap",
        "circular",
    ),
    "nearest_mode": ("floor", "ceil", "round_prefer_floor", "round_prefer_ceil", "simple"),
    "norm": ("MAX", "L1", "L2"),
    "padding_mode": ("zeros", "border", "reflection"),
    "post_transform": (
        "NONE",
        "SOFTMAX",
        "LOGISTIC",
        "SOFTMAX_ZERO",
        "PROBIT",
        -1,
        0,
        1,
        2,
        3,
        4,
        5,
    ),
    "qk_matmul_output_mode": (-2, -1, 0, 1, 2, 3, 4),
    "quant_type": (-1, 0, 1, 2, "int", "float", "fp8"),
    "reduction": ("none", "sum", "mean", "add", "mul", "min", "max"),
    "softmax_precision": _TYPES,
    "to": _TYPES,
    "update_rule": ("linear", "gated", "delta", "gated_delta"),
}
"""Values of attributes by the documentation of ONNX and ONNX Runtime, of any operator."""
GUESSES: Mapping[str, tuple[Any, ...]] = {
    "INT": (-1, 0, 1, 2, 3), "FLOAT": (-1.0, 0.5), "STRING": ("bogus",), "INTS": ([1], [1, 1]),
    "STRINGS": (["bogus", "bogus"], ["Tanh"]),
}  # fmt: skip
"""Values of attributes, by their kind."""
CRASHED = "#"
"""It ends the runtime, or keeps it for seconds."""

RUNS, REFUSED = ".,!", "-~x"


def call(node: Node) -> Call:
    """``node`` as its contracts see it, with the contents of all that is not fed."""

    def tensor(slot: int, array: Array) -> Tensor:
        dtype = "string" if array.dtype.kind in "OU" else array.dtype.name
        return Tensor(f"i{slot}", dtype, array.shape)

    return Call(
        node.op,
        node.domain,
        (node.version or DOMAINS[node.domain]) if node.domain else node.opset,
        {k: tuple(v) if isinstance(v, list) else v for k, v in node.attributes.items()},
        tuple(None if a is None else tensor(i, a) for i, a in enumerate(node.inputs)),
        tuple(Tensor(f"o{i}", None, None) for i in range(node.outputs)),
        tuple(None if i in node.fed else a for i, a in enumerate(node.inputs)),
    )


def found(made: Call) -> list[Violation]:
    """What its contracts say of a call."""
    return [v for check in contracts_of(made.domain, made.op_type) for v in check(made)]


def mark(violations: list[Violation], *, refused: bool) -> str:
    """Whether the runtime refuses it, and what we find: nothing, what runs, what is grave."""
    gravest = 2 if any(v.grave for v in violations) else bool(violations)
    return (REFUSED if refused else RUNS)[gravest]


def neighbours(node: Node) -> Iterator[Node]:
    """``node`` and all that is one step from it, always in the same order."""
    yield node
    for slot, array in enumerate(node.inputs):
        if array is not None:
            for operand in operands(array, constant=slot not in node.fed, ends=ends(node)):
                yield _with(node, slot, operand)
    for name, value in node.attributes.items():
        for changed in values(value, ends(node)):
            kept = {k: changed if k == name else v for k, v in node.attributes.items()}
            yield replace(node, attributes={k: v for k, v in kept.items() if v is not None})
    for name, value in _unset(node):
        yield replace(node, attributes={**node.attributes, name: value})
    if {"auto_pad", "pads"} <= _kinds(node).keys():
        for stated in padded_twice(node):
            yield replace(node, attributes={**node.attributes, **stated})
    for count in (node.outputs - 1, node.outputs + 1):
        if count:
            yield replace(node, outputs=count)


def worded(node: Node) -> Iterator[Node]:
    """``node`` with each value that each of its attributes may have, of the kind it takes."""
    kinds = {"INT": int, "STRING": str}
    for name, kind in sorted(_kinds(node).items()):
        for value in CHOICES.get(name, ()):
            if kinds.get(kind) is type(value):
                yield replace(node, attributes={**node.attributes, name: value})


def aged(node: Node) -> Iterator[Node]:
    """``node`` in each version of its operator: in the first and the last that have it."""
    domain = node.domain
    newest = node.version or DOMAINS[domain] if domain else defs.onnx_opset_version()
    since = _changes().get((domain, node.op), [])
    ends = {version - 1 for version in since[1:]}
    for version in sorted({*since, *ends}):
        if version <= newest:
            yield replace(node, version=version) if domain else replace(node, opset=version)


@cache
def _changes() -> Mapping[tuple[str, str], list[int]]:
    """Versions in which operators change, by domain and name."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for schema in defs.get_all_schemas_with_history():
        if not schema.deprecated:
            found[schema.domain, schema.name].append(schema.since_version)
    return {key: sorted(versions) for key, versions in found.items()}


def _kinds(node: Node) -> dict[str, str]:
    """Kinds of the attributes that its schema knows."""
    if node.domain == VENDOR:
        vendor = schema_of(node.op)
        return {} if vendor is None else {n: k.strip("!") for n, k in vendor.attributes.items()}
    version = (node.version or DOMAINS[node.domain]) if node.domain else node.opset
    schema = defs.get_schema(node.op, version, node.domain)
    return {
        name: str(attribute.type).rpartition(".")[2]
        for name, attribute in schema.attributes.items()
    }


def _unset(node: Node) -> Iterator[tuple[str, Any]]:
    """Attributes that ``node`` does not state, with values that its schema may know."""
    kinds = _kinds(node)
    for name in sorted(kinds.keys() - node.attributes.keys()):
        for value in GUESSES.get(kinds[name], ()):
            yield name, value


def _with(node: Node, slot: int, array: Array | None) -> Node:
    inputs = [*node.inputs[:slot], array, *node.inputs[slot + 1 :]]
    while inputs and inputs[-1] is None:
        inputs.pop()
    return replace(node, inputs=inputs)


def _answer(node: Node) -> tuple[str, str]:
    """The mark of ``node``, and the shapes that the runtime computes of it."""
    refused, computed = outcome(node)
    shapes = ";".join("x".join(map(str, a.shape)) for a in computed if isinstance(a, np.ndarray))
    return mark(found(call(node)), refused=bool(refused)), shapes


def _answers(nodes: list[Node]) -> list[tuple[str, str]]:
    """Of ``nodes`` up to one that ends the process that asks."""
    reader, writer = os.pipe()
    if (pid := os.fork()) == 0:
        try:
            resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
            for node in nodes:
                resource.setrlimit(resource.RLIMIT_CPU, (int(process_time()) + 5, -1))
                os.write(writer, "{} {}\n".format(*_answer(node)).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        answers = [line.rstrip("\n").split(" ") for line in pipe if line.endswith("\n")]
    os.waitpid(pid, 0)
    return [(sign, shapes) for sign, shapes in answers]


def _every_answer(nodes: list[Node]) -> list[tuple[str, str]]:
    answers = _answers(nodes)
    while len(answers) < len(nodes):
        answers.append((CRASHED, ""))
        answers += _answers(nodes[len(answers) :])
    return answers


def main() -> None:
    """Write the tables anew."""
    from tests.operators.contracts.test_neighbours import FAMILIES, in_versions, in_words

    for path, named in ((VERSIONS, in_versions()), (WORDS, in_words())):
        lines = [
            "".join(sign for sign, _ in _every_answer(nodes)) + f" {name}\n"
            for name, nodes in named
        ]
        path.write_text("".join(lines), encoding="utf-8")
    verdicts, results = [], []
    for name, family in FAMILIES.items():
        nodes = list(neighbours(family.make(np.random.default_rng(0))))
        answers = _every_answer(nodes)
        verdicts.append("".join(sign for sign, _ in answers) + f" {name}\n")
        ran = [shapes for sign, shapes in answers if sign in RUNS]
        results.append(f"{name}: {' '.join(shapes or '-' for shapes in ran)}\n")
    VERDICTS.write_text("".join(verdicts), encoding="utf-8")
    RESULTS.write_text("".join(results), encoding="utf-8")


if __name__ == "__main__":
    main()
