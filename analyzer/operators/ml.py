"""ai.onnx.ml: linear models and support vectors have MACs, trees and encoders have not."""

from __future__ import annotations

from typing import Any

from analyzer.operators.counts.detection import data_dependent
from analyzer.operators.counts.ml import linear, svm
from analyzer.operators.formula import FREE, Formula, dtype_of, per_element, per_input
from analyzer.operators.record import DATA, INDEX, ML, Nature, Operator
from analyzer.operators.results.common import same
from analyzer.operators.results.ml import (
    classifier,
    feature_extractor,
    feature_vectorizer,
    float_same,
    one_hot_encoder,
    regressor,
)

LINEAR = Formula(linear, "N · F · targets", "2·MACs + N·intercepts", "ONNX ML", dtype_of(0))
SVM = Formula(
    svm,
    "N · (S·F + dual coefficients)",
    "2·MACs + N·S·kernel + N·ρ   [kernel: linear 0, others 3; RBF also F subtractions]",
    "ONNX ML",
    dtype_of(0),
)
TREES = data_dependent("the data decide how deep each tree is followed")


LINE = ("coefficients", "intercepts")
VECTORS = ("support_vectors", "coefficients", "rho", "prob_a", "prob_b")


def _model(
    nature: Nature, name: str, cost: Formula, shape: Any = None, learned: tuple[str, ...] = ()
) -> Operator:
    return Operator(name, nature, (DATA,), cost, ML, shape, learned=learned)


def _prepare(name: str, cost: Formula, shape: Any = None, **more: Any) -> Operator:
    """What is done to features before a model sees them."""
    return Operator(name, Nature.ELEMENTWISE, (DATA,), cost, ML, shape, **more)


def _table(name: str, shape: Any = None, **more: Any) -> Operator:
    """Look-ups and maps."""
    return Operator(name, Nature.SEQUENCE, (DATA,), FREE, ML, shape, **more)


OPERATORS = (
    _model(Nature.PRODUCT, "LinearClassifier", LINEAR, classifier, LINE),
    _model(Nature.PRODUCT, "LinearRegressor", LINEAR, regressor, LINE),
    _model(Nature.PRODUCT, "SVMClassifier", SVM, classifier, VECTORS),
    _model(Nature.PRODUCT, "SVMRegressor", SVM, regressor, VECTORS[:3]),
    _model(Nature.TREE, "TreeEnsemble", TREES),
    _model(Nature.TREE, "TreeEnsembleClassifier", TREES, classifier),
    _model(Nature.TREE, "TreeEnsembleRegressor", TREES, regressor),
    _prepare("Scaler", per_input(2, "(x − offset) · scale"), float_same),
    _prepare("Binarizer", per_element(1, "x > threshold"), same),
    _prepare("Imputer", per_element(1, "x = replaced value"), same),
    Operator(
        "Normalizer", Nature.NORMALISATION, (DATA,), per_input(3, "power, sum, divide"), ML,
        float_same,
    ),
    Operator(
        "ArrayFeatureExtractor", Nature.SELECTION, (DATA, INDEX), FREE, ML, feature_extractor
    ),
    _table("OneHotEncoder", one_hot_encoder),
    _table("FeatureVectorizer", feature_vectorizer, repeat=1),
    _table("CastMap"),
    _table("CategoryMapper"),
    _table("DictVectorizer"),
    _table("LabelEncoder"),
    _table("ZipMap"),
)  # fmt: skip
