"""Element types in the short spelling of the tables."""

from __future__ import annotations

import re
from functools import lru_cache

_SHORT = {"float32": "f32", "float16": "f16", "bfloat16": "bf16", "float64": "f64", "bool": "b",
          "string": "s", "complex64": "c64", "complex128": "c128"}  # fmt: skip
_LONG = {"f32": "float", "f64": "double", "s": "string"}
_WORD = re.compile(r"[a-z]+[a-z0-9]*")


@lru_cache(maxsize=512)
def short(dtype: str | None) -> str | None:
    """``float32`` → ``f32``; what is no dense tensor as the tables write it.

    >>> short("float32"), short("seq(int64)"), short("map(int64, float32)"), short("uint8")
    ('f32', 'seq(i64)', 'map(int64,tensor(float))', 'u8')
    """
    if dtype is None or "?" in dtype or "…" in dtype:
        return None
    kind, bracket, inner = dtype.partition("(")
    if not bracket:
        return _plain(dtype)
    inner = inner.removesuffix(")")
    if kind == "map":
        key, _, value = inner.partition(", ")
        return f"map({key},tensor({_LONG.get(_plain(value), value)}))"
    nested = short(inner)
    return None if nested is None else f"{'sparse_tensor' if kind == 'sparse' else kind}({nested})"


def _plain(dtype: str) -> str:
    known = _SHORT.get(dtype)
    if known is not None:
        return known
    return _WORD.sub(
        lambda m: m[0].replace("uint", "u").replace("int", "i").replace("float", "f"), dtype
    )
