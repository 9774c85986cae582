"""Linear models, support vectors and scalings of ai.onnx.ml."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.costs.counted.case import ML, Case, f
from tests.costs.counted.parts import (
    ROW,
    A,
)
from tests.costs.counted.tally import counted, einsum, left_out, plain


def linear_scores(x: A, coefficients: Any, intercepts: Any = (), **_: Any) -> A:
    y = x @ counted(np.float32(coefficients)).reshape(-1, x.shape[1]).T
    return y + counted(np.float32(intercepts)) if len(intercepts) else y


def classify(scores: A) -> tuple[A, A]:
    """The label is found, not computed."""
    return counted(plain(scores).argmax(1)), scores


def kernel(x: A, vectors: A, kind: str, gamma: float, offset: float, degree: float) -> A:
    """The kernels of the specification; a distance is a subtraction beside each product."""
    if kind == "RBF":
        apart = counted(plain(x)[:, None]) - counted(plain(vectors)[None])
        squares = einsum("nsf,nsf->ns", apart, apart)
        return np.exp(-(gamma * squares))
    products = x @ vectors.T
    if kind == "LINEAR":
        return products
    inside = gamma * products + offset
    return inside**degree if kind == "POLY" else np.tanh(inside)


def regress(
    x: A, coefficients: Any, rho: Any, support_vectors: Any = (), kernel_type: str = "LINEAR",
    kernel_params: Any = (1, 0, 1), **_: Any,
) -> A:  # fmt: skip
    weights = counted(np.float32(coefficients)).reshape(1, -1)
    if support_vectors:
        vectors = counted(np.float32(support_vectors)).reshape(-1, x.shape[1])
        x = kernel(x, vectors, kernel_type, *kernel_params)
    return x @ weights.T + counted(np.float32(rho))


def vote(
    x: A, coefficients: Any, rho: Any, support_vectors: Any, kernel_type: str = "LINEAR",
    kernel_params: Any = (1, 0, 1), **_: Any,
) -> tuple[A, A]:  # fmt: skip
    """Two classes: one decision value from the dual coefficients of all vectors."""
    values = regress(x, coefficients, rho, support_vectors, kernel_type, kernel_params)
    with left_out("the scores show the decision value and its negative"):
        scores = np.concatenate([plain(values), -plain(values)], 1)
        return counted((plain(values)[:, 0] < 0).astype(np.int64)), counted(scores)


def weigh(x: A, **how: Any) -> A:
    """Counting the n-grams is a search; each count is then weighted."""
    with left_out("counting is a search"):
        pool = how["pool_int64s"]
        counts = np.array([sum(v == n for v in plain(x)) for n in pool], np.float32)
    return counted(counts) * np.float32(how["weights"])


def l2(x: A) -> A:
    sums = (x * x).sum(axis=-1, keepdims=True)
    with left_out(ROW):
        norm = np.sqrt(sums)
    return x / norm


V = tuple(map(float, f(3 * 4).tolist()))
SVM: dict[str, Any] = {"coefficients": [0.5, -0.25, 1.0], "rho": [0.3], "support_vectors": V,
                       "n_supports": 3}  # fmt: skip


def ml(op: str, inputs: Any, define: Any, **more: Any) -> Case:
    outputs = more.pop("outputs", 1)
    return Case(op, inputs, define, more, ML, 1, outputs)


CASES: tuple[Case, ...] = (
    ml("LinearRegressor", (f(4, 3),), linear_scores, coefficients=V[:6], intercepts=[0.1, 0.2],
       targets=2),
    ml("LinearClassifier", (f(4, 3),), lambda x, **h: classify(linear_scores(x, **h)), outputs=2,
       coefficients=V[:9], intercepts=[0.1, 0.2, 0.3], classlabels_ints=[0, 1, 2]),
    ml("SVMRegressor", (f(5, 4),), regress, **SVM, kernel_type="RBF",
       kernel_params=[0.5, 0.0, 0.0]),
    ml("SVMRegressor", (f(5, 4),), regress, **SVM, kernel_type="POLY",
       kernel_params=[0.5, 0.1, 2.0]),
    ml("SVMRegressor", (f(5, 4),), regress, **SVM, kernel_type="SIGMOID",
       kernel_params=[0.5, 0.1, 2.0]),
    ml("SVMRegressor", (f(5, 4),), regress, **SVM, kernel_type="LINEAR",
       kernel_params=[1.0, 0.0, 0.0]),
    Case("SVMClassifier", (f(5, 4),), vote,
         {"coefficients": [0.5, -0.25, 1.0], "rho": [0.3], "support_vectors": V,
          "vectors_per_class": [2, 1], "kernel_type": "RBF", "kernel_params": [0.5, 0.0, 0.0],
          "classlabels_ints": [0, 1]}, ML, 1, 2, beside="its votes and signs are conventions"),
    Case("TfIdfVectorizer", (np.array([1, 1, 3, 2], np.int32),), weigh,
         {"mode": "TFIDF", "min_gram_length": 1, "max_gram_length": 1, "max_skip_count": 0,
          "ngram_counts": [0], "ngram_indexes": [0, 1, 2], "pool_int64s": [1, 2, 3],
          "weights": [0.5, 2.0, 3.0]}, version=9),
    ml("Scaler", (f(3, 4),), lambda x, offset, scale: (x - np.float32(offset)) * np.float32(scale),
       offset=[0.1, 0.2, 0.3, 0.4], scale=[1.0, 2.0, 3.0, 4.0]),
    ml("Normalizer", (f(3, 4),), lambda x, norm: l2(x), norm="L2"),
    ml("Binarizer", (f(3, 4),), lambda x, threshold: counted(plain(x > threshold) * np.float32(1)),
       threshold=0.2),
    ml("Imputer", (np.array([[1, 2], [-1, 3]], np.float32),),
       lambda x, replaced_value_float, imputed_value_floats: counted(np.where(
           plain(x == np.float32(replaced_value_float)), np.float32(imputed_value_floats),
           plain(x))), replaced_value_float=-1.0, imputed_value_floats=[7.0, 8.0]),
)  # fmt: skip
