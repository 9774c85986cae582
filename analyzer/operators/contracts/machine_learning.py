"""Contracts of ai.onnx.ml: the lists that describe a model are as long as they must be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.contracts.lists import POST, equal_lengths, exclusive, length_of
from analyzer.operators.contracts.parts import rank
from analyzer.operators.contracts.reading import shape_of, whole, wholes
from analyzer.operators.contracts.settings import (
    one_of,
)
from analyzer.operators.contracts.violation import Violation
from analyzer.units import shape as spell
from analyzer.units import so_many

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.graph.call import Call
    from analyzer.operators.contracts.violation import Contract


_KEYS = ("keys_int64s", "keys_floats", "keys_strings", "keys_tensor")
_VALUES = ("values_int64s", "values_floats", "values_strings", "values_tensor")


def _labels(call: Call) -> Iterator[Violation]:
    """As many keys as values, of one type each (since version 2)."""
    if call.version < 2:
        return
    keys = [n for name in _KEYS if (n := length_of(call.attr(name)))]
    values = [n for name in _VALUES if (n := length_of(call.attr(name)))]
    if len(keys) == 1 and len(values) == 1 and keys != values:
        yield Violation(
            "list-lengths", f"{keys[0]} keys for {values[0]} values", "give one value for each key"
        )


def _scaler(call: Call) -> Iterator[Violation]:
    shape = shape_of(call, 0)
    features = None if not shape else shape[-1] if len(shape) < 3 else shape[1]
    for name in ("offset", "scale"):
        count = length_of(call.attr(name))
        if count and features is not None and count not in (1, features):
            yield Violation(
                "list-lengths",
                f"{name} has {count} entries for {features} features ({spell(shape)})",
                f"give {name} 1 or {features} entries",
            )
            return


def _linear(call: Call) -> Iterator[Violation]:
    """One coefficient for each feature and output."""
    count = length_of(call.attr("coefficients"))
    if not count:
        return
    if call.op_type == "LinearRegressor":
        outputs: int | None = whole(call, "targets", 1)
    else:
        outputs = length_of(call.attr("intercepts")) or None
    if outputs is not None and outputs < 1:
        yield Violation("attribute-value", f"targets is {outputs}", "state 1 or more")
    elif outputs and count % outputs:
        yield Violation(
            "list-lengths",
            f"{count} coefficients do not divide into {outputs} outputs",
            "give one coefficient for each feature and output",
        )


def _wide_enough(call: Call) -> Iterator[Violation]:
    """LinearRegressor reads a coefficient for each feature of the input."""
    shape, count = shape_of(call, 0), length_of(call.attr("coefficients"))
    outputs = whole(call, "targets", 1)
    if not shape or len(shape) > 2 or shape[-1] is None or not count or not outputs:
        return
    if count < shape[-1] * outputs:
        yield Violation(
            "list-lengths",
            f"coefficients holds {count} for {so_many(shape[-1], 'feature')} and "
            f"{so_many(outputs, 'output')}",
            f"give coefficients {shape[-1] * outputs}",
        )


def _support(call: Call) -> Iterator[Violation]:
    """Support vectors fill whole rows of features."""
    vectors, count = length_of(call.attr("support_vectors")), whole(call, "n_supports", 0)
    per_class = wholes(call, "vectors_per_class")
    count = sum(per_class) if per_class else count
    shape = shape_of(call, 0)
    if not vectors or not count:
        return
    if vectors % count or (shape and shape[-1] is not None and shape[-1] != vectors // count):
        yield Violation(
            "list-lengths",
            f"support_vectors has {vectors} entries for {count} vectors of "
            f"{shape[-1] if shape else '?'} features",
            "give one entry for each vector and feature",
        )


def _dimensions(call: Call) -> Iterator[Violation]:
    sizes = wholes(call, "inputdimensions")
    if sizes is not None and len(sizes) != len(call.inputs):
        yield Violation(
            "list-lengths", f"inputdimensions has {len(sizes)} entries for {len(call.inputs)} "
            "inputs", "give one entry for each input",
        )  # fmt: skip


def _either(*names: str, first: bool = False) -> Contract:
    """One of the lists ``names`` is given, exactly; ``first``: runtimes take the first of more."""

    def check(call: Call) -> Iterator[Violation]:
        there = [name for name in names if length_of(call.attr(name)) != 0]
        if len(there) != 1:
            listed = ", ".join(names)
            yield Violation(
                "attribute-choice",
                f"none of {listed} is given" if not there
                else f"more than one of {listed} is given: {', '.join(there)}",
                "give one of them", grave=not (there and first),
            )  # fmt: skip

    return check


def _imputed(call: Call) -> Iterator[Violation]:
    shape = shape_of(call, 0)
    count = length_of(call.attr("imputed_value_floats") or call.attr("imputed_value_int64s"))
    if count and shape and shape[-1] is not None and count not in (1, shape[-1]):
        yield Violation(
            "list-lengths", f"{count} imputed values for {shape[-1]} features",
            f"give 1 or {shape[-1]}", grave=False,
        )  # fmt: skip


_KERNEL = one_of("kernel_type", ("LINEAR", "POLY", "RBF", "SIGMOID"))


_BY_OPERATOR: Mapping[str, tuple[Contract, ...]] = {
    "LabelEncoder": (_labels,),
    "CategoryMapper": (equal_lengths("cats_int64s", "cats_strings", needed=True),),
    "DictVectorizer": (exclusive("string_vocabulary", "int64_vocabulary"),),
    "FeatureVectorizer": (_dimensions,),
    "Imputer": (_either("imputed_value_floats", "imputed_value_int64s"), _imputed),
    "LinearClassifier": (
        POST, _linear, exclusive("classlabels_strings", "classlabels_ints", grave=True)
    ),
    "LinearRegressor": (POST, rank(0, "X", 1, 2), _linear, _wide_enough),
    "Normalizer": (one_of("norm", ("MAX", "L1", "L2")), rank(0, "X", 1, 2)),
    "OneHotEncoder": (_either("cats_int64s", "cats_strings"),),
    "SVMClassifier": (POST, _KERNEL, _support,
                      _either("classlabels_strings", "classlabels_ints", first=True)),
    "SVMRegressor": (POST, _KERNEL, _support),
    "Scaler": (_scaler,),
    "ZipMap": (_either("classlabels_strings", "classlabels_int64s"),),
}  # fmt: skip

MACHINE_LEARNING: Mapping[tuple[str, str], tuple[Contract, ...]] = {
    ("ai.onnx.ml", op): contracts for op, contracts in _BY_OPERATOR.items()
}
