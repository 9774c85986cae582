"""``onnxlint version``: what to put into a bug report."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from analyzer.cli import exits
from analyzer.cli.console import NAME
from analyzer.version import __version__

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from analyzer.cli.console import Console
    from analyzer.cli.environment import Environment

PACKAGES = ("onnx", "protobuf", "numpy", "networkx", "Jinja2", "PyYAML", "weasyprint")


def configure(parser: ArgumentParser) -> None:
    """This command has no arguments of its own."""


def run(arguments: Namespace, console: Console, environment: Environment) -> int:
    """Ours first; with ``-q`` nothing else."""
    console.line(f"{NAME} {__version__}")
    if not console.quiet:
        console.line(f"Python {platform.python_version()}")
        for package in PACKAGES:
            console.line(f"{package} {_version(package)}")
    return exits.CLEAN


def _version(package: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
