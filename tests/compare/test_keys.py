"""What two operators are alike by: their settings and what their stored tensors look like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from onnx import helper, numpy_helper

from analyzer.compare import keys
from analyzer.compare.ends import ends_of
from analyzer.compare.looks import BLANK, look
from analyzer.compare.network import Wired
from analyzer.model.limits import Limits
from tests.golden.text import facts, facts_of, parse

if TYPE_CHECKING:
    from analyzer.facts import Facts


def wired(model: Facts) -> Wired:
    return Wired(model, ends_of(model, model)[0])


def only(body: str, width: int) -> object:
    """By what the last operator is alike, whatever the sizes."""
    text = (
        f"g (float[1,{width},4,4] x, float[{width},1,3,3] w) => (float[?,?,?,?] y) "
        f"<int64[2] flat = {{1,{width * 16}}}, int64[2] halves = {{{width // 2},{width // 2}}}> "
        f"{body}"
    )
    return keys.loose(wired(facts(text)).parts[-1])


@pytest.mark.parametrize(
    "body",
    [
        "{ y = Conv <group={}> (x, w) }",
        "{ y = Reshape (x, flat) }",
        "{ y, z = Split <axis=1> (x, halves) }",
        "{ y = Transpose <perm=[0,2,3,1]> (x) }",
    ],
)
def test_an_operator_of_another_width_is_alike(body: str) -> None:
    assert only(body.replace("{}", "8"), 8) == only(body.replace("{}", "16"), 16)


def test_an_operator_of_other_settings_is_not_alike() -> None:
    settings = ("pads=[1,1,1,1]", "pads=[1,0,1,0]", "strides=[2,2]", "dilations=[2,2]")
    found = [only(f"{{ y = Conv <group=8,{each}> (x, w) }}", 8) for each in settings]
    assert len(set(found)) == len(settings)


def looks(*arrays: np.ndarray) -> list[bytes]:
    """What stored tensors look like."""
    found = []
    for array in arrays:
        made = numpy_helper.from_array(array)
        model = parse("g (int64[4] i) => (float y) { w = Constant () y = Gather (w, i) }")
        model.graph.node[0].attribute.append(helper.make_attribute("value", made))
        model.graph.output[0].type.tensor_type.elem_type = made.data_type
        network = wired(facts_of(model))
        (seen,) = look(network, network, Limits())[0].values()
        found.append(seen)
    return found


LONG = np.arange(100_000, dtype=np.float32)
ZEROS = np.zeros(100_000, np.float32)


@pytest.mark.parametrize(
    "arrays",
    [
        (np.array(["cat", "dog"], object), np.array(["dog", "cat"], object)),
        (np.arange(4), np.array([0, 1, 2, 4])),
        (np.arange(4, dtype=np.int32), np.arange(4, dtype=np.float32)),
        (np.arange(6).reshape(2, 3), np.arange(6).reshape(3, 2)),
        (np.zeros(4), np.ones(4)),
        (LONG, np.append(LONG[1:], LONG[:1])),
        (LONG[:4096], np.append(LONG[:4095], 0)),
        (ZEROS, np.append(ZEROS[:50_000], LONG[:50_000])),
    ],
)
def test_tensors_of_other_contents_look_different(arrays: tuple[np.ndarray, ...]) -> None:
    assert len(set(looks(*arrays, *(array.copy() for array in arrays)))) == len(arrays)


def test_a_tensor_of_one_number_is_blank() -> None:
    one, another, last, half = looks(
        np.full(5000, 3.0), np.zeros(3), np.append(np.zeros(99), 1),
        np.append(ZEROS[:50_000], LONG[:50_000]),
    )  # fmt: skip
    assert one.startswith(BLANK)
    assert another.startswith(BLANK)
    assert not last.startswith(BLANK)
    assert not half.startswith(BLANK)
