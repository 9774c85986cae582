"""Names that are typed, and by which viewers find things."""

from __future__ import annotations

from analyzer.naming import key_of, typed


def test_a_name_of_sixty_printable_letters_can_be_typed() -> None:
    for name, value, is_typed in (
        ("x" * 60, "1", True), ("x" * 61, "1", False), ("x\n", "1", False), ("x=", "1", False),
        ("x", "", False),
    ):  # fmt: skip
        assert typed("--dim", name, value) == (f"--dim {name}=1" if is_typed else "")


def test_a_viewer_finds_a_name_of_500_letters_that_nothing_else_has() -> None:
    for name, found in (
        ("x" * 500, True), ("x" * 501, False), ("shared", False), ("x\ufffd", False), ("x", True),
    ):  # fmt: skip
        assert key_of(name, frozenset({"shared"})) == (name if found else "")
