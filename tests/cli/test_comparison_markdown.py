"""The comment on a pull request: short, verdict first, and nothing of a model alive in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analyzer.report.compare.markdown import MOST, ROOM, ROWS
from tests.cli.conftest import Cli
from tests.golden.text import parse

CHAIN = "g (float[2] t0) => (float[N] t{n}) {{ {body} }}"


def chain(count: int, op: str = "Relu") -> str:
    body = " ".join(f"[{op.lower()}{i}] t{i + 1} = {op} (t{i})" for i in range(count))
    return CHAIN.format(n=count, body=body)


def test_the_verdict_comes_first(cli: Cli) -> None:
    samples = Path(__file__).parents[2] / "samples"
    old, new = (str(samples / f"mobilenet_v1{name}.onnx") for name in ("_standard", ""))
    out = cli("compare", old, new, "--format=markdown", "--fail-on-increase=operators=0").out
    lines = out.splitlines()
    assert lines[0] == "## onnxlint: 13 standard convolutions replaced by depthwise + pointwise"
    assert lines[4] == ("- ❌ **failed**: operators 118 → 222 (+104, +88.1 %); "
                        "no more is allowed")  # fmt: skip
    assert "| MACs | 4,867,293,184 | 568,740,352 | −4,298,552,832 | −88.3 % |" in lines


def test_a_comment_fits_whatever_changed(cli: Cli, tmp_path: Path) -> None:
    old = parse(chain(ROWS))
    new = parse(chain(ROWS, "Exp"))
    for i, node in enumerate(new.graph.node):
        node.name = f"{'long' * 60}{i}"
        node.op_type = f"{'Odd' * 30}{i}"
        node.domain = "com.example"
    for name, proto in (("a", old), ("b", new)):
        (tmp_path / f"{name}.onnx").write_bytes(proto.SerializeToString())
    out = cli("compare", "a.onnx", "b.onnx", "--format=markdown").out
    assert MOST - ROOM - 1000 < len(out) <= MOST, "as many rows as fit, and no more"
    assert out.count("<details>") == out.count("</details>")
    assert re.search(r"… and [\d,]+ more; JSON has them all", out)


@pytest.mark.parametrize(
    "name",
    ["a|b", "`x`", "@everyone", "#12", "<img src=x>", "[a](http://b)", "::error::x", "/close",
     "https://evil.example", "</details>"],
)  # fmt: skip
def test_names_stay_names(cli: Cli, tmp_path: Path, name: str) -> None:
    old, new = parse(chain(3)), parse(chain(4, "Exp"))
    for node in new.graph.node:
        node.name = node.op_type = name
        node.domain = "com.example"
    new.graph.output[0].name = new.graph.node[-1].output[0] = name
    new.producer_name = name
    for stem, proto in (("a", old), ("b", new)):
        (tmp_path / f"{stem}.onnx").write_bytes(proto.SerializeToString())
    out = cli("compare", "a.onnx", "b.onnx", "--format=markdown").out
    bare = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", out)
    for alive in ("@everyone", "#12", "<img", "http", "::error", "](", "\n/"):
        assert alive not in bare
    assert out.count("</details>") - out.count("`</details>`") == out.count("<details>")
    rows = [line for line in out.splitlines() if line.startswith("| ")]
    assert {line.count(" | ") for line in rows} == {4}
