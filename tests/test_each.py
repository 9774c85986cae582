"""Many cases in one test: all are run, those that failed are named."""

from __future__ import annotations

import inspect

import pytest

from tests.each import each


def test_all_cases_are_run_and_those_that_failed_are_named() -> None:
    seen = []

    @each("number, word", [(1, "one"), (2, "two"), pytest.param(3, "three", id="last")])
    def test(number: int, word: str) -> None:
        seen.append((number, word))
        if number == 2:
            pytest.fail("two\nlines")
        assert number < 2, word

    with pytest.raises(AssertionError) as caught:
        test()
    assert seen == [(1, "one"), (2, "two"), (3, "three")]
    head, *told = str(caught.value).splitlines()
    assert head == "2 of 3 cases failed, first the one above"
    assert told[:3] == [
        "  [1: 2-'two'] Failed: two",
        "    lines",
        "  [2: last] AssertionError: three",
    ]
    assert isinstance(caught.value.__cause__, pytest.fail.Exception)


@each("ids", [str.upper, ["A", "B"], lambda text: text.upper()])
def test_a_case_has_the_id_that_it_is_given(ids: object) -> None:
    @each("text", ["a", "b"], ids=ids)  # type: ignore[arg-type]
    def test(text: str) -> None:
        assert text == "a"

    with pytest.raises(AssertionError, match=r"\n  \[1: B\] AssertionError: "):
        test()


def test_one_that_fails_in_no_case_passes_and_what_ends_a_run_ends_it() -> None:
    @each(("number",), range(3))
    def test(number: int) -> None:
        if number > stop:
            raise KeyboardInterrupt

    stop = 2
    test()
    stop = 1
    with pytest.raises(KeyboardInterrupt):
        test()


def test_no_case_is_no_test() -> None:
    with pytest.raises(ValueError, match="there is no case of a, b"):
        each("a,b", [])
    with pytest.raises(ValueError):
        each("a,b", [(1,)])
    with pytest.raises(ValueError):
        each("a", [1, 2], ids=["one"])


@pytest.fixture(scope="module")
def ten() -> int:
    return 10


@each("more", range(3))
@each("number", [5, 6])
def test_cases_of_cases_and_fixtures_go_together(ten: int, number: int, more: int) -> None:
    assert number + more < ten


def test_pytest_is_asked_for_the_other_arguments_only() -> None:
    wanted = inspect.signature(test_cases_of_cases_and_fixtures_go_together).parameters
    assert [*wanted] == ["ten"]
