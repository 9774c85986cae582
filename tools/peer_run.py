"""Run one peer's Python interface on models: ``python peer_run.py PEER [NAME=SIZES…] PATH…``.

Runs in the peers' environment, imports only the peer, prints ``failed=N`` and, for one model,
``macs=N`` as the peer counts them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

Shapes = dict[str, tuple[int, ...]]
DTYPES = {"mask": "float32"}
"""Of graph inputs that are no 64-bit integers."""


def plain_onnx(path: str, shapes: Shapes) -> None:
    """What a script of one's own starts with; it counts nothing."""
    onnx = import_module("onnx")
    onnx.shape_inference.infer_shapes(onnx.load(path))


def onnx_tool(path: str, shapes: Shapes) -> int:
    """As ``onnx_tool.model_profile`` does, without printing the table."""
    numpy, module = import_module("numpy"), import_module("onnx_tool")
    graph = module.loadmodel(path, {"verbose": False}).graph
    graph.graph_reorder_nodes()
    inputs = {n: numpy.zeros(s, DTYPES.get(n, "int64")) for n, s in shapes.items()}
    graph.shape_infer(inputs or None)
    graph.profile()
    return int(graph.macs[0] + 0.5)


def onnx_opcounter(path: str, shapes: Shapes) -> int:
    """Takes no input shapes."""
    module, onnx = import_module("onnx_opcounter"), import_module("onnx")
    return int(module.calculate_macs(onnx.load(path)))


def onnxsim(path: str, shapes: Shapes) -> int:
    """The cost model of its summary; open dimensions become symbols of a formula.

    External data stays on disk, which it supports.
    """
    onnx = import_module("onnx")
    info = import_module("onnxsim.model_info").ModelInfo
    macs: Any = info(onnx.load(path, load_external_data=False)).macs
    if hasattr(macs, "subs"):
        sizes = dict(zip(("batch", "sequence"), next(iter(shapes.values()), ()), strict=False))
        macs = macs.subs({s: sizes[s.name] for s in macs.free_symbols if s.name in sizes})
    return int(macs)


PEERS: dict[str, Callable[[str, Shapes], int | None]] = {
    "onnx": plain_onnx,
    "onnx-tool": onnx_tool,
    "onnx-opcounter": onnx_opcounter,
    "onnxsim": onnxsim,
}


def main(peer: str, *arguments: str) -> None:
    shapes: Shapes = {}
    paths: list[Path] = []
    for argument in arguments:
        name, equals, sizes = argument.partition("=")
        if equals:
            shapes[name] = tuple(map(int, sizes.split(",")))
        elif (path := Path(argument)).is_dir():
            paths += sorted(path.glob("*.onnx"))
        else:
            paths.append(path)
    if len(paths) == 1:
        print(f"\nmacs={PEERS[peer](str(paths[0]), shapes)}")
        return
    failed = 0
    for path in paths:
        try:
            PEERS[peer](str(path), {})
        except (Exception, SystemExit):  # noqa: BLE001 - whatever another's program raises
            failed += 1
    print(f"\nfailed={failed}")


if __name__ == "__main__":
    main(*sys.argv[1:])
