"""Profiles of devices: TOML files of published figures, each with its sources.

A file of one's own has the same keys. ``factors`` is for measurements: by how much a class of
layers takes longer than its arithmetic alone (see ``estimate``); no profile that ships has any,
because nothing was measured, and nothing is estimated without them.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyzer.dataclass import dataclass
from analyzer.errors import ConfigError, said_by
from analyzer.facts import BITS
from analyzer.sanitise import widths
from analyzer.sanitise.widths import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

SHIPPED = ("stm32h743", "rpi5", "snapdragon888", "a16_ane", "i7_1185g7", "a100")
"""Ids of the profiles that ship, the smallest device first."""
CLASSES = ("standard", "pointwise", "depthwise", "grouped", "transposed", "product", "attention",
           "recurrent", "other")  # fmt: skip
"""Classes of layers that a factor may be measured for: kinds of convolutions, and the natures of
other operators that multiply."""
SUFFIX = ".toml"
MAX_BYTES = 1 << 16
"""Size of a profile."""
_FOLDER = Path(__file__).parent / "profiles"
_KEYS = ("name", "kind", "dated", "sources", "note", "memory", "flash", "bandwidth", "through",
         "peak", "instead", "factors")  # fmt: skip
_FASTER = frozenset({"tf32"})
"""Types of arithmetic that no tensor has: NVIDIA's TF32 multiplies float32 values of which it reads
ten bits behind the point."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A device as its maker describes it."""

    id: str
    name: str
    kind: str
    """What sort of device it is, such as ``phone CPU``."""
    dated: str
    """Month of the sources."""
    sources: tuple[str, ...]
    memory: int
    """Bytes that activations may take, and weights where there is no ``flash``."""
    bandwidth: float
    """Peak bytes a second of its main memory."""
    peak: Mapping[str, float]
    """Peak multiply-accumulates a second by element type."""
    note: str = ""
    """What the peaks rest on."""
    factors: Mapping[str, float] = field(default_factory=dict)
    """Measured time over time of the arithmetic alone, by class of layer."""
    flash: int | None = None
    """Bytes of a memory that weights are read from, so that they take nothing of ``memory``."""
    instead: Mapping[str, str] = field(default_factory=dict)
    """Types that it multiplies in others less exact, which has to be said beside the time."""
    through: tuple[str, ...] = ()
    """Ids of the targets that take models there, with tables or without; empty where any runtime
    does."""

    @property
    def kept(self) -> Mapping[str, str]:
        """Types whose values it keeps in others, as it multiplies them in types of tensors; no
        tensor is of TF32."""
        return {type_: other for type_, other in self.instead.items() if other in BITS}

    def fastest(self, precision: str) -> float | None:
        """Peak for arithmetic in ``precision``: of what the device multiplies it in instead, its
        own, or a wider type's of the same family.

        ``None`` where the device has no such type: it cannot keep the values.
        """
        precision = precision.removeprefix("u") if precision.startswith("uint") else precision
        precision = self.instead.get(precision, precision)
        if precision in self.peak:
            return self.peak[precision]
        if precision not in BITS:
            return None
        wider = [rate for other, rate in self.peak.items()
                 if other in BITS and _holds(other, precision)]  # fmt: skip
        return max(wider, default=None)


def _holds(wide: str, narrow: str) -> bool:
    """Whether every value of one type is a value of the other."""
    if _is_float(wide) == _is_float(narrow):
        return BITS[wide] > BITS[narrow]
    return _is_float(wide) and BITS[wide] > BITS[narrow]


def _is_float(dtype: str) -> bool:
    return "float" in dtype


def profile(word: str) -> Profile:
    """The profile with the id ``word``, or in the file of that path.

    Raises ``ConfigError`` if there is none, or its file is wrong.
    """
    if word.endswith(SUFFIX) or os.sep in word:
        return _read(Path(word), word)
    if word not in SHIPPED:
        near = get_close_matches(word, SHIPPED, 1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(SHIPPED)}"
        raise ConfigError(f"device {quoted(word, widths.NAME)} is not known; {hint}")
    return _read(_FOLDER / f"{word}{SUFFIX}", word)


def _read(path: Path, word: str) -> Profile:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{word}: cannot be read: {said_by(error)}") from error
    if len(data) > MAX_BYTES:
        raise ConfigError(f"{word}: larger than {MAX_BYTES:,} bytes")
    try:
        values = tomllib.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{word}: not TOML: {error}") from None
    mistakes = [*_mistakes(values)]
    if mistakes:
        raise ConfigError(*(f"{word}: {mistake}" for mistake in mistakes))
    return Profile(
        id=path.stem,
        name=values["name"],
        kind=values.get("kind", "device"),
        dated=values.get("dated", ""),
        sources=tuple(values["sources"]),
        memory=values["memory"],
        bandwidth=float(values["bandwidth"]),
        peak={key: float(rate) for key, rate in values["peak"].items()},
        note=values.get("note", ""),
        factors={key: float(factor) for key, factor in values.get("factors", {}).items()},
        flash=values.get("flash"),
        instead=values.get("instead", {}),
        through=tuple(values.get("through", ())),
    )


def _mistakes(values: Mapping[str, Any]) -> list[str]:
    """Everything that is wrong with a profile."""
    found = [f"{key}: unknown key; keys are {', '.join(_KEYS)}" for key in values
             if key not in _KEYS]  # fmt: skip
    texts = [key for key in ("name", "kind", "dated", "note") if key in values or key == "name"]
    found += [f"{key}: must be a text" for key in texts if not _is_text(values.get(key))]
    sources = values.get("sources")
    if not isinstance(sources, list) or not sources or not all(map(_is_text, sources)):
        found.append("sources: must be a list of texts; a figure without a source is not one")
    through = values.get("through", [])
    if not isinstance(through, list) or not all(map(_is_text, through)):
        found.append("through: must be a list of names of targets")
    sizes = [key for key in ("memory", "flash") if key in values or key == "memory"]
    found += [f"{key}: must be a number of bytes" for key in sizes if not _is_size(values.get(key))]
    if not _is_rate(values.get("bandwidth")):
        found.append("bandwidth: must be a number of bytes a second")
    peak = values.get("peak")
    if not isinstance(peak, dict) or not peak:
        found.append("[peak]: must have multiply-accumulates a second by element type")
    else:
        found += [f"peak.{key}: is no element type" for key in peak if key not in {*BITS, *_FASTER}]
        found += [f"peak.{key}: must be above 0" for key in peak if not _is_rate(peak[key])]
    found += _mistaken_types(values.get("instead", {}), peak if isinstance(peak, dict) else {})
    factors = values.get("factors", {})
    if not isinstance(factors, dict) or not all(map(_is_rate, factors.values())):
        found.append("[factors]: must have numbers above 0")
    else:
        found += [f"factors.{key}: is no class of layers; they are {', '.join(CLASSES)}"
                  for key in factors if key not in CLASSES]  # fmt: skip
    return found


def _mistaken_types(instead: object, peak: Mapping[str, Any]) -> list[str]:
    """What is wrong with the types that others stand in for."""
    if not isinstance(instead, dict):
        return ["[instead]: must have types of arithmetic by element type"]
    found = [f"instead.{key}: is no element type" for key in instead if key not in BITS]
    return found + [f"instead.{key}: must be a type of [peak]"
                    for key, other in instead.items() if other not in peak]  # fmt: skip


def _is_size(value: object) -> bool:
    return type(value) is int and value > 0


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_rate(value: object) -> bool:
    return type(value) in (int, float) and 0 < value < float("inf")  # type: ignore[operator]
