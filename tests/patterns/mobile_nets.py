"""MobileNetV2, V3, EfficientNet, GhostNet and ShuffleNetV2, from the papers' tables."""

from __future__ import annotations

from tests.patterns.builders import Net, divisible

V2 = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
      (6, 160, 3, 2), (6, 320, 1, 1))  # fmt: skip
V3_LARGE = (
    (3, 16, 16, 0, "relu", 1), (3, 64, 24, 0, "relu", 2), (3, 72, 24, 0, "relu", 1),
    (5, 72, 40, 1, "relu", 2), (5, 120, 40, 1, "relu", 1), (5, 120, 40, 1, "relu", 1),
    (3, 240, 80, 0, "hswish", 2), (3, 200, 80, 0, "hswish", 1), (3, 184, 80, 0, "hswish", 1),
    (3, 184, 80, 0, "hswish", 1), (3, 480, 112, 1, "hswish", 1), (3, 672, 112, 1, "hswish", 1),
    (5, 672, 160, 1, "hswish", 2), (5, 960, 160, 1, "hswish", 1), (5, 960, 160, 1, "hswish", 1),
)  # fmt: skip
EFFICIENTNET_B0 = ((3, 1, 16, 1, 1), (3, 6, 24, 2, 2), (5, 6, 40, 2, 2), (3, 6, 80, 3, 2),
                   (5, 6, 112, 3, 1), (5, 6, 192, 4, 2), (3, 6, 320, 1, 1))  # fmt: skip
GHOST = (
    (3, 16, 16, 0, 1), (3, 48, 24, 0, 2), (3, 72, 24, 0, 1), (5, 72, 40, 1, 2),
    (5, 120, 40, 1, 1), (3, 240, 80, 0, 2), (3, 200, 80, 0, 1), (3, 184, 80, 0, 1),
    (3, 184, 80, 0, 1), (3, 480, 112, 1, 1), (3, 672, 112, 1, 1), (5, 672, 160, 1, 2),
    (5, 960, 160, 0, 1), (5, 960, 160, 1, 1), (5, 960, 160, 0, 1), (5, 960, 160, 1, 1),
)  # fmt: skip
"""Kernel, expansion, channels, SE, stride, arXiv 1911.11907, table 1."""


def mbconv(
    net: Net, x: str, m: int, hidden: int, n: int, k: int, s: int, act: str,
    reduced: int = 0, gate: str = "hsigmoid", inner: str = "relu",
) -> str:  # fmt: skip
    y = net.conv(x, m, hidden, act=act) if hidden != m else x
    y = net.conv(y, hidden, hidden, k, s, act, groups=hidden)
    if reduced:
        y = net.squeeze_excite(y, hidden, reduced, gate, inner)
    y = net.conv(y, hidden, n)
    if s == 1 and m == n:
        y = net.op("Add", x, y)
        y = net.quantized(y) if net.qdq else y
    return y


def mobilenet_v2(net: Net, alpha: float = 1.0, image: str = "x") -> str:
    m = divisible(32 * alpha)
    x = net.conv(image, 3, m, 3, 2, "relu6")
    for t, c, repeats, stride in V2:
        for i in range(repeats):
            n = divisible(c * alpha)
            x = mbconv(net, x, m, m * t, n, 3, stride if i == 0 else 1, "relu6")
            m = n
    last = divisible(1280 * max(alpha, 1.0))
    return net.classifier(net.conv(x, m, last, act="relu6"), last)


def mobilenet_v3_large(net: Net) -> str:
    m = 16
    x = net.conv("x", 3, m, 3, 2, "hswish")
    for k, hidden, n, squeezed, act, stride in V3_LARGE:
        reduced = divisible(hidden / 4) if squeezed else 0
        x = mbconv(net, x, m, hidden, n, k, stride, act, reduced)
        m = n
    x = net.op("Flatten", net.op("GlobalAveragePool", net.conv(x, m, 960, act="hswish")))
    x = net.act(net.op("Gemm", x, net.weight(1280, 960), net.weight(1280), transB=1), "hswish")
    return net.op("Gemm", x, net.weight(1000, 1280), net.weight(1000), transB=1)


def efficientnet_b0(net: Net) -> str:
    m = 32
    x = net.conv("x", 3, m, 3, 2, "silu")
    for k, t, n, repeats, stride in EFFICIENTNET_B0:
        for i in range(repeats):
            s = stride if i == 0 else 1
            x = mbconv(net, x, m, m * t, n, k, s, "silu", m // 4, "sigmoid", "silu")
            m = n
    return net.classifier(net.conv(x, m, 1280, act="silu"), 1280)


def ghost(net: Net, x: str, m: int, n: int, act: str) -> str:
    half = n // 2
    primary = net.conv(x, m, half, act=act)
    return net.op("Concat", primary, net.conv(primary, half, half, 3, act=act, groups=half), axis=1)


def decoupled(net: Net, x: str, m: int, n: int) -> str:
    """Scale per place by 1×5 and 5×1 depthwise convolutions (arXiv 2211.12905, figure 4)."""
    y = net.conv(x, m, n)
    for kernel, pads in (((1, 5), [0, 2, 0, 2]), ((5, 1), [2, 0, 2, 0])):
        y = net.op("Conv", y, net.weight(n, 1, *kernel), group=n, pads=pads)
    return net.op("Sigmoid", y)


def ghostnet(net: Net, attention: bool = False) -> str:
    m = 16
    x = net.conv("x", 3, m, 3, 2, "relu")
    for k, hidden, n, squeezed, stride in GHOST:
        y = ghost(net, x, m, hidden, "relu")
        if attention:
            y = net.op("Mul", y, decoupled(net, x, m, hidden))
        if stride == 2:
            y = net.conv(y, hidden, hidden, k, 2, groups=hidden)
        if squeezed:
            y = net.squeeze_excite(y, hidden, hidden // 4)
        y = ghost(net, y, hidden, n, "")
        if stride == 2 or m != n:
            x = net.conv(net.conv(x, m, m, k, stride, groups=m), m, n)
        x = net.op("Add", y, x)
        m = n
    return net.classifier(net.conv(x, m, 960, act="relu"), 960)


def shuffle(net: Net, x: str, channels: int, side: int) -> str:
    split = net.constant([1, 2, channels // 2, side, side])
    y = net.op("Transpose", net.op("Reshape", x, split), perm=[0, 2, 1, 3, 4])
    return net.op("Reshape", y, net.constant([1, channels, side, side]))


def shufflenet_v2(net: Net) -> str:
    """Width 1.0×: stages of 4, 8 and 4 units with 116, 232 and 464 channels."""
    m, side = 24, 56
    x = net.op("MaxPool", net.conv("x", 3, m, 3, 2, "relu"), kernel_shape=[3, 3],
               strides=[2, 2], pads=[1, 1, 1, 1])  # fmt: skip
    for n, repeats in ((116, 4), (232, 8), (464, 4)):
        half, side = n // 2, side // 2
        for i in range(repeats):
            if i == 0:
                left = net.conv(net.conv(x, m, m, 3, 2, groups=m), m, half, act="relu")
                y, width, stride = x, m, 2
            else:
                left = net.op("Split", x, outputs=2, axis=1, num_outputs=2)
                y, width, stride = f"{left}.1", half, 1
            y = net.conv(y, width, half, act="relu")
            y = net.conv(net.conv(y, half, half, 3, stride, groups=half), half, half, act="relu")
            x = shuffle(net, net.op("Concat", left, y, axis=1), n, side)
        m = n
    return net.classifier(net.conv(x, m, 1024, act="relu"), 1024)
