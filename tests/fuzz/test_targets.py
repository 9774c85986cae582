"""The targets of the coverage-guided fuzzer, fed by hand: they run, and they can fail."""

from __future__ import annotations

from unittest import mock

import pytest

from analyzer.model.encoding import encode_varint
from analyzer.report import CHECK_FORMATS
from tests.fuzz import targets
from tests.fuzz.cli_target import command_line, word
from tests.fuzz.promises import BrokenPromiseError
from tests.fuzz.seeds import everything
from tests.fuzz.strings import NOT_UTF8, break_utf8
from tests.model import wirebytes

ODD = (b"", b"\0", b"\n\n", b"\xff\xff\xff", b"\x0a\x00", b"check\n-\n\n\x08\x08")


@pytest.mark.parametrize("name", targets.TARGETS)
def test_target_accepts_its_seeds_and_odd_bytes(name: str) -> None:
    target, seeds = targets.TARGETS[name]
    found = seeds()
    assert len(found) > 20
    some = 5 if name == "names" else 14  # those draw pages
    for data in (*ODD, *found[:: len(found) // some]):
        assert target(data) is None


def test_walk_target_knows_unknown_fields_at_any_depth() -> None:
    node = b"\xf8\x7f\x01"  # a field that NodeProto does not have
    for _ in range(23):
        graph = encode(1, node)
        node = b'"\x02If' + encode(5, encode(6, graph))  # NodeProto.attribute.g
    targets.walk_target(encode(7, encode(1, node)))


def encode(number: int, body: bytes) -> bytes:
    """``body`` as field ``number`` of a message."""
    return encode_varint(number << 3 | 2) + encode_varint(len(body)) + body


@pytest.mark.parametrize("name", ["check", "names"])
def test_target_sees_what_a_terminal_would_obey(name: str) -> None:
    target, seeds = targets.TARGETS[name]
    with (
        mock.patch.dict(CHECK_FORMATS, text=lambda batch, options: b"\x1b[31m"),
        pytest.raises(BrokenPromiseError),
    ):
        target(seeds()[0])


def test_command_line_target_sees_an_internal_error() -> None:
    with (
        mock.patch("analyzer.cli.judge._loaded", side_effect=ZeroDivisionError("bug")),
        pytest.raises(ZeroDivisionError, match="bug"),
    ):
        command_line(b"check\n-\n\n")


def test_words_stay_in_their_folder() -> None:
    assert word(b"json=/etc/\0../x") == "json=_etc_._ _x".replace(" ", "")


def test_mutator_gives_up_on_what_is_no_model() -> None:
    _, seeds = targets.TARGETS["walk"]
    mutants = [targets.mutate_model(seeds()[0], seed, 8_192) for seed in range(20)]
    assert len({mutant for mutant in mutants if mutant}) > 10
    assert targets.mutate_model(seeds()[0], 1, 3) is None
    assert targets.mutate_model(b"no model", 1, 8_192) is None


def test_mutator_changes_models_with_names_that_are_not_utf8_or_nest_as_deep_as_they_may() -> None:
    for model in (broken_names(), wirebytes.model(wirebytes.nested(31))):
        mutants = {targets.mutate_model(model, seed, 100_000) for seed in range(300)}
        assert len(mutants) > 200


def broken_names() -> bytes:
    """A model in which every name is some bytes that are not UTF-8."""
    model = everything()
    for node in model.graph.node:
        node.input[:], node.output[:], node.domain = [NOT_UTF8], [NOT_UTF8], NOT_UTF8
        node.op_type = NOT_UTF8
    for named in (*model.graph.input, *model.graph.output, *model.graph.initializer):
        named.name = NOT_UTF8
    return break_utf8(model.SerializeToString())
