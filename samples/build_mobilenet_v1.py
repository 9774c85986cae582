"""Build MobileNetV1 (Howard et al. 2017, arXiv 1704.04861, Table 1) as an ONNX file.

Three networks come out of one list of blocks: the paper's own, the same network with standard
3×3 convolutions (its Table 4, "Conv MobileNet"), and the shallow one without the five
14×14×512 blocks (its Table 5). Width and resolution multipliers are arguments.

Weights are ConstantOfShape results rather than stored numbers, as in the models of the onnx
wheel: every shape and count is the real one and the file stays at a few tens of kilobytes. The
output depends on nothing but the arguments: the same call writes the same bytes.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import onnx
from onnx import TensorProto, helper

STEM = 32
BLOCKS = (
    (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2),
    (512, 1), (512, 1), (512, 1), (512, 1), (512, 1),
    (1024, 2), (1024, 1),
)  # fmt: skip
"""Output channels and stride of the blocks after the stem."""
REPEATED = slice(6, 11)
"""The five 14×14×512 blocks that the shallow network leaves out."""
CLASSES = 1000


class Variant(StrEnum):
    """What one block is made of, and how many there are."""

    SEPARABLE = "separable"
    """Depthwise 3×3, then pointwise: the paper's network."""
    STANDARD = "standard"
    """One full 3×3 convolution per block."""
    SHALLOW = "shallow"
    """Separable, without the five repeated blocks."""


@dataclass
class Network:
    """The nodes and initializers of one network while it is being written down."""

    nodes: list[onnx.NodeProto] = field(default_factory=list)
    shapes: dict[str, onnx.TensorProto] = field(default_factory=dict)

    def weight(self, name: str, shape: tuple[int, ...], value: float) -> str:
        """A float32 tensor of ``shape`` filled with ``value``, made when the model runs."""
        source = "shape_" + "x".join(map(str, shape))
        self.shapes.setdefault(
            source, helper.make_tensor(source, TensorProto.INT64, [len(shape)], shape)
        )
        fill = helper.make_tensor("value", TensorProto.FLOAT, [1], [value])
        self.add("ConstantOfShape", [source], name, value=fill)
        return name

    def add(self, op_type: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """One operator with one output, which names the node too."""
        self.nodes.append(helper.make_node(op_type, inputs, [output], name=output, **attributes))
        return output

    def conv(
        self, x: str, name: str, m: int, n: int, kernel: int, stride: int, groups: int = 1
    ) -> str:
        """Convolution without bias, batch normalisation, ReLU6.

        ``m`` input and ``n`` output channels; padding keeps ``ceil(side / stride)``.
        """
        w = self.weight(f"{name}.weight", (n, m // groups, kernel, kernel), 0.01)
        pad = kernel // 2
        y = self.add(
            "Conv", [x, w], f"{name}.conv",
            kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[pad] * 4, group=groups,
        )  # fmt: skip
        filled = (("scale", 1.0), ("bias", 0.0), ("mean", 0.0), ("var", 1.0))
        statistics = [self.weight(f"{name}.bn.{part}", (n,), value) for part, value in filled]
        y = self.add("BatchNormalization", [y, *statistics], f"{name}.bn", epsilon=1e-3)
        return self.add("Clip", [y, "zero", "six"], f"{name}.relu6")


def build(
    alpha: float = 1.0, resolution: int = 224, variant: Variant = Variant.SEPARABLE
) -> onnx.ModelProto:
    """MobileNetV1 as opset 17.

    ``alpha`` is the width multiplier (channels become ``int(c · alpha)``); ``resolution`` the
    side of the square input in pixels. Input ``image`` is float32 ``[1, 3, side, side]``,
    output ``probabilities`` float32 ``[1, 1000]``.
    """
    net = Network()
    channels = int(STEM * alpha)
    x = net.conv("image", "stem", 3, channels, kernel=3, stride=2)
    blocks = list(BLOCKS)
    if variant is Variant.SHALLOW:
        del blocks[REPEATED]
    for number, (full_width, stride) in enumerate(blocks, 1):
        m, channels = channels, int(full_width * alpha)
        block = f"block{number}"
        if variant is Variant.STANDARD:
            x = net.conv(x, block, m, channels, kernel=3, stride=stride)
        else:
            x = net.conv(x, f"{block}.depthwise", m, m, kernel=3, stride=stride, groups=m)
            x = net.conv(x, f"{block}.pointwise", m, channels, kernel=1, stride=1)
    x = net.add("GlobalAveragePool", [x], "pool")
    x = net.add("Flatten", [x], "features", axis=1)
    weight = net.weight("classifier.weight", (CLASSES, channels), 0.01)
    bias = net.weight("classifier.bias", (CLASSES,), 0.0)
    x = net.add("Gemm", [x, weight, bias], "classifier", transB=1)
    net.add("Softmax", [x], "probabilities", axis=1)

    bounds = [
        helper.make_tensor("zero", TensorProto.FLOAT, [], [0.0]),
        helper.make_tensor("six", TensorProto.FLOAT, [], [6.0]),
    ]
    image = [1, 3, resolution, resolution]
    graph = helper.make_graph(
        net.nodes,
        f"mobilenet_v1_{variant}_{alpha:g}_{resolution}",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, image)],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [1, CLASSES])],
        [*bounds, *(net.shapes[name] for name in sorted(net.shapes))],
    )
    return helper.make_model(
        graph,
        producer_name="onnxlint samples",
        ir_version=8,
        opset_imports=[helper.make_opsetid("", 17)],
    )


def to_bytes(model: onnx.ModelProto) -> bytes:
    """The file's content; deterministic."""
    content: bytes = model.SerializeToString(deterministic=True)
    return content


def main() -> None:
    parser = argparse.ArgumentParser(description="Write MobileNetV1 as an ONNX file.")
    parser.add_argument("--alpha", type=float, default=1.0, help="width multiplier (default 1.0)")
    parser.add_argument(
        "--resolution", type=int, default=224, help="side of the input in pixels (default 224)"
    )
    kind = parser.add_mutually_exclusive_group()
    for variant in (Variant.STANDARD, Variant.SHALLOW):
        kind.add_argument(
            f"--{variant}", dest="variant", action="store_const", const=variant,
            default=Variant.SEPARABLE, help=f"write the {variant} network instead",
        )  # fmt: skip
    parser.add_argument("-o", "--output", type=Path, required=True, help="file to write")
    options = parser.parse_args()
    model = build(options.alpha, options.resolution, options.variant)
    options.output.write_bytes(to_bytes(model))
    print(options.output)


if __name__ == "__main__":
    main()
