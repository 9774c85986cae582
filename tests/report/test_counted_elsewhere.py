"""What rows of blocks and operators say where tensors are shared, and where outputs are alike."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.facts import Certainty
from analyzer.report.view import layers, tile_names
from analyzer.report.view.elsewhere import SharedWeights
from analyzer.report.view.layers import PageConv, PageNode, PageTensor
from tests.each import each
from tests.golden.text import facts

if TYPE_CHECKING:
    from analyzer.facts import Facts

ZEROS = "0, 0, 0, 0"
SHARING = (
    "g (float[1,4,8,8] x) => (float[1,4,8,8] y) "
    f"<float[4,1,1,1] v = {{{ZEROS}}}, float[4,1,1,1] w = {{1, 2, 3, 4}}, "
    f"float[4] b = {{{ZEROS}}}> {{ "
    "c = Conv <group = 4> (x, v, b)  again = Identity (b)  d = Conv <group = 4> (c, w, again) "
    "y = Conv <group = 4> (d, w, b) }"
)
PLAIN = PageNode(
    "a", "", "conv1", "Conv", "", (PageTensor("a", (1, 8, 4, 4)),), ("pointwise",), 2048, 4096,
    (2048, 2048), (4096, 4096), 128, 1, False, (1, 1), "", "", "", "", "", "", Certainty.EXACT, "",
)  # fmt: skip


def shared() -> Facts:
    return facts(SHARING)


def test_a_shared_tensor_counts_at_the_first_operator_that_uses_it() -> None:
    found = SharedWeights(shared())
    params = {node.id: node.params for node in shared().nodes if node.op_type == "Conv"}
    assert params == {"c": 8, "d": 4, "y": 0}
    assert [found.elsewhere({node}) for node in params] == [0, 4, 8]
    assert found.elsewhere({"d", "y"}) == 4, "the weights count at one of them"
    assert found.elsewhere(set(params)) == 0


def test_without_shared_tensors_nothing_counts_elsewhere() -> None:
    found = facts(SHARING.replace("(d, w, b)", "(d, v)").replace("(c, w, again)", "(c, w)"))
    assert SharedWeights(found).elsewhere({"d"}) == 0
    assert SharedWeights(found).elsewhere({"y"}) == 4


@each(
    ("node", "told"),
    [
        (replace(PLAIN, conv=PageConv("pointwise", (1, 1), 16, 8, 128)), "pointwise, 16 → 8"),
        (replace(PLAIN, conv=PageConv("standard", (3, 5), 16, 8, 130), tags=("standard",)),
         "standard 3×5, 16 → 8, 2 parameters shared"),
        (replace(PLAIN, conv=PageConv("depthwise", (3, 3), 8, 8, 128), tags=("depthwise",)),
         "depthwise 3×3"),
        (replace(PLAIN, conv=PageConv("depthwise", (3, 3), 4, 8, 128), tags=("depthwise",)),
         "depthwise 3×3, 4 → 8"),
        # Where all weights come from elsewhere the column says it.
        (replace(PLAIN, conv=PageConv("pointwise", (1, 1), 16, 8, 128), params=0),
         "pointwise, 16 → 8"),
        (replace(PLAIN, op_type="MatMul", tags=()), "16 → 4"),
        (replace(PLAIN, op_type="LSTM", tags=("recurrent",)), "recurrent"),
        (replace(PLAIN, op_type="MatMul", tags=(), macs=2049), ""),
        (replace(PLAIN, op_type="MatMul", tags=(), macs=None), ""),
        (replace(PLAIN, op_type="MatMul", tags=(), outputs=(PageTensor("a", (1, None)),)), ""),
        (replace(PLAIN, op_type="MatMul", tags=(), outputs=()), ""),
    ],
)  # fmt: skip
def test_a_row_of_an_operator_says_what_its_output_does_not(node: PageNode, told: str) -> None:
    (row,) = layers.fold_rows([[(1, node)]], {"a": "conv1"})
    assert row.tags == told


def test_modules_of_one_name_are_told_apart_by_where_they_are() -> None:
    assert tile_names.told_apart(["a.0.conv", "b.0.conv", "b.1.conv", "fc", "fc"]) == [
        "a.0.conv", "b.0.conv", "1.conv", "fc", "fc",
    ]  # fmt: skip
    assert tile_names.told_apart([]) == []
