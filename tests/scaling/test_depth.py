"""Which blocks a shallower network leaves out."""

from __future__ import annotations

from analyzer.report.view import whatif
from analyzer.scaling import Scaler
from tests.patterns.builders import Net
from tests.patterns.other_nets import self_attention, token_net

WIDTH, TOKENS = 64, 128


def translator(net: Net, layers: int) -> str:
    """An encoder, and a decoder that attends to itself and to that: both see as many tokens."""

    def mlp(x: str) -> str:
        inner = net.linear(net.layer_norm(x, WIDTH), WIDTH, 4 * WIDTH, "gelu")
        return net.op("Add", x, net.linear(inner, 4 * WIDTH, WIDTH))

    def attend(x: str, source: str = "") -> str:
        own = net.layer_norm(x, WIDTH)
        return net.op("Add", x, self_attention(net, own, TOKENS, WIDTH, 4, source=source))

    memory = net.op("Gather", net.weight(5000, WIDTH), "x")
    for _ in range(layers):
        memory = mlp(attend(memory))
    memory = net.layer_norm(memory, WIDTH)
    x = net.op("Gather", net.weight(5000, WIDTH), "x")
    for _ in range(layers):
        x = mlp(attend(attend(x), memory))
    return net.linear(net.layer_norm(x, WIDTH), WIDTH, 5000)


def test_an_encoder_and_a_decoder_lose_whole_layers_of_their_own() -> None:
    net, small = token_net(), token_net()
    found, fewer = net.facts(translator(net, 3)), small.facts(translator(small, 2))
    scaler = Scaler(found)
    assert [stage.repeats for stage in scaler.stages] == [3] * 5
    shallow = scaler.at(depth=0.5)
    norms = 5 * 2 * WIDTH  # in front of blocks, and no part of them
    assert (shallow.macs, shallow.params) == (fewer.totals.macs, fewer.totals.params + norms)
    row = whatif.view(found).depths[0]
    assert (row.units, row.units_today, row.unit) == (4, 6, "layers")


def test_parallel_heads_of_one_shape_do_not_repeat_each_other() -> None:
    net = Net(image=(1, 8, 16, 16))

    def block(x: str) -> str:
        y = net.op("Conv", x, net.weight(8, 1, 3, 3), net.weight(8), group=8, pads=[1, 1, 1, 1])
        y = net.op("Relu", y)
        return net.op("Relu", net.op("Conv", y, net.weight(8, 8, 1, 1), net.weight(8)))

    trunk = block(block("x"))
    found = net.facts(net.op("Concat", block(trunk), block(trunk), axis=1))
    assert [stage.repeats for stage in Scaler(found).stages] == [3, 1]
    row = whatif.view(found).depths[0]
    assert (row.units, row.units_today, row.unit) == (3, 4, "blocks")
