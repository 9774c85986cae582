"""A few seconds of ``tests.fuzz.walk`` on every run; ``make fuzz`` looks further."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.errors import ModelError
from analyzer.model import load
from tests.fuzz import walk


def test_mutants_are_judged_and_never_misread() -> None:
    rounds = max(1, settings().max_examples // 100)
    tally = walk.run(seconds=600, seed=rounds, most=5_000 * rounds)
    assert tally.accepted > 250
    assert tally.refused > 2_500
    # What is refused that protobuf accepts: groups, which ONNX does not have, and parts of one
    # tensor in several places, which protobuf merges.
    refused = ("wire type", "a tensor that is stated twice")
    assert all(reason.startswith(refused) for reason in tally.stricter)
    assert tally.laxer == 0


@given(st.binary(max_size=300))
def test_random_bytes_are_refused_or_loaded(data: bytes) -> None:
    try:
        outcome = load(data, name="fuzz", limits=walk.LIMITS).info.path
    except ModelError as error:
        outcome = str(error)
    assert outcome.startswith("fuzz")
