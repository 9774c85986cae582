"""What is generated of the tables and their docs is up to date."""

from __future__ import annotations

import onnxruntime
import pytest

from analyzer.targets.table import shipped
from tools import targets as tool


def test_the_docs_list_every_target_key_and_condition() -> None:
    assert tool.DOCS.read_text(encoding="utf-8") == tool.documented(), "run python -m tools.targets"


def test_the_kernels_of_onnx_runtime_are_those_of_its_package() -> None:
    if onnxruntime.__version__ != shipped("ort_cpu").version:
        pytest.skip("another version of onnxruntime is installed")
    assert tool.shipped_kernels() == tool.kernels()
