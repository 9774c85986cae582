"""JUnit's XML of ``check``, which Jenkins, GitLab and others show as tests.

A suite per model: ``judged`` passes where there is a verdict and is an error where there is none;
every finding is a case that fails, every silenced one a case that is skipped.

Elements and attributes: the schema of Jenkins' xUnit plugin.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.report.notices import of_failure, reported, silenced, without_verdict
from analyzer.report.result import Failure
from analyzer.report.uri import near
from analyzer.sanitise import encode_lines, xml_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analyzer.report.notices import Notice
    from analyzer.report.result import Batch, Options, Result

LISTED = 100
"""Places that a case lists."""


@dataclass(frozen=True, slots=True)
class _Case:
    name: str
    kind: str = ""
    """``failure``, ``error``, ``skipped``, or nothing where it passes."""
    sort: str = ""
    message: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Suite:
    path: str
    outcome: str
    cases: tuple[_Case, ...]

    def count(self, kind: str) -> int:
        return sum(case.kind == kind for case in self.cases)


def render_batch(batch: Batch, options: Options) -> bytes:
    """UTF-8; no clock in it."""
    suites = [_suite(item, options.root) for item in batch.items]
    tests = sum(len(suite.cases) for suite in suites)
    failures, errors = (sum(s.count(kind) for s in suites) for kind in ("failure", "error"))
    head = f'tests="{tests}" failures="{failures}" errors="{errors}"'
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<testsuites name="onnxlint" {head}>']
    for suite in suites:
        lines += _of_suite(suite)
    return encode_lines((*lines, "</testsuites>"))


def _suite(item: Result | Failure, root: str) -> _Suite:
    if isinstance(item, Failure):
        return _Suite(near(item.path, root), item.outcome, (_judged([of_failure(item)]),))
    names: Counter[str] = Counter()
    cases = [_judged(list(without_verdict(item, again=True)))]
    cases += [_case(notice, names) for notice in (*reported(item), *silenced(item))]
    return _Suite(near(item.facts.model.path, root), item.outcome, tuple(cases))


def _judged(reasons: Sequence[Notice]) -> _Case:
    if not reasons:
        return _Case("judged")
    first, lines = reasons[0], tuple(f"{reason.title}: {reason.sentence}" for reason in reasons)
    return _Case("judged", "error", first.title, f"{first.title}: {first.sentence}", lines)


def _case(notice: Notice, names: Counter[str]) -> _Case:
    where = "" if notice.is_about_the_model or not notice.place else f": {notice.place}"
    name = f"{notice.title}{where}"
    names[name] += 1  # consumers tell cases apart by their names
    if names[name] > 1:
        name = f"{name} ({names[name]})"
    if notice.quiet:
        return _Case(name, "skipped", "", notice.silence, (notice.sentence,))
    lines = [notice.sentence, *(f"{word}: {text}" for word, text in notice.advice)]
    spots = notice.spots
    if len(spots) > 1:
        lines += ["places:", *(f"  {spot.name}" for spot in spots[:LISTED])]
    if len(spots) > LISTED:
        lines.append(f"  and {len(spots) - LISTED:,} more; JSON lists all")
    return _Case(name, "failure", notice.severity.value, notice.sentence, tuple(lines))


def _of_suite(suite: _Suite) -> Iterator[str]:
    kinds = (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))
    counts = " ".join(f'{name}="{suite.count(kind)}"' for name, kind in kinds)
    path = _attributes({"name": suite.path, "file": suite.path})
    yield f'  <testsuite {path} tests="{len(suite.cases)}" {counts}>'
    outcome = _attributes({"name": "outcome", "value": suite.outcome})
    yield f"    <properties><property {outcome}/></properties>"
    # Jenkins takes what is before the last dot for a package.
    kind = suite.path.removesuffix(".onnx").replace(".", "_")
    for case in suite.cases:
        yield from _of_case(case, kind)
    yield "  </testsuite>"


def _of_case(case: _Case, classname: str) -> Iterator[str]:
    start = f"    <testcase {_attributes({'classname': classname, 'name': case.name})}"
    if not case.kind:
        yield f"{start}/>"
        return
    more = {"type": case.sort} if case.sort else {}
    yield f"{start}>"
    yield f"      <{case.kind} {_attributes(more | {'message': case.message})}>"
    yield from map(xml_text, case.lines)
    yield f"      </{case.kind}>"
    yield "    </testcase>"


def _attributes(values: dict[str, str]) -> str:
    return " ".join(f'{name}="{xml_text(value)}"' for name, value in values.items())
