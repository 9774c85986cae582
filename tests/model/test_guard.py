"""A task in C++ may crash, hang or eat memory: the caller gets a value that says so."""

from __future__ import annotations

import mmap
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from onnx import TensorProto, helper, shape_inference

from analyzer.model import child, guard
from analyzer.model.guard import GuardFailure, Progress, guarded
from analyzer.model.limits import Limits
from tests.model.tasks import (
    abort,
    answer,
    answer_too_much,
    crash,
    eat_memory,
    fail,
    hang_with_the_interpreter_lock_held,
    leave,
    many_short_steps,
    return_a_lock,
    seconds,
    spin,
    step_and_spin,
)
from tests.nursery import NURSERY

pytestmark = [pytest.mark.foreign_code, pytest.mark.forks]
QUICK = Limits(guard_seconds=0.5)


@pytest.fixture(params=["forked", "spawned"])
def process(request: pytest.FixtureRequest) -> Iterator[str]:
    """Run a test in both kinds of child; a second thread makes ``guarded`` spawn."""
    done = threading.Event()
    if request.param == "spawned":
        threading.Thread(target=done.wait, daemon=True).start()
    yield request.param
    done.set()
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(5)


def test_a_result_comes_back(process: str) -> None:
    lost = guard.tasks_lost()
    assert guarded(answer) == {"answer": 42}
    assert guard.tasks_lost() == lost


FAILURES = pytest.mark.parametrize(
    ("task", "kind", "says", "at"),
    [
        (crash, "crashed", "SIGSEGV", 7),
        (abort, "crashed", "SIGABRT", 0),
        (eat_memory, "memory", "limit guard_bytes = ", 5),
        (fail, "error", "KeyError: 'two\\nlines'", 2),
        (leave, "crashed", "code 3", None),
        (return_a_lock, "error", "pickle", None),
    ],
)


@FAILURES
def test_a_failure_says_what_and_where(
    process: str, task: Callable[[Progress], None], kind: str, says: str, at: int | None
) -> None:
    lost = guard.tasks_lost()
    failure = guarded(task)
    assert isinstance(failure, GuardFailure)
    assert (failure.kind, failure.at) == (kind, at)
    assert says in failure.detail
    assert "\n" not in failure.detail
    assert guard.tasks_lost() == lost + 1


@FAILURES
def test_the_worker_of_the_tests_says_the_same_and_is_replaced(
    pytestconfig: pytest.Config,
    task: Callable[[Progress], None],
    kind: str,
    says: str,
    at: int | None,
) -> None:
    if NURSERY not in pytestconfig.stash:
        pytest.skip("tests are being mapped, without a worker")
    guard._fork = pytestconfig.stash[NURSERY].run
    assert guarded(answer) == {"answer": 42}
    failure = guarded(task)
    assert isinstance(failure, GuardFailure)
    assert (failure.kind, failure.at) == (kind, at)
    assert says in failure.detail
    stalled = guarded(step_and_spin, limits=Limits(guard_stall_seconds=0.05))
    assert isinstance(stalled, GuardFailure)
    assert (stalled.kind, stalled.at) == ("timeout", 199)
    assert guarded(answer) == {"answer": 42}


def test_a_hang_is_killed(process: str) -> None:
    failure = guarded(hang_with_the_interpreter_lock_held, limits=QUICK)
    assert isinstance(failure, GuardFailure)
    assert (failure.kind, failure.at) == ("timeout", 1)
    assert "limit guard_seconds = 0.5" in failure.detail


def test_one_item_that_takes_too_long_ends_the_task(process: str) -> None:
    failure = guarded(step_and_spin, limits=Limits(guard_stall_seconds=0.1))
    assert isinstance(failure, GuardFailure)
    assert (failure.kind, failure.at) == ("timeout", 199)
    assert failure.detail == "took more than 0.1 seconds (limit guard_stall_seconds = 0.1)"


def test_many_items_may_take_longer_than_one(process: str) -> None:
    assert guarded(many_short_steps, limits=Limits(guard_stall_seconds=0.1)) == "done"


def test_a_task_may_get_a_share_of_the_time(process: str) -> None:
    assert guarded(seconds, limits=Limits(guard_seconds=40), share=0.05) == 2


def test_a_task_that_computes_for_longer_than_its_share_is_killed() -> None:
    failure = guarded(spin, limits=Limits(guard_seconds=10), share=0.05)
    assert isinstance(failure, GuardFailure)
    assert failure.kind == "timeout"
    assert failure.detail == "took more than 1 seconds (0.05 of limit guard_seconds = 10)"


def test_how_a_child_ended_is_said_with_the_limit_that_it_met() -> None:
    limits = Limits(guard_seconds=10, guard_stall_seconds=2.5, guard_bytes=4096)
    whole = "took more than 10 seconds (limit guard_seconds = 10)"
    ends = {
        (None, 1.0): ("timeout", whole),
        (-signal.SIGXCPU, 1.0): ("timeout", whole),
        (-signal.SIGXCPU, 0.25): (
            "timeout", "took more than 10 seconds (0.25 of limit guard_seconds = 10)",
        ),
        (-signal.SIGPROF, 1.0): (
            "timeout", "took more than 2.5 seconds (limit guard_stall_seconds = 2.5)",
        ),
        (-signal.SIGKILL, 1.0): ("crashed", "died of SIGKILL"),
        (os.EX_SOFTWARE, 1.0): ("memory", "was left without memory (limit guard_bytes = 4,096)"),
        (0, 1.0): ("crashed", "exited with code 0"),
        (1, 1.0): ("crashed", "exited with code 1"),
    }  # fmt: skip
    assert {end: guard._death(end[0], limits, end[1], 10) for end in ends} == ends


