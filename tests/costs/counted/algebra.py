"""Determinant and inverse by elimination: what textbooks count by its leading term alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.costs.counted.tally import counted, plain

A = Any


def determinant(a: A) -> A:
    """Golub and Van Loan, Matrix Computations, algorithm 3.2.1: LU, then the diagonal's product."""
    a = counted(plain(a).copy())
    for k in range(a.shape[0] - 1):
        factors = a[k + 1 :, k] / a[k, k]
        rest = a[k + 1 :, k + 1 :] - factors[:, None] * a[k, k + 1 :][None]
        plain(a)[k + 1 :, k + 1 :] = plain(rest)
    return counted(np.diag(plain(a))).prod()


def inverse(a: A) -> A:
    """Gauss and Jordan in place: each pivot changes every element by a product and a sum."""
    a = counted(plain(a).copy())
    for k in range(a.shape[0]):
        column, row, pivot = a[:, k], a[k] / a[k, k], 1 / a[k, k]
        found = plain(a - column[:, None] * row[None])
        found[:, k] = -plain(column * pivot)
        found[k] = plain(row)
        found[k, k] = plain(pivot)
        a = counted(found)
    return a
