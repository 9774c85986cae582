"""What two operators are alike by: their settings and what their stored tensors look like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from onnx import helper, numpy_helper

from analyzer.compare import keys
from analyzer.compare.ends import ends_of
from analyzer.compare.looks import BLANK, _sample, look
from analyzer.compare.network import Wired
from analyzer.model.limits import Limits
from analyzer.model.rows import Rows
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


def test_a_look_takes_in_all_of_a_small_tensor_and_samples_of_a_large_one() -> None:
    def seen(array: Any) -> bytes:
        return _sample(Rows.of(np.asarray(array)))

    words = np.array(["a", "b", "c"], object)
    for at in range(3):
        other = words.copy()
        other[at] = "z"
        assert seen(other) != seen(words) == seen(words.copy())
    small = np.arange(4096, dtype=np.float32)
    for at in (0, 1, 63, 4095):
        other = small.copy()
        other[at] = -1
        assert seen(other) != seen(small) == seen(small.copy())
    large = np.arange(64 * 100, dtype=np.float32)  # the first eight of each hundred
    for at, told in ((0, True), (7, True), (8, False), (99, False), (100, True), (6307, True),
                     (6308, False)):  # fmt: skip
        other = large.copy()
        other[at] = -1
        assert (seen(other) != seen(large)) is told, at
    for shape, dtype in (((4, 2), np.float32), ((8,), np.float64)):
        assert seen(np.ones(shape, dtype)) != seen(np.ones(8, np.float32))
    for blank in (np.ones(9), np.zeros(5000), np.ones(1), np.array([np.nan] * 3)):
        assert seen(blank).startswith(BLANK)
    for filled in (np.arange(2.0), np.array([1, 1, 2]), np.array([-0.0, 0.0])):
        assert not seen(filled).startswith(BLANK)
    assert len(seen(np.zeros(0)).removeprefix(BLANK)) == 16
