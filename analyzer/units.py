"""Numbers for people: one way to write counts, shares, bytes and shapes, and to read them back.

Counts use SI prefixes (k = 10³), bytes IEC prefixes (KiB = 2¹⁰), so the two never mix. Four
significant digits, trailing zeros dropped. ``None`` is written ``unknown``.
"""

from __future__ import annotations

import re
from math import floor
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from analyzer.language import _, counted, mark

if TYPE_CHECKING:
    from collections.abc import Iterable

UNKNOWN = mark("unknown")
SI = ("", "k", "M", "G", "T", "P", "E", "Z", "Y", "R", "Q")
IEC = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi")


def unknown() -> str:
    """What stands for ``None``."""
    return _(UNKNOWN)


def si(value: float | None, unit: str = "") -> str:
    """``value``, a space, and ``unit`` with an SI prefix.

    >>> si(568_740_352), si(4_231_976, "MAC"), si(512, "MAC"), si(999_999), si(0)
    ('568.7 M', '4.232 MMAC', '512 MAC', '1 M', '0')
    """
    return _scaled(value, unit, SI, 1000)


def size(value: float | None) -> str:
    """Bytes with an IEC prefix.

    >>> size(16_927_904), size(1024), size(1)
    ('16.14 MiB', '1 KiB', '1 B')
    """
    return _scaled(value, "B", IEC, 1024)


def count(value: int | None) -> str:
    """All digits, grouped by thousands.

    >>> count(4231976)
    '4,231,976'
    """
    return unknown() if value is None else f"{value:,}"


def span(low: int, high: int | None, unit: str | None = None) -> str:
    """A range of counts, with all digits or in ``unit`` with SI prefixes.

    >>> span(0, 1280), span(24_576, None, "MAC"), span(8, 8)
    ('0 to 1,280', 'at least 24.58 kMAC', '8')
    """
    first = count(low) if unit is None else si(low, unit)
    if low == high:
        return first
    last = "" if high is None else count(high) if unit is None else si(high, unit)
    if last:
        return _("{low} to {high}", low=first, high=last)
    return _("at least {value}", value=first)


LITTLE = 0.0001
"""Share below which nobody asks how much it is."""
NEARLY, WHOLE = 0.9995, 1 - 1e-9
"""Shares from which, with a decimal, all would be said; and from which it is all, as far as sums of
fractions tell."""


def percent(share: float | None) -> str:
    """A share of one with a decimal; two significant digits below 0.1 %, and none below 0.01 %.
    What is nearly everything is cut to hundredths, so that a little beside it is not denied.

    >>> percent(1 / 256 + 1 / 9), percent(1), percent(0.00042), percent(0), percent(1e-8)
    ('11.5 %', '100.0 %', '0.042 %', '0.0 %', 'under 0.01 %')
    >>> percent(0.99954), percent(0.999999)
    ('99.95 %', '99.99 %')
    """
    if share is None:
        return unknown()
    if 0 < share < LITTLE:
        return _("under 0.01 %")
    hundredths = share * 100
    if NEARLY <= share < WHOLE:
        return f"{floor(hundredths * 100) / 100:.2f} %"
    small = 0 < abs(hundredths) < 0.1
    return f"{hundredths:.2g} %" if small else f"{hundredths:,.1f} %"


def times(factor: float | None) -> str:
    """A factor with a decimal.

    >>> times(1 / (1 / 256 + 1 / 9))
    '8.7×'
    """
    return unknown() if factor is None else f"{factor:,.1f}×"


def seconds(value: float | None) -> str:
    """A time with four digits.

    >>> seconds(1.18488), seconds(0.00740547), seconds(7.2915e-06), seconds(None)
    ('1.185 s', '7.405 ms', '7.292 µs', 'unknown')
    """
    if value is None:
        return unknown()
    for unit, scale in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= scale:
            return f"{_four(value / scale)} {unit}"
    return f"{_four(value / 1e-9)} ns"


def magnitude(value: float, unit: str) -> str:
    """A magnitude of a finding: a noun is counted, a unit of measure has a prefix.

    >>> magnitude(2000, "operators"), magnitude(2000, "MAC"), magnitude(2000, "B")
    ('2,000 operators', '2 kMAC', '2 kB')
    """
    if len(unit) > 1 and unit.islower() and value == int(value):
        return counted(int(value), unit, unit)
    return si(value, unit)


def number(value: float | None, unit: str = "") -> str:
    """Four significant digits without a prefix, for rates such as FLOP/B.

    >>> number(2.24994, "FLOP/B"), number(3)
    ('2.25 FLOP/B', '3')
    """
    return unknown() if value is None else f"{value:.4g} {unit}".rstrip()


def shape(dims: Iterable[int | None] | None) -> str:
    """Dimensions joined by ``×``, unknown ones as ``?``; a scalar is ``scalar``.

    Shortened in the middle where hostile dimensions would fill a page; lists in JSON hold all.

    >>> shape((1, 64, None, 56)), shape(()), shape(None)
    ('1×64×?×56', 'scalar', 'unknown')
    """
    if dims is None:
        return unknown()
    return shorten("×".join("?" if d is None else str(d) for d in dims)) or _("scalar")


NO_TENSORS = (
    ("seq(map(", mark("sequence of maps")), ("seq(", mark("sequence of tensors")),
    ("map(", mark("map")), ("optional(seq(", mark("optional sequence")),
    ("optional(", mark("optional tensor")), ("sparse(", mark("sparse tensor")),
)  # fmt: skip
"""What a type that is no plain tensor's begins with, and what such a value is."""


