"""How much is spelt out and looked at of paths, types and names that files have."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from onnx import TypeProto, helper

from analyzer.shapes.instance import scope_path
from analyzer.shapes.run import _may_guess
from analyzer.shapes.sound import _entry, _words
from analyzer.shapes.stated import DEFAULT
from analyzer.shapes.types import _describe


def test_a_path_of_500_characters_is_itself_and_a_longer_one_has_a_digest() -> None:
    assert scope_path("x" * 500) == "x" * 500
    longer = scope_path("x" * 501)
    assert (len(longer), longer[200], longer[217]) == (418, "…", "…")


def test_a_type_is_spelt_out_to_its_sixth_level() -> None:
    def nested(levels: int) -> TypeProto:
        found = helper.make_tensor_type_proto(1, None)
        for _ in range(levels):
            found = helper.make_sequence_type_proto(found)
        return found

    assert _describe(nested(5)) == "seq(" * 5 + "float32" + ")" * 5
    assert _describe(nested(6)) == "seq(" * 6 + "…" + ")" * 6


def test_words_are_looked_for_in_200_characters_of_a_name() -> None:
    assert _words("q" * 196 + "_mel") == {"q" * 196, "mel"}
    assert _words("q" * 197 + "_mel") == {"q" * 197, "me"}


def test_a_rate_is_a_million_samples_a_second_at_most() -> None:
    assert [_entry({"sr": text}, ["sr"]) for text in ("0", "1", "1000000", "1000001")] == [
        (None, ""), (1, "sr"), (1_000_000, "sr"), (None, ""),
    ]  # fmt: skip


def test_other_sizes_are_tried_of_models_of_3000_operators_where_one_was_assumed() -> None:
    def may(operators: int, *reasons: str) -> bool:
        program: Any = SimpleNamespace(operators=operators)
        shapes: Any = SimpleNamespace(assumptions=[SimpleNamespace(reason=r) for r in reasons])
        return _may_guess(program, shapes)

    assert [may(count, "stated", f"{DEFAULT} 1") for count in (3000, 3001)] == [True, False]
    assert not may(1, "stated")
    assert not may(1)
