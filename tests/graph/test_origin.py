"""Source locations as exporters write them."""

from __future__ import annotations

from onnx import NodeProto

from analyzer.graph.origin import STACK_KEY, source_location

PACKAGES = "/venv/lib/python3.11/site-packages"
DYNAMO = f"""File "{PACKAGES}/torchvision/models/resnet.py", line 285, in forward
    return self._forward_impl(x)
  File "{PACKAGES}/torch/nn/modules/batchnorm.py", line 210, in forward
    return F.batch_norm("""
TORCHSCRIPT = f"""{PACKAGES}/torch/nn/modules/conv.py(549): _conv_forward
/home/me/net.py(12): forward
/home/me/export.py(40): <module>
"""


def node(stack: str = "", doc: str = "") -> NodeProto:
    result = NodeProto(op_type="Conv", doc_string=doc)
    if stack:
        result.metadata_props.add(key=STACK_KEY, value=stack)
    return result


def test_dynamo_exports_point_at_the_frame_that_called_the_framework() -> None:
    found = source_location(node(DYNAMO))
    assert found == f"{PACKAGES}/torchvision/models/resnet.py:285"


def test_torchscript_exports_point_at_the_module() -> None:
    assert source_location(node(doc=TORCHSCRIPT)) == "/home/me/net.py:12"


def test_a_stack_inside_the_framework_alone_is_better_than_nothing() -> None:
    inner = 'File "/x/site-packages/torch/nn/functional.py", line 7, in relu'
    assert source_location(node(inner)) == "/x/site-packages/torch/nn/functional.py:7"


def test_no_record_gives_no_location() -> None:
    assert source_location(node()) == ""
    assert source_location(node(doc="a plain comment (see 3)")) == ""
