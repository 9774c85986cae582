"""A model and targets → what each would do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.deployment import Blocker, TargetFit
from analyzer.targets.flow import Manner
from analyzer.targets.functions import MOST_ROUNDS, Pending
from analyzer.targets.judge import YES, Answer, Judge
from analyzer.targets.needs import first_release, needed_version
from analyzer.targets.partition import partitions

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from analyzer.deployment import Verdict
    from analyzer.graph.scope import Program
    from analyzer.targets.table import Table
    from analyzer.targets.use import Use
    from analyzer.targets.workload import Kinds, Workload

MOST_BLOCKERS = 1_000
"""Groups of blockers that are listed."""
_UNDECIDED = Blocker(
    "", "", "undecided",
    "its functions expand to too many operators, or what is in a body could not be looked at",
    0, False,
)  # fmt: skip


_OUTSIDE = {
    "no": Answer(False, "condition", "nothing of a body of If, Loop or Scan is taken"),
    "option": Answer(None, "undecided", "bodies of If, Loop and Scan are taken only where that is "
                     "switched on"),
}  # fmt: skip
"""What is said of operators in bodies, by the table's ``bodies``."""


Answers = tuple[list[Answer], "list[tuple[Use, Answer]]"]
"""For the operators that run, and refusals of those that are computed beforehand."""


def fit(subject: Workload, tables: Sequence[Table]) -> tuple[TargetFit, ...]:
    """What each target would do with the model, without any edit."""
    judges = [_judge(subject, table) for table in tables]
    asked = [_answers(subject, judge) for judge in judges]
    for _ in range(MOST_ROUNDS):
        if not subject.bodies.waiting:
            break
        subject.bodies.resolve()
        asked = [
            _answers(subject, judge) if answers is None else answers
            for judge, answers in zip(judges, asked, strict=True)
        ]
    return tuple(
        _fit(subject, judge.table, answers) for judge, answers in zip(judges, asked, strict=True)
    )


def _judge(subject: Workload, table: Table) -> Judge:
    bodies = subject.bodies
    if table.text("host") != "onnxruntime" or table.id == "ort_cpu":
        return Judge(table, bodies.of)
    # What no delegate takes runs on the CPU as it is, where there is a kernel for it.
    return Judge(table, bodies.of, lambda use: subject.cpu.ask(use).truth)


def manner_of(table: Table, program: Program) -> Manner:
    """What happens to a model before ``table`` is asked."""
    inline = not program.functions or table.text("functions") == "yes"
    return Manner(inline=inline, host=table.text("host") == "onnxruntime")


def _answers(subject: Workload, judge: Judge) -> Answers | None:
    """Answers for the operators that run, and refusals of those that are computed beforehand;
    ``None`` while a body is not known."""
    manner = manner_of(judge.table, subject.program)
    flow = subject.flow(manner)
    if flow is None:
        return [], []
    outside = _OUTSIDE.get(judge.table.text("bodies"))
    kinds = subject.kinds_of(manner, flow)
    closed = outside is not None and outside.truth is False
    asked = None
    if closed:
        asked = {kind for kind, graph in zip(kinds.numbers, flow.home, strict=True) if not graph}
    told, pending = _told(judge, kinds, asked)
    answers = []
    for kind, graph in zip(kinds.numbers, flow.home, strict=True):
        answer = told.get(kind)
        refused = answer is not None and answer.truth is False
        if graph and outside is not None and (closed or not refused):
            answers.append(outside)
        elif answer is not None:
            answers.append(answer)
    gone = []
    if judge.table.id == "ort_cpu":  # which computes with its own kernels
        for use in flow.gone:
            try:
                answer = judge.ask(use)
            except Pending:
                pending = True
                continue
            if answer.truth is False:
                gone.append((use, answer))
    return None if pending else (answers, gone)


def _told(
    judge: Judge, kinds: Kinds, asked: Container[int] | None
) -> tuple[dict[int, Answer], bool]:
    """Answers by kind, of those ``asked`` if some are not; and whether a body is not known yet."""
    told: dict[int, Answer] = {}
    alike: set[int] = set()
    pending = False
    for kind, (use, outline) in enumerate(zip(kinds.first, kinds.outlines, strict=True)):
        if asked is not None and kind not in asked:
            continue
        if outline in alike:
            told[kind] = YES
            continue
        try:
            answer = told[kind] = judge.ask(use)
        except Pending:
            pending = True
            continue
        if answer is YES and use.outline() in judge.alike:
            alike.add(outline)
    return told, pending


