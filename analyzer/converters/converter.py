"""What converters are known not to manage: TOML files of what was tried, with versions.

Each limit names the operators, or the breach of ONNX, that a tool was seen to stumble over, what
came of it, and what helps.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

_FOLDER = Path(__file__).parent / "tables"
Outcome = Literal["raises", "refused", "crashes", "wrong", "larger", "float"]
Remedy = Literal["", "fold", "rename", "ir-version", "inputs"]


@dataclass(frozen=True, slots=True)
class Shortcoming:
    """Something that a converter does not manage. Operators have to be all that it names."""

    outcome: Outcome
    """``raises``: it stops; ``refused``: a runtime does not load its file; ``crashes``: the file
    stops the process that loads it; ``wrong``: it computes something else, or is refused;
    ``larger``: it is; ``float``: a runtime goes on computing in float32."""
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
    replaceable: bool = False
    """Initializers that are inputs of the model, too."""
    unread: bool = False
    """Inputs of the model that nothing reads."""
    outside: bool = False
    """Weights in files beside the model."""
    breach: str = ""
    """Code of a breach of ONNX that the model has."""
    below_opset: int | None = None
    """Only in models of an older version of ai.onnx."""
    option: str = ""
    """Argument in Python that helps."""
    session: str = ""
    """The same of the session that loads the file."""
    remedy: Remedy = ""
    """What helps otherwise; empty where nothing does."""


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
    converted: tuple[str, ...] = ()
    """Operators whose tensors it converts unless it is told others; none: all."""


@cache
def converter(id_: str) -> Converter:
    """The tool whose file is called that.

    >>> converter("quantize_static").name
    'onnxruntime.quantization.quantize_static'
    """
    values = tomllib.loads((_FOLDER / f"{id_}.toml").read_text(encoding="utf-8"))
    limits = tuple(Shortcoming(**{key: _frozen(value) for key, value in limit.items()})
                   for limit in values["limits"])  # fmt: skip
    frozen = {key: _frozen(value) for key, value in values.items()}
    return Converter(**{**frozen, "limits": limits})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
