"""What onnx's table of operators says of one operator in one version, read once."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from onnx import defs

from analyzer.dataclass import dataclass
from analyzer.shapes.onnx_inference import newest_schema

if TYPE_CHECKING:
    from collections.abc import Mapping

STANDARD = frozenset({"", "ai.onnx.ml", "ai.onnx.training", "ai.onnx.preview",
                      "ai.onnx.preview.training"})  # fmt: skip
"""Domains whose operators the ONNX project specifies."""

_ALWAYS = 2**31 - 1
EXTENSIONS: Mapping[str, range] = {
    **dict.fromkeys(
        "Affine Crop DynamicSlice GRUUnit GivenTensorFill ImageScaler MeanVarianceNormalization "
        "ParametricSoftplus Scale ScaledTanh ThresholdedRelu".split(), range(1, 10),
    ),
    **dict.fromkeys(
        "DisentangledAttention_TRT EfficientNMS_TRT LayerNormalization MemcpyFromHost MemcpyToHost "
        "MultilevelCropAndResize_TRT PyramidROIAlign_TRT SimplifiedLayerNormalization".split(),
        range(1, _ALWAYS),
    ),
    "GroupNormalization": range(18, 21),
}  # fmt: skip
"""Operators that ONNX Runtime takes in the domain ai.onnx although the specification does not have
them there, or not in that version, and the versions of the domain in which it does."""


@dataclass(frozen=True, slots=True)
class Formal:
    """One input or output of an operator."""

    name: str
    required: bool
    variadic: bool
    homogeneous: bool
    """Whether all that fill a variadic one have the same type."""
    parameter: str
    """Type parameter such as ``T``, or a type."""
    types: frozenset[str]
    """Types that it may have, as ONNX writes them."""


@dataclass(frozen=True, slots=True)
class Schema:
    """An operator in the version that is in force."""

    since: int
    deprecated: bool
    inputs: tuple[Formal, ...]
    outputs: tuple[Formal, ...]
    input_range: tuple[int, int]
    """Fewest and most inputs."""
    output_range: tuple[int, int]
    attributes: Mapping[str, tuple[int, bool]]
    """``AttributeProto.AttributeType`` and whether it is required, by name."""


@lru_cache(maxsize=4096)
def schema_at(op_type: str, version: int, domain: str) -> Schema | None:
    """The schema in force at ``version`` of the domain; ``None`` where there is none."""
    try:
        found = defs.get_schema(op_type, max(0, min(version, _ALWAYS)), domain)
    except defs.SchemaError:
        return None
    return Schema(
        found.since_version,
        found.deprecated,
        tuple(map(_formal, found.inputs)),
        tuple(map(_formal, found.outputs)),
        (found.min_input, found.max_input),
        (found.min_output, found.max_output),
        {name: (_number(a), a.required) for name, a in found.attributes.items()},
    )


def first_version(op_type: str, domain: str) -> int | None:
    """Version of the domain that introduced an operator; ``None`` for one it never had."""
    newest = newest_schema(op_type, domain)
    if newest is None:
        return None
    version = newest.since_version
    while version > 1:
        older = schema_at(op_type, version - 1, domain)
        if older is None:
            break
        version = older.since
    return int(version)


def _number(attribute: defs.OpSchema.Attribute) -> int:
    """Its ``AttributeProto.AttributeType``, which has the same numbers in onnx's C++."""
    kind: Any = attribute.type
    return int(kind.value)


def _formal(parameter: defs.OpSchema.FormalParameter) -> Formal:
    option = parameter.option
    kinds = defs.OpSchema.FormalParameterOption
    return Formal(
        parameter.name,
        option == kinds.Single,
        option == kinds.Variadic,
        parameter.is_homogeneous,
        parameter.type_str,
        frozenset(parameter.types),
    )
