"""What the records of a file's contents are to findings: what keeps one the same finding."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from analyzer.contents import (
    Annotation,
    DataFile,
    Extension,
    Override,
    Region,
    Repetition,
    Sighting,
    Switch,
    Text,
)
from analyzer.ruleset.subjects.contents import SORTS


def subject(record: object) -> Any:
    """The one subject that some sort makes of a record."""
    held = SimpleNamespace(get=lambda kind: (record,) if type(record) is kind else ())
    (found,) = (each for sort in SORTS for each in sort.make(cast("Any", _Facts(held))))
    return found


class _Facts:
    def __init__(self, contents: Any) -> None:
        self.contents = contents


def test_the_place_is_the_first_of_several_and_the_form_is_what_tells_them_apart() -> None:
    secret, url = (Sighting(family, "what", "metadata", "p", "owner", "excerpt", 9, 1)
                   for family in ("secret", "url"))  # fmt: skip
    region = Region("hole", "w.bin", "t", "a hole", 0, 9, None, False, False)
    for record, *expected in (
        (Text("documentation", "p", "owner", "words", 5, 1), "documentation", "owner",
         ("documentation", "words"), (), ""),
        (secret, "secret", "p/owner", ("secret", "what", "excerpt"), (), None),
        (url, "url", "p/owner", ("url", "what", "excerpt"), (), ""),
        (region, "hole", "w.bin/t", ("hole", "a hole", ""), (), ""),
        (DataFile("w.bin", "p", 9, 1, ""), "file", "w.bin", ("w.bin",), (), ""),
        (Extension("corp", "Foo", "p", 1), "corp", "corp.Foo", ("corp", "Foo"), (), ""),
        (Override("p", "", "Relu", 1), "Relu", ".Relu", ("", "Relu"), (), ""),
        (Switch("p", "Where", "a < 7", "y"), "Where", "p", ("Where",), ("a < 7",), None),
        (Repetition("p", 7), "Loop", "p", (), (), None),
        (Annotation("p", "scale", "gone"), "annotation", "p/scale", ("scale",), ("gone",), None),
    ):  # fmt: skip
        found = subject(record)
        seen = [found.kind, found.name, found.form, found.detail, found.stands_at]
        assert seen == expected, record
        assert found.place == ("t" if record is region else "p")
        assert [*found.groups.values()] == [record]
