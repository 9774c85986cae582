"""Other counters' totals, compared with what those counters print when they are run.

The numbers were measured with fvcore 0.1.5, PyTorch 2.5.1, DeepSpeed 0.16.2, ptflops 0.7.5
(torchvision 0.20.1's networks, one 224×224 image) and onnx-tool 1.0.1 (the same files as here).
The onnx wheel's networks end in a softmax that torchvision's do not have.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from onnx import parser

from analyzer.analyze import analyze
from analyzer.costs.conventions import Convention, conventions
from analyzer.facts import Facts
from analyzer.model import load
from tests.wheel import LIGHT, light

SAMPLES = Path(__file__).parents[2] / "samples"
SOFTMAX = 1000
"""One per class."""

Found = dict[str, Convention]


@pytest.fixture(scope="module")
def counted() -> Callable[[Path], Found]:
    known: dict[Path, Found] = {}

    def get(path: Path) -> Found:
        if path not in known:
            name = path.stem.removeprefix("light_")
            facts = light(name) if path.parent == LIGHT else analyze(load(str(path)))
            known[path] = {c.name: c for c in conventions(facts)}
        return known[path]

    return get


@pytest.fixture
def of_text(tmp_path: Path) -> Callable[[str], Found]:
    """Conventions of a graph in ONNX's text syntax."""

    def build(text: str) -> Found:
        model = parser.parse_model('<ir_version: 8, opset_import: ["" : 17, "own": 1]>' + text)
        path = tmp_path / "model.onnx"
        path.write_bytes(model.SerializeToString())
        facts: Facts = analyze(load(str(path)))
        return {c.name: c for c in conventions(facts)}

    return build


@pytest.mark.parametrize(
    ("name", "macs"),
    [
        ("bvlc_alexnet", 675_839_112),
        ("densenet121", 3_369_419_240),
        ("inception_v1", 1_481_545_240),
        ("inception_v2", 2_157_663_112),
        ("resnet50", 4_450_789_512),
        ("shufflenet", 234_546_984),
        ("squeezenet", 357_511_224),
        ("vgg19", 19_667_941_512),
        ("zfnet512", 1_542_366_888),
    ],
)
def test_onnx_tool_prints_this(counted: Callable[[Path], Found], name: str, macs: int) -> None:
    found = counted(LIGHT / f"light_{name}.onnx")["onnx-tool"]
    assert (found.count, found.exact) == (macs, True)


def test_onnx_tool_counts_29_percent_more_for_mobilenet(counted: Callable[[Path], Found]) -> None:
    found = counted(SAMPLES / "mobilenet_v1.onnx")
    assert found["onnx-tool"].count == 735_240_328
    assert found["MobileNet paper"].count == 568_740_352  # the paper's 569 M


def test_resnet50_under_every_convention(counted: Callable[[Path], Found]) -> None:
    found = counted(LIGHT / "light_resnet50.onnx")
    assert found["onnxlint MACs"].count == 4_089_184_256
    assert found["torchvision"].count == 4_089_184_256  # 4.089 in its table of weights
    assert found["PyTorch FlopCounterMode"].count == 8_178_368_512
    # This file pools with a 7×7 AveragePool, torchvision with AdaptiveAvgPool2d, which counts.
    assert found["fvcore"].count == 4_111_512_576 - 7 * 7 * 2048
    assert found["timm"].count == found["fvcore"].count  # 4.11 GMACs in its results
    assert found["DeepSpeed"].count == 8_211_108_352 + SOFTMAX
    assert found["ptflops"].count == 4_132_436_968 + SOFTMAX


def test_densenet121_under_every_convention(counted: Callable[[Path], Found]) -> None:
    found = counted(LIGHT / "light_densenet121.onnx")
    assert found["PyTorch FlopCounterMode"].count == 5_668_323_328
    assert found["fvcore"].count == 2_865_546_752
    # Its classifier is a 1×1 convolution, whose bias DeepSpeed counts (a Linear's it does not).
    assert found["DeepSpeed"].count == 5_716_881_152 + 1000
    # torchvision calls F.relu and F.adaptive_avg_pool2d at the end: once, not twice.
    assert found["ptflops"].count == 2_899_843_048 + 2 * 7 * 7 * 1024
    assert not found["ptflops"].exact


def test_squeezenet_under_every_convention(counted: Callable[[Path], Found]) -> None:
    found = counted(LIGHT / "light_squeezenet.onnx")
    assert found["PyTorch FlopCounterMode"].count == 698_303_872
    assert found["fvcore"].count == 349_320_936
    assert found["DeepSpeed"].count == 705_013_944 + SOFTMAX
    assert found["ptflops"].count == 359_982_728 + SOFTMAX


def test_vgg19_and_torchvision_agree(counted: Callable[[Path], Found]) -> None:
    found = counted(LIGHT / "light_vgg19.onnx")["torchvision"]
    assert found.count is not None
    assert (round(found.count / 1e9, 3), found.exact) == (19.632, True)


