"""Which operators and attributes there are, in any version: for whoever writes their names.

Sources: onnx's table of operators, ONNX Runtime's schemas of ``com.microsoft``, the records of
this package and what a user declares. Of other domains nothing is known, and nothing is denied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from onnx import defs

from analyzer.operators import find, operators
from analyzer.operators.contracts.vendor import DOMAIN, LEGACY, is_known, schema_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SPECIFIED = frozenset({"", "ai.onnx.ml", "ai.onnx.training", "ai.onnx.preview",
                        "ai.onnx.preview.training"})  # fmt: skip
_NEWEST = 2**31 - 1


def exists(domain: str, op_type: str) -> bool:
    """Whether there is such an operator, or nobody can say.

    >>> exists("", "Conv"), exists("", "Convv"), exists("com.acme", "Convv")
    (True, False, True)
    """
    if domain not in _SPECIFIED and domain != DOMAIN:
        return True
    known = defs.has(op_type, domain) or is_known(domain, op_type)
    return known or find(domain, op_type) is not None


def names(domain: str) -> tuple[str, ...]:
    """Every operator of a domain that is known by name, sorted."""
    found = {schema.name for schema in defs.get_all_schemas() if schema.domain == domain}
    found.update(record.name for record in operators() if record.domain == domain)
    return tuple(sorted(found | (LEGACY if not domain else frozenset())))


def attributes(domain: str, op_type: str) -> tuple[str, ...]:
    """Names of the attributes it has in any version that we know of, sorted."""
    if domain == DOMAIN:
        vendor = schema_of(op_type)
        return () if vendor is None else tuple(sorted(vendor.attributes))
    return tuple(sorted({name for form in _forms(domain, op_type) for name in form.attributes}))


def has_attribute(domain: str, op_type: str, name: str) -> bool:
    """Whether an operator has an attribute in any version, or nobody can say.

    >>> has_attribute("", "Squeeze", "axes"), has_attribute("", "Relu", "axes")
    (True, False)
    >>> [has_attribute("com.microsoft", op, "alpha") for op in ("QuickGelu", "Gelu", "Nobody")]
    [True, False, True]
    """
    if domain == DOMAIN:
        vendor = schema_of(op_type)
        return vendor is None or name in vendor.attributes
    return _some(domain, op_type, lambda form: name in form.attributes)


def takes(domain: str, op_type: str, inputs: int) -> bool:
    """Whether so many inputs are not too many for it in any version, or nobody can say.

    >>> takes("", "Relu", 2), takes("", "Squeeze", 2), takes("", "Concat", 99)
    (False, True, True)
    >>> [takes("com.microsoft", "BiasGelu", inputs) for inputs in (1, 2, 3)]
    [True, True, False]
    """
    if domain == DOMAIN:
        vendor = schema_of(op_type)
        return vendor is None or inputs <= vendor.arity[1]
    return _some(domain, op_type, lambda form: inputs <= form.max_input)


def _some(domain: str, op_type: str, test: Callable[[defs.OpSchema], bool]) -> bool:
    """Whether it holds for a form of the operator, the newest being asked first; of an operator
    without a schema it does."""
    return not defs.has(op_type, domain) or any(map(test, _forms(domain, op_type)))


def _forms(domain: str, op_type: str) -> Iterator[defs.OpSchema]:
    """Its schemas, the newest first."""
    version = _NEWEST
    while version > 0 and defs.has(op_type, version, domain):
        schema = defs.get_schema(op_type, version, domain)
        yield schema
        version = schema.since_version - 1