def form(dtype: str | None, dims: Iterable[int | None] | None) -> str:
    """The shape of a tensor; of what has none what it is, as its type says.

    >>> form("float32", (1, 3)), form("seq(map(int64, float32))", None), form(None, None)
    ('1×3', 'sequence of maps', 'unknown')
    """
    what = next((what for begin, what in NO_TENSORS if (dtype or "").startswith(begin)), "")
    return shape(dims) if dims is not None or not what else _(what)


def named(name: str) -> str:
    """A name behind the word for what it names: in quotation marks where it is that word, or could
    be a number.

    >>> named("tokens"), named("input"), named("21")
    ('tokens', '“input”', '“21”')
    """
    return f"“{name}”" if name.isdecimal() or name.lower() in _WORDS else name


_WORDS = ("input", "inputs", "output", "outputs")


def shorten(text: str, limit: int = 120) -> str:
    """``text`` with its middle left out when it is longer than ``limit`` characters.

    >>> shorten("a" * 50 + "b" * 50, 9)
    'aaaa…bbbb'
    """
    if len(text) <= limit:
        return text
    tail = (limit - 1) // 2
    return f"{text[: limit - 1 - tail]}…{text[len(text) - tail :]}"


_QUANTITY = re.compile(r"\s*([+-]?\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d{1,2})?)\s*([^\d\s]\S*)?\s*")


def parse_quantity(text: str, unit: str = "") -> float:
    """Read ``text`` such as ``5 MMACs``, ``2.5M``, ``16 MiB`` or ``50 %`` given in ``unit``.

    The unit may be left out; if it is there, it must be ``unit`` (a final plural s aside).
    ``bytes`` is written B. ``%`` is allowed where ``unit`` is empty.

    Raises
    ------
    ValueError
        Not a number, or a number of something else.

    >>> parse_quantity("5 MMACs", "MACs"), parse_quantity("1.5k", "MACs"), parse_quantity("50%")
    (5000000, 1500, 0.5)
    """
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a number")
    digits, suffix = match[1].replace("_", ""), match[2] or ""
    value: float = float(digits) if re.search("[.eE]", digits) else int(digits)
    if suffix == "%" and not unit:
        return value / 100
    factor = factors(unit).get(suffix)
    if factor is None:
        raise ValueError(f"{text!r} is not in {unit}" if unit else f"{text!r} has a unit")
    value *= factor
    return int(value) if value % 1 == 0 else value


def factors(unit: str) -> dict[str, int]:
    """Every suffix accepted for ``unit`` and what it multiplies by."""
    if unit == "bytes":
        scales = [(p, 1024**i) for i, p in enumerate(IEC)] + [
            (p, 1000**i) for i, p in enumerate(SI)
        ]
        names = ["B", "bytes"]
    else:
        scales = [(p, 1000**i) for i, p in enumerate(SI)]
        names = ["", unit, unit.removesuffix("s")]
    return {"": 1} | {prefix + name: factor for prefix, factor in scales for name in names}


def _scaled(value: float | None, unit: str, prefixes: tuple[str, ...], base: int) -> str:
    if value is None:
        return unknown()
    sign, rest, power = "-" if value < 0 else "", abs(value), 0
    while power < len(prefixes) - 1 and rest >= base**power * base:
        power += 1
    if isinstance(rest, int) and rest > base ** (power + 3):
        return f"{sign}10^{len(str(rest)) - 1} {unit}".rstrip()
    digits = _four(rest / base**power)
    if float(digits) >= base and power < len(prefixes) - 1:
        power, digits = power + 1, "1"
    return f"{sign}{digits} {prefixes[power]}{unit}".rstrip()


def _four(value: float) -> str:
    """Four significant digits, never in exponent form, trailing zeros dropped."""
    if value >= 1000:
        return f"{value:.0f}"
    text = f"{value:.4g}"
    return f"{value:.4f}".rstrip("0").rstrip(".") if "e" in text else text


def many(n: int, word: str) -> str:
    """A count and its noun.

    >>> many(1, "layer"), many(1200, "layer")
    ('1 layer', '1,200 layers')
    """
    return counted(n, word, f"{word}s")


def so_many(n: int, noun: str) -> str:
    """The same in English, whatever is spoken: what a fact says is kept and told anew.

    >>> so_many(1, "input"), so_many(1200, "input")
    ('1 input', '1,200 inputs')
    """
    return f"{n:,} {noun}{'s' * (n != 1)}"


def letters(text: str) -> int:
    """Widths of a Latin letter that ``text`` takes: those of Korean, Chinese and Japanese take two.

    >>> letters("conv"), letters("합성곱")
    (4, 6)
    """
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def places(count: int) -> str:
    """
    >>> places(1), places(1200)
    ('1 place', '1,200 places')
    """
    return counted(count, "place", "places")


SHORT = 8
"""Items of a list that is shown in a message."""


def _is_deep(value: object) -> bool:
    return isinstance(value, (dict, list))


def spell(value: object) -> str:
    """A value of a configuration in a message; what is long or deep is only named.

    >>> spell(True), spell("x" * 60), spell([[1]]), spell(16**5000)
    ('True', "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'", 'a list', 'a number of over 18 digits')
    >>> spell([1, 3, -1])
    'a list [1, 3, -1]'
    """
    if isinstance(value, list) and 0 < len(value) <= SHORT and not any(map(_is_deep, value)):
        return f"a list [{', '.join(map(spell, value))}]"
    if _is_deep(value):
        return "a table" if isinstance(value, dict) else "a list"
    if isinstance(value, int) and abs(value) >= 10**18:
        return "a number of over 18 digits"
    return repr(value[:40] if isinstance(value, str) else value)