def test_lstm_and_linear_as_the_tools_count_them(of_text: Callable[[str], Found]) -> None:
    """nn.LSTM(16, 32) over 10 steps, then nn.Linear(32, 5)."""
    found = of_text("""
      g (float[10,1,16] x, float[1,128,16] w, float[1,128,32] r, float[1,256] b)
        => (float[1,10,5] y)
      <int64[2] vs = {32, 5}, int64[1] cs = {5}>
      {
        v = ConstantOfShape (vs)
        c = ConstantOfShape (cs)
        h = LSTM <hidden_size=32> (x, w, r, b)
        n = Transpose <perm=[1,2,0,3]> (h)
        s = Constant <value_ints=[1,10,32]> ()
        f = Reshape (n, s)
        m = MatMul (f, v)
        y = Add (c, m)
      }""")
    assert found["onnxlint MACs"].count == 10 * (128 * 16 + 128 * 32) + 10 * 32 * 5
    assert found["MobileNet paper"].count == 10 * 32 * 5
    assert found["PyTorch FlopCounterMode"].count == 3200
    assert found["fvcore"].count == 1600
    assert found["DeepSpeed"].count == 129_280
    assert found["ptflops"].count == 68_850


def test_silu_is_counted_by_tools_that_see_modules_and_a_sigmoid_is_not(
    of_text: Callable[[str], Found],
) -> None:
    """DeepSpeed and ptflops count the elements of nn.SiLU, which files write as x · σ(x)."""
    graph = "g (float[1,3,8,8] x, float[1,3,8,8] z) => (float[1,3,8,8] y) "
    silu = of_text(graph + "{ s = Sigmoid (x)  y = Mul (x, s) }")
    gate = of_text(graph + "{ s = Sigmoid (x)  y = Mul (z, s) }")
    for tool in ("DeepSpeed", "ptflops"):
        assert (silu[tool].count, gate[tool].count) == (3 * 8 * 8, 0)


ATTENTION = """
  g (float[1,197,64] q, float[1,64,197] k, float[1,197,64] v) => (float[1,197,64] y)
  { s = MatMul (q, k) p = Softmax (s) y = MatMul (p, v) }"""


def test_fvcore_does_not_see_fused_attention(of_text: Callable[[str], Found]) -> None:
    found = of_text(ATTENTION)
    products = 2 * 197 * 197 * 64
    assert found["PyTorch FlopCounterMode"].count == 2 * products
    assert (found["fvcore"].count, found["fvcore"].exact) == (0, False)
    assert "fused attention" in found["fvcore"].reason
    assert found["MobileNet paper"].count == 0
    assert found["onnx-tool"].count == products + 36 * 197 * 197


def test_a_bias_may_hide_a_batch_norm(of_text: Callable[[str], Found]) -> None:
    found = of_text("""
      g (float[1,3,8,8] x, float[4,3,3,3] w, float[4] b) => (float[1,4,6,6] y)
      { y = Conv (x, w, b) }""")
    assert found["torchvision"].exact
    assert "folded" in found["fvcore"].reason
    assert found["onnx-tool"].exact  # it reads the same file
    assert found["onnx-tool"].count == 4 * 6 * 6 * (3 * 9 + 1)


def test_an_unknown_operator_makes_every_total_a_lower_bound(
    of_text: Callable[[str], Found],
) -> None:
    found = of_text("""
      g (float[1,3,8,8] x, float[4,3,3,3] w) => (float[1,4,6,6] y)
      { z = Conv (x, w) y = own.Fancy (z) }""")
    for convention in found.values():
        if convention.name != "MobileNet paper":  # it names the layers it counts
            assert not convention.complete
            assert not convention.exact
    assert found["torchvision"].count == 4 * 6 * 6 * 3 * 9


def test_bodies_count_as_often_as_they_run(of_text: Callable[[str], Found]) -> None:
    found = of_text("""
      g (float[4,4] x) => (float[4,4] y)
      <int64 n = {5}, bool c = {1}>
      {
        y = Loop (n, c, x) <body = b (int64 i, bool d, float[4,4] a) => (bool e, float[4,4] o)
          { e = Identity (d) o = MatMul (a, a) }>
      }""")
    assert found["PyTorch FlopCounterMode"].count == 5 * 2 * 4 * 4 * 4
    assert found["onnx-tool"].count == 5 * 4 * 4 * 4


def test_every_convention_says_what_it_counts_and_where_that_is_written(
    counted: Callable[[Path], Found],
) -> None:
    found = counted(LIGHT / "light_squeezenet.onnx")
    assert len(found) == 10
    for c in found.values():
        assert "" not in (c.counts, c.differs, c.source, c.unit)
        assert "\n" not in c.counts + c.differs + c.reason
        assert c.exact is (not c.reason)
