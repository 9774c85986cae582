"""How long a device reads weights, beside a bound that counts arithmetic alone."""

from __future__ import annotations

from dataclasses import replace

import onnx
import pytest

from analyzer.devices import bound, profile, reading
from analyzer.devices.reading import CACHE
from analyzer.facts import Facts
from analyzer.report.view.devices import late_readers, rows
from tests.golden.text import facts_of, parse

SIDE = 4096
"""Of a matrix that takes 64 MiB in float32."""
PRODUCT = f"g (float[{{rows}},{SIDE}] x) => (float[{{rows}},{SIDE}] y) {{{{ {{body}} }}}}"


def large(rows: int = 1, body: str = "y = MatMul (x, w)", *names: str, head: str = "") -> Facts:
    """A model whose matrices stand in a file that is not there: their sizes are known."""
    model = parse(head or PRODUCT.format(rows=rows, body=body))
    for name in names or ("w",):
        tensor = onnx.TensorProto(name=name, dims=[SIDE, SIDE], data_type=onnx.TensorProto.FLOAT)
        tensor.data_location = onnx.TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value="w.bin")
        model.graph.initializer.append(tensor)
    return facts_of(model)


def test_weights_are_read_once_at_the_peak_bandwidth() -> None:
    """64 MiB at the A100's 1,555 GB/s, where a row of TF32 products takes far less."""
    found, device = large(), profile("a100")
    assert reading(found, device) == SIDE * SIDE * 4 / 1555e9
    least = bound(found, device).seconds
    assert least == pytest.approx(SIDE * SIDE * 2 / 156e12)
    (row,) = rows(found, [device])
    assert (row.seconds, row.arithmetic) == (reading(found, device), least)
    assert row.per_second == 1555e9 / (SIDE * SIDE * 4)
    assert late_readers([row]) == "215.1 ns on NVIDIA A100 40 GB"


def test_many_rows_take_longer_than_their_weights() -> None:
    found, device = large(1000), profile("a100")
    assert reading(found, device) == reading(large(), device)
    (row,) = rows(found, [device])
    assert row.seconds == row.arithmetic == bound(large(1000), device).seconds
    assert late_readers([row]) == late_readers([]) == ""


def test_values_that_are_kept_in_fewer_bits_are_half_as_many_bytes() -> None:
    two = large(1, "a = MatMul (x, w)  y = MatMul (a, v)", "w", "v")
    device = profile("a16_ane")  # float32 is kept in float16
    assert reading(two, device) == SIDE * SIDE * 2 * 2 / device.bandwidth
    assert reading(large(), device) is None, "32 MiB, which a cache may hold"


def test_a_weight_that_two_read_is_read_once_and_a_table_in_part() -> None:
    device = profile("a100")
    once = reading(large(), device)
    assert reading(large(1, "a = MatMul (x, w)  y = MatMul (a, w)"), device) == once
    rows_of = f"g (int64[1] i) => (float[1,{SIDE}] y) {{ y = Gather (w, i) }}"
    assert reading(large(head=rows_of), device) is None


@pytest.mark.parametrize("op_type", ["MoE", "MoEPacked", "QMoE"])
def test_of_a_mixture_only_the_experts_that_data_choose_are_read(op_type: str) -> None:
    found, device = large(), profile("a100")
    (node,) = found.nodes
    mixture = replace(node, op_type=op_type, domain="com.microsoft")
    assert reading(replace(found, nodes=(mixture,)), device) is None
    routed = replace(mixture, op_type="MoEGroupRouter")
    assert reading(replace(found, nodes=(routed,)), device) == reading(found, device)


def test_what_may_not_run_is_not_read_nor_what_a_cache_or_flash_holds() -> None:
    found, device = large(), profile("a100")
    idle = tuple(replace(node, executions_range=(0, 1)) for node in found.nodes)
    assert reading(replace(found, nodes=idle), device) is None
    assert reading(found, replace(device, flash=CACHE)) is None
    small = PRODUCT.replace(str(SIDE), "8").format(rows=1, body="y = Relu (x)")
    assert reading(facts_of(parse(small)), device) is None
