"""Counting lines and stopping what does not end."""

from __future__ import annotations

import sys
from functools import partial

import pytest

from tests.steps import steps, stopped


def loop(count: int) -> None:
    for _ in range(count):
        pass


def test_lines_grow_with_the_rounds_of_a_loop_and_are_the_same_each_time() -> None:
    one, two, ten = (steps(partial(loop, n)) for n in (1_000, 1_000, 10_000))
    assert one == two > 1_000
    assert ten - one == 9 * (one - steps(partial(loop, 0)))
    assert steps(lambda: [n + 1 for n in range(5_000)]) > 5_000


def test_a_call_beyond_its_lines_is_ended_and_an_error_is_passed_on() -> None:
    with pytest.raises(AssertionError, match="more than 500 lines"):
        steps(lambda: loop(10**9), most=500)
    with pytest.raises(ZeroDivisionError):
        steps(lambda: 1 // 0)
    assert sys.gettrace() is None or "steps" not in repr(sys.gettrace())


def test_what_does_not_end_is_stopped() -> None:
    with pytest.raises(AssertionError, match=r"still running after 0\.1 s"), stopped(0.1):
        loop(10**12)
