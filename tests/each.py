"""Many small cases in one test: ``@each("name", CASES)`` where ``pytest.mark.parametrize`` would
make a test of each.

pytest takes a millisecond to collect, run and report a test, more than most cases take by
themselves. A test of this kind runs all its cases, whatever became of those before, and names those
that failed. It is for cases that need nothing made anew for each of them: no folder, no replaced
part, no captured output.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any

import pytest

_Test = Callable[..., None]
_LONGEST = 60
"""Characters of a case in its id."""
_PARAM: Any = type(pytest.param())


def each(
    names: str | Sequence[str],
    cases: Iterable[Any],
    ids: Callable[[Any], object] | Sequence[str] | None = None,
) -> Callable[[_Test], _Test]:
    """Run a test with every case; names, cases and ids are those of ``parametrize``."""
    words = [name.strip() for name in names.split(",")] if isinstance(names, str) else [*names]
    named = [_named(number, case, words, ids) for number, case in enumerate(cases)]
    if not named:
        raise ValueError(f"there is no case of {', '.join(words)}")

    def decorate(test: _Test) -> _Test:
        @wraps(test)
        def run(**given: Any) -> None:
            failed: dict[str, BaseException] = {}
            for name, values in named:
                try:
                    test(**given, **values)
                except (Exception, pytest.fail.Exception) as error:
                    failed[name] = error
            if failed:
                first = next(iter(failed.values()))
                raise AssertionError(_told(failed, len(named))) from first

        signature = inspect.signature(test)
        rest = [given for name, given in signature.parameters.items() if name not in words]
        run.__signature__ = signature.replace(parameters=rest)  # type: ignore[attr-defined]
        return run

    return decorate


def _told(failed: dict[str, BaseException], number: int) -> str:
    lines = [f"{len(failed)} of {number} cases failed, first the one above"]
    for name, error in failed.items():
        what = "\n    ".join(f"{type(error).__name__}: {error}".splitlines())
        lines.append(f"  [{name}] {what}")
    return "\n".join(lines)


def _named(
    number: int, case: Any, words: list[str], ids: Callable[[Any], object] | Sequence[str] | None
) -> tuple[str, dict[str, Any]]:
    """Id and values of a case; the number is part of the id, as nothing else tells all apart."""
    told = None
    if isinstance(case, _PARAM):
        assert not case.marks, "cases of one test have no marks of their own"
        case, told = case.values if len(words) > 1 else case.values[0], case.id
    values = [case] if len(words) == 1 else [*case]
    if ids is not None and not callable(ids):
        told = ids[number]
    parts = [_short(value, ids if callable(ids) else None) for value in values]
    return f"{number}: {told or '-'.join(parts)}", dict(zip(words, values, strict=True))


def _short(value: Any, tell: Callable[[Any], object] | None) -> str:
    told = tell(value) if tell else None
    text = told if isinstance(told, str) else getattr(value, "__name__", None) or repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