def test_a_child_that_is_ending_is_waited_for_until_the_deadline() -> None:
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(writer)
        os.read(reader, 1)
        os._exit(3)
    os.close(reader)
    assert guard._reap(pid, time.monotonic() - 1) is None
    threading.Timer(0.01, os.close, [writer]).start()
    assert guard._reap(pid, time.monotonic() + 60) == 3


def test_results_are_limited(process: str) -> None:
    failure = guarded(answer_too_much, limits=Limits(guard_result_bytes=1 << 20))
    assert isinstance(failure, GuardFailure)
    assert "limit guard_result_bytes = 1,048,576" in failure.detail


@pytest.mark.parametrize("most", [0, 1, 100])
def test_a_tiny_limit_on_results_is_named_too(process: str, most: int) -> None:
    failure = guarded(answer_too_much, limits=Limits(guard_result_bytes=most))
    assert isinstance(failure, GuardFailure)
    assert failure.kind == "memory"
    assert failure.detail.endswith(f"(limit guard_result_bytes = {most})")


def test_limits_of_ages_are_none(process: str) -> None:
    ages = Limits(guard_seconds=10**18, guard_stall_seconds=10**18, guard_bytes=2**63 - 1)
    assert guarded(answer, limits=ages) == {"answer": 42}


@pytest.mark.parametrize("room", [0, 1])
def test_a_task_without_any_memory_names_the_limit(process: str, room: int) -> None:
    failure = guarded(eat_memory, limits=Limits(guard_bytes=room))
    assert isinstance(failure, GuardFailure)
    assert failure.kind == "memory"
    assert failure.detail.endswith(f"memory (limit guard_bytes = {room})")


def test_large_results_come_back_whole(process: str) -> None:
    assert guarded(answer_too_much) == bytes(2 << 20)


def test_a_closure_can_be_guarded() -> None:
    local = object()
    assert guarded(lambda _: str(local)) == str(local)


def test_what_a_task_prints_is_discarded(capfd: pytest.CaptureFixture[str]) -> None:
    def chatter(_: Progress) -> int:
        os.write(1, b"::error::from the model")
        os.write(2, b"terminate called")
        return 1

    assert guarded(chatter) == 1
    assert capfd.readouterr() == ("", "")


def test_a_task_can_write_no_file(tmp_path: Path) -> None:
    failure = guarded(lambda _: (tmp_path / "f").write_text("x"))
    assert isinstance(failure, GuardFailure)
    assert "File too large" in failure.detail


def test_children_are_reaped_and_descriptors_closed() -> None:
    def children() -> list[str]:
        """Those of other tests, which may be waiting for work, included."""
        return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()

    before = sorted(os.listdir("/proc/self/fd")), children()
    for task in (answer, crash, fail):
        guarded(task)
    assert (sorted(os.listdir("/proc/self/fd")), children()) == before


def test_a_caller_that_ignores_sigchld_gets_its_result() -> None:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert guarded(answer) == {"answer": 42}
        assert isinstance(guarded(crash), GuardFailure)
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_interrupting_the_parent_ends_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    children: list[int] = []
    fork = os.fork

    def noted() -> int:
        children.append(fork())
        return children[-1]

    monkeypatch.setattr(os, "fork", noted)
    monkeypatch.setattr("analyzer.model.guard._receive", interrupted)
    with pytest.raises(KeyboardInterrupt):
        guarded(spin)
    with pytest.raises(ProcessLookupError):
        os.kill(children[0], signal.SIGCONT)


def test_a_small_model_that_makes_onnx_take_all_memory_is_stopped() -> None:
    # Data propagation follows the doubling of a shape: 2^40 dimensions in 1.3 kB of model.
    shapes = [helper.make_node("Shape", ["x"], ["s0"])]
    shapes += [
        helper.make_node("Concat", [f"s{i}", f"s{i}"], [f"s{i + 1}"], axis=0) for i in range(40)
    ]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [2, 3])
    model = helper.make_model(helper.make_graph(shapes, "g", [x], []))
    failure = guarded(
        lambda _: shape_inference.infer_shapes(model, data_prop=True).ByteSize(),
        limits=Limits(guard_bytes=1 << 26, guard_seconds=30),
    )
    assert isinstance(failure, GuardFailure)
    assert failure.kind in {"memory", "crashed"}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing is forked here")
def test_a_child_inherits_what_it_ends_with_its_parent_by() -> None:
    """Found once, before the first is forked, and not by every child anew."""
    if sys.platform != "linux":
        pytest.skip("a service of Linux")
    child._prctl.cache_clear()
    with child.signals_waiting():
        pid = child.fork_child(lambda: None)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 70
    assert child._prctl.cache_info().currsize == 1


def test_a_child_may_take_four_times_its_seconds_on_the_wall_clock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left: list[float] = []

    def receive(_: int, deadline: float, __: int) -> tuple[bytes, bool]:
        left.append(deadline - time.monotonic())
        return b"", False

    monkeypatch.setattr(guard, "fork_child", lambda _: 0)
    monkeypatch.setattr(guard, "_receive", receive)
    progress = Progress(mmap.mmap(-1, Progress.BYTES))
    for seconds_ in (10, 300):
        assert guard._fork(lambda _: None, progress, Limits(), seconds_) == (b"", None)
    assert [round(each, -1) for each in left] == [40, 1200]
