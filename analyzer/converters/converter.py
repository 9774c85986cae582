"""What converters are known not to manage: TOML files of what was tried, with versions.

Each limit names the operators, or the breach of ONNX, that a tool was seen to stumble over, what
came of it, and what helps.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal

from analyzer.dataclass import dataclass

_FOLDER = Path(__file__).parent / "tables"
Outcome = Literal["raises", "refused", "crashes", "wrong", "larger", "slower", "float"]
Remedy = Literal["", "fold", "normalise", "rename", "ir-version", "inputs", "outputs"]


@dataclass(frozen=True, slots=True)
class Shortcoming:
    """Something that a converter does not manage. Operators have to be all that it names."""

    outcome: Outcome
    """``raises``: it stops; ``refused``: a runtime does not load its file; ``crashes``: the file
    stops the process that loads it; ``wrong``: it computes something else, or is refused;
    ``larger``, ``slower``: it is; ``float``: a runtime goes on computing in float32."""
    why: str
    natures: tuple[str, ...] = ()
    """Of operators, as their records have them."""
    operators: tuple[str, ...] = ()
    """Of ONNX."""
    domains: tuple[str, ...] = ()
    yields: tuple[str, ...] = ()
    """Element types of which a result is one."""
    states: str = ""
    """Attribute that is stated."""
    calibrated: tuple[str, ...] = ()
    """Element types of which a result is none, as far as onnx's shape inference says any."""
    biases: bool = False
    """Biases that several operators read, and whose name with a number behind it is another
    tensor's."""
    shared: bool = False
    """A bias that several operators read, some of them through operators that hand it on."""
    made: bool = False
    """Most weights of layers, where operators make them from constants."""
    turned: bool = False
    """Transposes of three axes that move the first, where a product with a matrix reads them."""
    unless_behind: tuple[str, ...] = ()
    """Not such Transposes of what these operators make, sums of products apart."""
    replaceable: bool = False
    """Initializers that are inputs of the model, too."""
    unread: bool = False
    """Inputs of the model that nothing reads."""
    outside: bool = False
    """Weights in files beside the model."""
    normalised: bool = False
    """BatchNormalization behind layers."""
    breach: str = ""
    """Code of a breach of ONNX that the model has."""
    below_opset: int | None = None
    """Only in models of an older version of ai.onnx."""
    option: str = ""
    """Argument in Python that helps."""
    kept_out: bool = False
    """Helped by naming what is to be converted: all but these operators."""
    session: str = ""
    """The same of the session that loads the file."""
    remedy: Remedy = ""
    """What helps otherwise; empty where nothing does."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """What a tool leaves of what rules name. All that is stated has to hold."""

    why: str
    rules: tuple[str, ...] = ()
    """Of which findings; none: of all."""
    certain: bool = True
    """It stays; else it may."""
    spreads: bool = False
    """So does what is computed from it."""
    named: bool = False
    """So does what is computed from it of what the rule names."""
    functions: bool = False
    """Operators of local functions."""
    bodies: bool = False
    """Operators of bodies and functions."""
    returned: bool = False
    """Operators whose results the model returns."""
    domains: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()
    """Operators that are behind none of these."""
    single: bool = False
    """A constant of one number."""
    first: bool = False
    """A constant that is the first operand."""
    grouped: tuple[str, ...] = ()
    """Behind one of these, in groups."""
    zeros: bool = False
    """A constant that is not known to be nothing but zeros."""
    open: bool = False
    """In a model with sizes that the file leaves open."""
    elements: int = 0
    """Tensors of so many elements and more."""
    reshaped: bool = False
    """Of a tensor whose shape operators compute."""
    gathered: bool = False
    """Transposes of tables that one Gather reads, and nothing else."""
    axis: bool = False
    """What joins first what is joined along another axis."""


@dataclass(frozen=True, slots=True)
class Converter:
    """A tool."""

    name: str
    """As Python imports it."""
    versions: tuple[str, ...]
    """Packages that it was tried with."""
    limits: tuple[Shortcoming, ...]
    activation_bytes: tuple[int, int] = (0, 0)
    """By which the file grows for each activation that it converts, and for each letter of its
    name; about, as measured."""
    weight_bytes: tuple[int, int] = (0, 0)
    """The same of weights."""
    removed: tuple[str, ...] = ()
    """Operators that it takes out, as ranges of integers do what they did; what they read is not
    converted."""
    bias_bytes: tuple[int, int] = (0, 0)
    """The same of biases."""
    copy_bytes: tuple[int, int] = (0, 0)
    """The same of each copy of a bias that several operators read."""
    layer_bytes: tuple[int, int] = (0, 0)
    """The same of an operator, and each letter of its result."""
    reader_bytes: int = 0
    """By which the file grows for each further operator that reads an activation."""
    spelt_below: int = 0
    """The opset of ai.onnx from which on one operator quantises an activation, and not several."""
    spelt_bytes: tuple[int, int] = (0, 0)
    """By which the file grows for those, for each activation and each letter of its name."""
    renamed: tuple[tuple[str, str], ...] = ()
    """Operators that it makes others of, and those."""
    converted: tuple[str, ...] = ()
    """Operators whose tensors it converts unless it is told others; none: all."""
    layers: tuple[str, ...] = ()
    """What it is for."""
    between: tuple[str, ...] = ()
    """Of the others, those that take less time converted where they stand between layers."""
    leaves: tuple[Leaving, ...] = ()


@cache
def converter(id_: str) -> Converter:
    """The tool whose file is called that.

    >>> converter("quantize_static").name
    'onnxruntime.quantization.quantize_static'
    """
    values = tomllib.loads((_FOLDER / f"{id_}.toml").read_text(encoding="utf-8"))
    limits = tuple(Shortcoming(**_all(limit)) for limit in values["limits"])
    leaves = tuple(Leaving(**_all(each)) for each in values.get("leaves", ()))
    return Converter(**{**_all(values), "limits": limits, "leaves": leaves})


def _all(values: dict[str, Any]) -> dict[str, Any]:
    return {key: _frozen(value) for key, value in values.items()}


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
