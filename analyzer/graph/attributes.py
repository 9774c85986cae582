"""AttributeProto → Python value, of the type that every ONNX operator gives an attribute's name.

Formulas may then rely on ``strides`` being integers whatever the file says: attribute names mean
the same in all operators of ONNX and its contrib domains, so the check needs no schema.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from onnx import AttributeProto

from analyzer.dataclass import dataclass
from analyzer.graph.tensors import decode_tensor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_SPATIAL = 128
"""Longest list with an entry (or two) per axis."""


class Misfit(Exception):  # noqa: N818 - describes the file
    """The attribute's type or length is not what its name stands for; ``str()`` is one clause."""

    code = "attribute-type"
    """Of the problem that says so."""


class Oversize(Misfit):
    """A list longer than anything that its name stands for; nothing says that it is wrong."""

    code = "attribute-length"


@dataclass(frozen=True, slots=True)
class Reference:
    """An attribute of a function body that takes its value from the call."""

    name: str


def decode_attribute(attribute: AttributeProto) -> Any:
    """Python value of an attribute that holds no graph.

    Returns int, float, str, tuples of them, a small ``numpy.ndarray``, the raw ``TensorProto``
    where the payload is big or elsewhere, or a ``Reference``.

    Raises
    ------
    Misfit
        The value is not to be used.
    """
    if attribute.ref_attr_name:
        return Reference(attribute.ref_attr_name)
    decoder = _DECODERS.get(attribute.type)
    wanted = KINDS.get(attribute.name, ())
    if decoder is None or (wanted and attribute.type not in wanted):
        name_of = AttributeProto.AttributeType.Name
        kinds, what = " or ".join(map(name_of, wanted)) or "known", name_of(attribute.type)
        raise Misfit(f"attribute {attribute.name[:50]!r} is {what}, not {kinds}, and was ignored")
    value = decoder(attribute)
    if attribute.name in _SPATIAL and len(value) > MAX_SPATIAL:
        raise Oversize(f"attribute {attribute.name!r} has {len(value):,} entries and was ignored")
    return value


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


_DECODERS: Mapping[int, Callable[[AttributeProto], Any]] = {
    AttributeProto.INT: lambda a: a.i,
    AttributeProto.INTS: lambda a: tuple(a.ints),
    AttributeProto.FLOAT: lambda a: a.f,
    AttributeProto.FLOATS: lambda a: tuple(a.floats),
    AttributeProto.STRING: lambda a: _text(a.s),
    AttributeProto.STRINGS: lambda a: tuple(_text(s) for s in a.strings),
    AttributeProto.TENSOR: lambda a: decode_tensor(a.t, a.t),
    AttributeProto.SPARSE_TENSOR: lambda a: a.sparse_tensor,
    AttributeProto.TYPE_PROTO: lambda a: a.tp,
}

_SPATIAL = frozenset(
    "axes dilations kernel_shape output_padding output_shape pads perm strides".split()
)
_NAMES = {
    AttributeProto.INT: """
        K N activation allowzero antialias axis bits block_size blocksize ceil_mode channels
        channels_last conv_window_size do_rotary end exclusive expert_weight_bits
        fc1_expert_weight_bits fc2_expert_weight_bits fc3_expert_weight_bits fmod gather_axis group
        hidden_size k keepdims kv_num_heads n_targets noop_with_empty_axes num_heads
        num_outputs num_scan_inputs onesided output_datatype past_present_share_buffer quant_type
        reverse rotary_embedding_dim sampling_ratio select_last_index signal_ndim start targets to
        training_mode transA transB transBatchA transBatchB value_int""".split(),
    AttributeProto.INTS: """
        axes dilations ends inputdimensions kernel_shape output_padding output_shape pads perm
        qkv_hidden_sizes scan_input_axes scan_output_axes starts strides value_ints
        """.split(),
    AttributeProto.FLOAT: "alpha beta limit max min softcap value value_float".split(),
    AttributeProto.FLOATS: """
        activation_alpha activation_beta intercepts rho scales support_vectors value_floats
        """.split(),
    AttributeProto.STRING: """
        activation activation_type approximate auto_pad coordinate_transformation_mode direction
        equation kernel_type metric mode quant_type reduction to update_rule value_string
        """.split(),
    AttributeProto.STRINGS: "classlabels_strings value_strings".split(),
    AttributeProto.TENSOR: ["value"],
    AttributeProto.SPARSE_TENSOR: ["sparse_value"],
}
KINDS: Mapping[str, tuple[int, ...]] = {
    name: tuple(kind for kind, names in _NAMES.items() if name in names)
    for name in chain.from_iterable(_NAMES.values())
}
"""Types of the attributes that any formula reads, by name."""
