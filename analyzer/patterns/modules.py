"""Cost by module of the source code, as far as the exporter's names tell it."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.facts import Module
from analyzer.patterns.scopes import module_classes, module_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analyzer.facts import Node, Range
    from analyzer.patterns.scopes import Path

NO_METADATA: Mapping[str, str] = {}


@dataclass(slots=True)
class _Draft:
    """A module while its operators are being counted; sub-modules by name."""

    macs: int = 0
    params: int = 0
    nodes: int = 0
    macs_range: Range = (0, 0)
    children: dict[str, _Draft] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)
    """MACs by kind of layer."""

    def add(self, node: Node) -> None:
        self.nodes += 1
        self.params += node.params
        if not node.composite:
            if macs := (node.macs or 0) * node.counted:
                self.macs += macs
                self.kinds[node.kind] = self.kinds.get(node.kind, 0) + macs
            low, high = self.macs_range
            least, most = node.executions_range
            if most != 0 and node.macs != 0:
                if high is None or most is None or node.macs is None:
                    high = None
                else:
                    high += node.macs * most
            self.macs_range = low + (node.macs or 0) * least, high


def module_tree(
    nodes: Iterable[Node], metadata: Mapping[str, Mapping[str, str]] | None = None
) -> Module | None:
    """MACs and parameters by module.

    Parameters
    ----------
    nodes : operators in the file's order. Calls and control flow count through their bodies.
    metadata : ``metadata_props`` of operators by ``Node.id``, where the file has any.

    Returns
    -------
    The whole model as root, or ``None`` where no operator that multiplies has a module. The
    root holds what belongs to no module. Depth is limited, so the tree is linear in the names.
    """
    root = _Draft()
    classes: dict[Path, str] = {}
    known = False
    for node in nodes:
        props = (metadata or {}).get(node.id, NO_METADATA)
        path = module_path(node, props)
        draft = root
        draft.add(node)
        for name in path:
            draft = draft.children.setdefault(name, _Draft())
            draft.add(node)
        if path and path not in classes:
            classes.update(module_classes(props))
        known |= bool(path) and node.macs != 0
    return _freeze(root, (), classes) if known else None


def _freeze(draft: _Draft, path: Path, classes: Mapping[Path, str]) -> Module:
    return Module(
        path=".".join(path),
        name=path[-1] if path else "",
        class_name=classes.get(path, ""),
        macs=draft.macs,
        params=draft.params,
        nodes=draft.nodes,
        macs_range=draft.macs_range,
        kind=max(draft.kinds, key=draft.kinds.__getitem__, default=""),
        complete=draft.macs_range[1] is not None,
        children=tuple(
            _freeze(child, (*path, name), classes) for name, child in draft.children.items()
        ),
    )
