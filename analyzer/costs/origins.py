"""Which stored tensors feed an operand, for whoever wants to look at what they hold.

Kept with the operator graph: facts of which the graph was taken away hold no file any more.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import TensorProto

from analyzer.costs.parameters import Inventory
from analyzer.costs.roles import Role
from analyzer.model.notes import payload_index
from analyzer.model.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from analyzer.costs.parameters import Root
    from analyzer.digraph import Digraph
    from analyzer.facts import Tensor
    from analyzer.graph.scope import Program
    from analyzer.model.payloads import Payloads
    from analyzer.shapes.sites import Site

_KEY = "origins"
UNREAD = "cannot be read"


class Origins:
    """The constants of one model and what they feed.

    Parameters
    ----------
    program, sites, inventory
        As the survey has them.
    payloads
        Where the elements are.
    """

    def __init__(
        self, program: Program, sites: Sequence[Site], inventory: Inventory, payloads: Payloads
    ) -> None:
        self._program, self._sites = program, sites
        self._inventory, self._payloads = inventory, payloads

    def __getstate__(self) -> dict[str, Any]:
        """What opens constants, for a process that reads them: it asks nobody what they feed, and
        sites lead to the sites of bodies, deeper than objects can be written down."""
        return {
            "_program": self._program,
            "_sites": (),
            "_inventory": Inventory(self._inventory.constants, []),
            "_payloads": self._payloads,
        }

    @cached_property
    def _feeds(self) -> dict[str, Mapping[int, tuple[Root, ...]]]:
        return {
            site.id: feeds
            for site, feeds in zip(self._sites, self._inventory.feeds, strict=True)
            if feeds and not any(child.label == "call" for child in site.children)
        }

    @cached_property
    def _made(self) -> dict[str, Root]:
        return {
            site.id: (site.instance.scope, site.op.outputs[0])
            for site in self._sites
            if site.op.op_type == "Constant" and site.op.outputs
        }

    def feeds(self, node: str) -> Mapping[int, tuple[Root, ...]]:
        """Constants by input slot, also seen through what only moves or converts them.

        Nothing for a call of a function: the operators inside are those that use them.
        """
        return self._feeds.get(node, {})

    def made_by(self, node: str) -> tuple[Root, ...]:
        """What a Constant makes; nothing for other operators."""
        root = self._made.get(node)
        return (root,) if root in self._inventory.constants and root is not None else ()

    def tensor(self, root: Root) -> Tensor:
        """Name, element type and shape of a constant."""
        return self._inventory.constants[root].tensor

    def is_learned(self, root: Root) -> bool:
        """Whether a constant is a parameter or a running statistic."""
        return self._inventory.constants[root].role in (Role.WEIGHT, Role.BUFFER)

    def why_unread(self, root: Root) -> str:
        """Why ``opened`` yields nothing, as far as that is known without trying."""
        stored = self._stored(root)
        if stored is None:
            return "are stored in a form that is not read"
        if isinstance(stored, TensorProto) and payload_index(stored) is None:
            outside = stored.data_location == TensorProto.EXTERNAL
            return "are in a file that is not there or must not be opened" if outside else UNREAD
        return UNREAD

    @contextmanager
    def opened(self, root: Root) -> Iterator[Rows | None]:
        """Elements of a constant for one look at them; ``None`` where they cannot be read.

        Raises ``ModelError`` where the file has changed.
        """
        stored = self._stored(root)
        if isinstance(stored, TensorProto):
            with self._payloads.opened(stored) as rows:
                yield rows
        else:
            yield (
                None if stored is None else stored if isinstance(stored, Rows) else Rows.of(stored)
            )

    def _stored(self, root: Root) -> TensorProto | np.ndarray[Any, Any] | Rows | None:
        index, name = root
        scope = self._program.scopes[index]
        if name in scope.twice:
            return None
        proto = scope.constants.get(name)
        if proto is not None:
            return proto
        op = self._makers.get(root)
        if op is None:
            return None
        if op.op_type == "ConstantOfShape":
            return self._filled(root, op.attributes.get("value"))
        return _value(op.attributes)

    def _filled(self, root: Root, value: Any) -> Rows | None:
        shape = self.tensor(root).shape
        if shape is None or None in shape:
            return None
        filler = np.zeros(1, np.float32) if value is None else value
        if not isinstance(filler, np.ndarray) or filler.size != 1:
            return None
        known = tuple(size for size in shape if size is not None)
        return Rows(filler.dtype, known, lambda start, stop: np.repeat(filler, stop - start))

    @cached_property
    def _makers(self) -> dict[Root, Any]:
        """The operators that make constants, by what they make."""
        return {
            (scope.index, name): op
            for scope in self._program.scopes
            for op in scope.ops
            if op.standard in ("Constant", "ConstantOfShape")
            for name in op.outputs
        }


def _value(attributes: Mapping[str, Any]) -> TensorProto | np.ndarray[Any, Any] | None:
    """What a Constant holds, in whichever attribute."""
    value = attributes.get("value")
    if isinstance(value, (TensorProto, np.ndarray)):
        return value
    for name, dtype in (("value_float", np.float32), ("value_int", np.int64),
                        ("value_floats", np.float32), ("value_ints", np.int64)):  # fmt: skip
        if name in attributes:
            return np.array(attributes[name], dtype)
    return None


def keep_origins(graph: Digraph[str], origins: Origins) -> None:
    """Keep with an operator graph where the constants of its operands come from."""
    graph.graph[_KEY] = origins


def origins_of(graph: Digraph[str]) -> Origins | None:
    """What ``keep_origins`` kept; ``None`` for a graph that was taken apart or made by hand."""
    found: Origins | None = graph.graph.get(_KEY)
    return found
