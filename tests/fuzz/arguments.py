"""What every fuzzer that runs by itself is told: how long, from which seed, how many."""

from __future__ import annotations

import argparse


def bounded(description: str | None, unit: str) -> argparse.ArgumentParser:
    """A parser of ``--seconds``, ``--seed`` and ``--most``, the last in numbers of ``unit``."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--most", type=int, help=f"{unit}, if the seconds suffice")
    return parser
