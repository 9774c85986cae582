"""One operator as a model: what the generator breaks, and how a runtime and we judge it."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

from analyzer.graph.program import build_program, normal_domain
from analyzer.operators.contracts import contracts_of
from analyzer.operators.contracts.contents import with_contents
from analyzer.shapes.infer import Inference
from analyzer.shapes.sites import list_sites
from analyzer.shapes.stated import Bindings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from analyzer.graph.call import Call
    from analyzer.operators.contracts.violation import Violation

    Array = np.ndarray[Any, Any]

onnxruntime.set_default_logger_severity(4)

DOMAINS = {"com.microsoft": 1, "ai.onnx.ml": 3}


@dataclass
class Node:
    """An operator with its operands; ``None`` is an omitted input."""

    op: str
    inputs: list[Array | None]
    attributes: dict[str, Any] = field(default_factory=dict)
    outputs: int = 1
    domain: str = ""
    opset: int = 21
    fed: tuple[int, ...] = (0,)
    """Inputs of the graph; the others are initializers."""
    version: int = 0
    """Of ``domain``; 0 is the one that most operators take."""

    def model(self) -> onnx.ModelProto:
        """The operator alone, its sizes stated."""
        names = [f"i{slot}" if array is not None else "" for slot, array in enumerate(self.inputs)]
        given = [(slot, a) for slot, a in enumerate(self.inputs) if a is not None]
        node = helper.make_node(
            self.op, names, [f"o{i}" for i in range(self.outputs)], domain=self.domain,
            **self.attributes,
        )  # fmt: skip
        graph = helper.make_graph(
            [node],
            "g",
            [
                helper.make_tensor_value_info(
                    names[slot], helper.np_dtype_to_tensor_dtype(a.dtype), a.shape
                )
                for slot, a in given
                if slot in self.fed
            ],
            [onnx.ValueInfoProto(name=f"o{i}") for i in range(self.outputs)],
            [numpy_helper.from_array(a, names[slot]) for slot, a in given if slot not in self.fed],
        )
        imports = [helper.make_opsetid("", self.opset)]
        if self.domain:
            version = self.version or DOMAINS[self.domain]
            imports.append(helper.make_opsetid(self.domain, version))
        return helper.make_model(graph, opset_imports=imports, ir_version=10)


@dataclass(frozen=True)
class Family:
    """A valid operator and the ways to break one contract of it."""

    make: Callable[[np.random.Generator], Node]
    breaks: Mapping[str, Callable[[Node], None]]
    forms: tuple[Callable[[Node], None], ...] = ()
    """Ways to change it after which it is valid still."""

    def broken(self, name: str, rng: np.random.Generator) -> Node:
        """The valid operator of ``rng`` with one contract broken."""
        node = copy.deepcopy(self.make(rng))
        self.breaks[name](node)
        return node

    def valid(self, rng: np.random.Generator) -> Iterator[Node]:
        """The operator of ``rng`` in all its forms."""
        node = self.make(rng)
        yield node
        for change in self.forms:
            other = copy.deepcopy(node)
            change(other)
            yield other


def outcome(node: Node) -> tuple[str, list[Any]]:
    """Why ONNX Runtime does not load or run ``node``, empty if it does; and what it computes."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    given = enumerate(node.inputs)
    feeds = {f"i{slot}": a for slot, a in given if slot in node.fed and a is not None}
    try:
        session = onnxruntime.InferenceSession(
            node.model().SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        return "", session.run(None, feeds)
    except Exception as error:  # noqa: BLE001 - the runtime raises all sorts of things
        return " ".join(str(error).split())[:400] or type(error).__name__, []


def refusal(node: Node) -> str:
    """Why ONNX Runtime does not load or run ``node``; empty if it does."""
    return outcome(node)[0]


def call_of(node: Node) -> Call:
    """``node`` as contracts see it."""
    model = node.model()
    program = build_program(model, {normal_domain(o.domain): o.version for o in model.opset_import})
    (site,) = list_sites(program, Inference(program, Bindings()).run())
    return with_contents(site.call, program.main.constants.get)


def violations(node: Node) -> list[Violation]:
    """What our contracts say of ``node``."""
    call = call_of(node)
    return [v for check in contracts_of(node.domain, node.op) for v in check(call)]


# --- making and breaking --------------------------------------------------------------------


def real(rng: np.random.Generator, *shape: int, dtype: str = "float32") -> Array:
    """Numbers from 0 to 1."""
    return rng.random(shape).astype(dtype)


def ints(*values: int, dtype: str = "int64") -> Array:
    return np.array(values, dtype)


def put(slot: int, value: Array | None) -> Callable[[Node], None]:
    """Replace input ``slot``."""

    def change(node: Node) -> None:
        while len(node.inputs) <= slot:
            node.inputs.append(None)
        node.inputs[slot] = value

    return change


def longer(slot: int, axis: int = 0) -> Callable[[Node], None]:
    """Repeat the last entry of ``axis`` of input ``slot``."""

    def change(node: Node) -> None:
        array = node.inputs[slot]
        assert array is not None
        last = np.take(array, [-1], axis)
        node.inputs[slot] = np.concatenate([array, last], axis)

    return change


def deeper(slot: int) -> Callable[[Node], None]:
    """Give input ``slot`` one axis more."""

    def change(node: Node) -> None:
        array = node.inputs[slot]
        assert array is not None
        node.inputs[slot] = array[None]

    return change


def state(**attributes: Any) -> Callable[[Node], None]:
    """Set attributes; ``None`` removes one."""

    def change(node: Node) -> None:
        for name, value in attributes.items():
            node.attributes.pop(name, None)
            if value is not None:
                node.attributes[name] = value

    return change


def both(*changes: Callable[[Node], None]) -> Callable[[Node], None]:
    def change(node: Node) -> None:
        for one in changes:
            one(node)

    return change


def outputs(count: int) -> Callable[[Node], None]:
    def change(node: Node) -> None:
        node.outputs = count

    return change


def each(name: str, *values: Any) -> tuple[Callable[[Node], None], ...]:
    """An attribute with each of its values."""
    return tuple(state(**{name: value}) for value in values)