def _fit(
    subject: Workload,
    table: Table,
    asked: Answers | None,
) -> TargetFit:
    manner = manner_of(table, subject.program)
    flow = subject.flow(manner)
    if flow is None or asked is None:
        return _undecided(table)
    answers, refused = asked
    groups = _grouped(zip(flow.uses, answers, strict=True))
    groups += _grouped((use, Answer(None, "undecided", answer.reason)) for use, answer in refused)
    whole_model = list(_ceilings(table, subject))
    yes = [answer.truth is True for answer in answers]
    possible = [answer.truth is not False for answer in answers]
    supported, maybe = sum(yes), sum(possible) - sum(yes)
    most = partitions(flow, possible)
    refusing = any(not may for may in possible) or bool(whole_model)
    undecided = maybe > 0 or bool(refused)
    needs = ""
    if refusing:
        ir, opset = subject.program.ir_version, subject.opsets.get("", 1)
        needs = needed_version(table, flow.uses, ir, opset)
    verdict, certain = _verdict(table, refusing, undecided, any(yes), any(possible),
                                bool(whole_model))  # fmt: skip
    return TargetFit(
        target=table.id,
        name=table.text("name"),
        version=table.version,
        verdict=verdict,
        certain=certain,
        partitions=most,
        partitions_certain=partitions(flow, yes) if maybe else most,
        nodes=len(flow.uses),
        supported=supported,
        maybe=maybe,
        macs_share=_macs_share(subject.parts_of(manner, flow), yes),
        blockers=(*whole_model, *groups)[:MOST_BLOCKERS],
        delegates=table.delegates,
        needs=needs,
        tested_from=_tested_from(table, subject.opsets.get("")),
    )


def _tested_from(table: Table, opset: int | None) -> int | None:
    """The oldest opset in tests of the target, if the model's is older."""
    floor = table.ceiling("opset_floor")
    return floor if floor is not None and opset is not None and opset < floor else None


def _verdict(
    table: Table, refusing: bool, undecided: bool, any_yes: bool, any_possible: bool, whole: bool
) -> tuple[Verdict, bool]:
    if not refusing:
        return ("maybe", False) if undecided else ("whole", True)
    if whole or not table.delegates:
        return "no", True
    if any_yes:
        return "split", not undecided
    return ("maybe", False) if any_possible else ("no", True)


def _ceilings(table: Table, subject: Workload) -> list[Blocker]:
    """What the model as a whole is too new for."""
    found = []
    ir, opset = subject.program.ir_version, subject.opsets.get("", 1)
    for code, key, what, stated in (
        ("opset", "opset_ceiling", "opset", opset),
        ("ir", "ir_ceiling", "IR version", ir),
    ):
        most = table.ceiling(key)
        if most is not None and stated > most:
            text = f"{what} {stated} is newer than {most}, the newest that it takes"
            if table.match == "kernel" and (newer := first_release(ir, opset)):
                text += f"; needs ONNX Runtime ≥ {newer}"
            found.append(Blocker("", "", code, text, 0))
    return found


def _grouped(asked: Iterable[tuple[Use, Answer]]) -> list[Blocker]:
    groups: dict[tuple[str, Answer], list[str]] = {}
    for use, answer in asked:
        if answer is YES or answer.truth is True:
            continue
        name = f"{use.domain}::{use.op_type}" if use.domain else use.op_type
        groups.setdefault((name, answer), []).append(use.site)
    found = [
        Blocker(
            sites[0], name, answer.code, answer.reason, len(sites), answer.truth is False,
            answer.opset, tuple(sites),
        )
        for (name, answer), sites in groups.items()
    ]  # fmt: skip
    return sorted(found, key=lambda blocker: (not blocker.certain, -blocker.count))


def _macs_share(parts: Sequence[float] | None, yes: Sequence[bool]) -> float | None:
    if parts is None:
        return None
    total = on_target = 0.0
    for part, runs in zip(parts, yes, strict=True):
        total += part
        if runs:
            on_target += part
    return on_target / total if total else None


def _undecided(table: Table) -> TargetFit:
    return TargetFit(
        table.id, table.text("name"), table.version, "maybe", False, 0, 0, 0, 0, 0, None,
        (_UNDECIDED,), delegates=table.delegates,
    )  # fmt: skip
