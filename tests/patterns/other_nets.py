"""ResNet, VGG, ConvNeXt and transformers, from the papers' tables."""

from __future__ import annotations

from onnx import TensorProto

from tests.patterns.builders import Net


def resnet(
    net: Net, stages: tuple[int, ...], deep: bool, groups: int = 1, gate: int = 0,
    alpha: float = 1.0, wider: int = 1,
) -> str:  # fmt: skip
    """ResNet-18/34 (basic) and 50/101/152 (bottleneck, stride in the 3×3)."""
    x = net.conv("x", 3, 64, 7, 2, "relu")
    x = net.op("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    m = 64
    for stage, repeats in enumerate(stages):
        width = int(64 * 2**stage * alpha)
        n = width * (4 if deep else 1)
        mid = width * (2 if groups > 1 else wider)
        for i in range(repeats):
            s = 2 if stage and i == 0 else 1
            if deep:
                y = net.conv(x, m, mid, act="relu")
                y = net.conv(net.conv(y, mid, mid, 3, s, "relu", groups), mid, n)
            else:
                y = net.conv(net.conv(x, m, n, 3, s, "relu"), n, n, 3)
            if gate:
                y = net.squeeze_excite(y, n, n // gate, "sigmoid")
            shortcut = net.conv(x, m, n, 1, s) if s > 1 or m != n else x
            x, m = net.op("Relu", net.op("Add", y, shortcut)), n
    return net.classifier(x, m)


def resnet_v2_50(net: Net) -> str:
    """Normalisation and activation before the convolutions (arXiv 1603.05027, figure 4e)."""
    x, m = net.op("Conv", "x", net.weight(64, 3, 7, 7), strides=[2, 2], pads=[3] * 4), 64
    for stage, repeats in enumerate((3, 4, 6, 3)):
        mid = 64 * 2**stage
        for i in range(repeats):
            s = 2 if stage and i == 0 else 1
            y = net.op("BatchNormalization", x, *(net.weight(m) for _ in range(4)))
            y = net.op("Relu", y)
            shortcut = x if i else net.op("Conv", y, net.weight(4 * mid, m, 1, 1), strides=[s, s])
            y = net.conv(net.conv(y, m, mid, act="relu"), mid, mid, 3, s, "relu")
            y = net.op("Conv", y, net.weight(4 * mid, mid, 1, 1))
            x, m = net.op("Add", y, shortcut), 4 * mid
    x = net.op("BatchNormalization", x, *(net.weight(m) for _ in range(4)))
    return net.classifier(net.op("Relu", x), m)


def vgg16(net: Net, repeats: tuple[int, ...] = (2, 2, 3, 3, 3)) -> str:
    x, m = "x", 3
    for n, layers in zip((64, 128, 256, 512, 512), repeats, strict=True):
        for _ in range(layers):
            x, m = net.conv(x, m, n, 3, act="relu"), n
        x = net.op("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
    x = net.op("Flatten", x)
    for m, n in ((25088, 4096), (4096, 4096), (4096, 1000)):
        x = net.op("Gemm", x, net.weight(n, m), net.weight(n), transB=1)
        x = net.op("Relu", x) if n > 1000 else x
    return x


def vgg19(net: Net) -> str:
    return vgg16(net, (2, 2, 4, 4, 4))


def convnext_tiny(net: Net) -> str:
    """Depths 3, 3, 9, 3 with 96, 192, 384, 768 channels; layer scale on."""
    x, m = "x", 3
    for n, depth, k in ((96, 3, 4), (192, 3, 2), (384, 9, 2), (768, 3, 2)):
        if m > 3:
            x = channels_first(net, net.layer_norm(channels_last(net, x), m))
        x = net.op("Conv", x, net.weight(n, m, k, k), net.weight(n), strides=[k, k])
        m = n
        for _ in range(depth):
            y = net.op("Conv", x, net.weight(n, 1, 7, 7), net.weight(n), pads=[3] * 4, group=n)
            y = net.layer_norm(channels_last(net, y), n)
            y = net.linear(net.linear(y, n, 4 * n, "gelu"), 4 * n, n)
            y = channels_first(net, net.op("Mul", y, net.weight(n)))
            x = net.op("Add", x, y)
    return net.classifier(x, m)


def channels_last(net: Net, x: str) -> str:
    return net.op("Transpose", x, perm=[0, 2, 3, 1])


def channels_first(net: Net, x: str) -> str:
    return net.op("Transpose", x, perm=[0, 3, 1, 2])


def heads(net: Net, x: str, tokens: int, width: int, count: int) -> str:
    split = net.op("Reshape", x, net.constant([1, tokens, count, width // count]))
    return net.op("Transpose", split, perm=[0, 2, 1, 3])


def self_attention(
    net: Net, x: str, tokens: int, width: int, count: int,
    mask: str = "", source: str = "", sources: int = 0,
) -> str:  # fmt: skip
    """Scaled dot-product attention with projections; key and value from ``source``."""
    kept = sources or tokens
    q = heads(net, net.linear(x, width, width), tokens, width, count)
    k = heads(net, net.linear(source or x, width, width), kept, width, count)
    v = heads(net, net.linear(source or x, width, width), kept, width, count)
    scores = net.op("MatMul", q, net.op("Transpose", k, perm=[0, 1, 3, 2]))
    scores = net.op("Div", scores, net.number(8))
    if mask:
        scores = net.op("Add", scores, mask)
    y = net.op("MatMul", net.op("Softmax", scores, axis=-1), v)
    y = net.op("Transpose", y, perm=[0, 2, 1, 3])
    y = net.op("Reshape", y, net.constant([1, tokens, width]))
    return net.linear(y, width, width)


def vit_b16(net: Net) -> str:
    """12 layers, width 768, 12 heads, 16×16 patches, pre-norm."""
    x = net.op("Conv", "x", net.weight(768, 3, 16, 16), net.weight(768), strides=[16, 16])
    x = net.op("Reshape", x, net.constant([1, 768, 196]))
    x = net.op("Transpose", x, perm=[0, 2, 1])
    x = net.op("Concat", net.weight(1, 1, 768), x, axis=1)
    x = net.op("Add", x, net.weight(1, 197, 768))
    for _ in range(12):
        x = net.op("Add", x, self_attention(net, net.layer_norm(x, 768), 197, 768, 12))
        y = net.linear(net.layer_norm(x, 768), 768, 3072, "gelu")
        x = net.op("Add", x, net.linear(y, 3072, 768))
    x = net.op("Gather", net.layer_norm(x, 768), net.constant([0], shape=()), axis=1)
    return net.op("Gemm", x, net.weight(1000, 768), net.weight(1000), transB=1)


def token_net() -> Net:
    return Net(image=(1, 128), activations="decomposed", dtype=TensorProto.INT64)


def bert_base(net: Net) -> str:
    """12 layers, width 768, 12 heads, post-norm, additive mask made from the input."""
    x = net.op("Gather", net.weight(30522, 768), "x")
    x = net.layer_norm(net.op("Add", x, net.weight(1, 128, 768)), 768)
    known = net.op("Cast", net.op("Unsqueeze", "x", net.constant([1, 2])), to=TensorProto.FLOAT)
    mask = net.op("Mul", net.op("Sub", net.number(1), known), net.number(-1e4))
    for _ in range(12):
        x = net.layer_norm(net.op("Add", x, self_attention(net, x, 128, 768, 12, mask=mask)), 768)
        y = net.linear(net.linear(x, 768, 3072, "gelu"), 3072, 768)
        x = net.layer_norm(net.op("Add", x, y), 768)
    return x


def gpt(net: Net, gated: bool = False) -> str:
    """Two pre-norm layers of width 64 and a head over the vocabulary."""
    x = net.op("Gather", net.weight(5000, 64), "x")
    for _ in range(2):
        x = net.op("Add", x, self_attention(net, net.layer_norm(x, 64), 128, 64, 4))
        y = net.layer_norm(x, 64)
        inner = net.linear(y, 64, 256, "silu" if gated else "gelu")
        if gated:
            inner = net.op("Mul", inner, net.linear(y, 64, 256))
        x = net.op("Add", x, net.linear(inner, 256, 64))
    return net.linear(net.layer_norm(x, 64), 64, 5000)
