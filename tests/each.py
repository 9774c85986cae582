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
_Case = tuple[str, dict[str, Any]]
_LONGEST = 60
"""Characters of a value in an id."""
_PARAM: Any = type(pytest.param())


def each(
    names: str | Sequence[str],
    cases: Iterable[Any],
    ids: Callable[[Any], object] | Iterable[object] | None = None,
) -> Callable[[_Test], _Test]:
    """Run a test with every case; names, cases and ids are those of ``parametrize``."""
    words = [name.strip() for name in names.split(",")] if isinstance(names, str) else [*names]
    cases = [*cases]
    tell, told = (ids, None) if callable(ids) else (None, ids)
    known = [None] * len(cases) if told is None else [*told]
    named = [
        _named(number, words, case, tell, name)
        for number, (case, name) in enumerate(zip(cases, known, strict=True))
    ]
    if not named:
        raise ValueError(f"there is no case of {', '.join(words)}")

    def decorate(test: _Test) -> _Test:
        @wraps(test)
        def run(**given: Any) -> None:
            failed: dict[str, BaseException] = {}
            for name, values in named:
                try:
                    test(**given, **values)
                except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 - told below
                    failed[name] = error
            if failed:
                raise AssertionError(_told(failed, len(named))) from next(iter(failed.values()))

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
    number: int,
    words: list[str],
    case: Any,
    tell: Callable[[Any], object] | None,
    name: object,
) -> _Case:
    """Id and values of a case; its number is in the id, as nothing else tells all apart."""
    if isinstance(case, _PARAM):
        assert not case.marks, "cases of one test have no marks of their own"
        name = case.id or name
        case = case.values if len(words) > 1 else case.values[0]
    values = [case] if len(words) == 1 else [*case]
    told = "-".join(_short(value, tell) for value in values) if name is None else str(name)
    return f"{number}: {told}", dict(zip(words, values, strict=True))


def _short(value: Any, tell: Callable[[Any], object] | None) -> str:
    told = tell(value) if tell else None
    text = told if isinstance(told, str) else getattr(value, "__name__", None) or repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
