"""What contracts say of operators that break them, compared with a file; `make snapshots` rewrites
it. Whether that is so, ONNX Runtime was asked: see the tests of contracts."""

from __future__ import annotations

import re

import numpy as np

from tests.operators.contracts.neighbours import call, found, neighbours
from tests.operators.contracts.test_neighbours import FAMILIES
from tests.snapshots.test_snapshots import compare


def test_contracts_say_their_snapshot() -> None:
    """Of every way to break a contract; of steps from what is valid, the first of each kind."""
    lines = []
    for name, family in FAMILIES.items():
        rng = np.random.default_rng
        broken = {
            f"- {way}: {v.text}. {v.remedy}": 0
            for way in family.breaks
            for v in found(call(family.broken(way, rng(0))))
        }
        steps = (v for node in neighbours(family.make(rng(0))) for v in found(call(node)))
        kinds = {
            re.sub(r"[-\d×?]+|scalar", "", v.text): f"- {v.code}: {v.text}. {v.remedy}"
            for v in steps
        }
        lines += [name, *broken, *kinds.values()]
    compare("contracts.breaches", "\n".join(lines) + "\n")
