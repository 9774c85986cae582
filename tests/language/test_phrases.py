"""Sentences of facts told anew: what fits a pattern, what is a name, and what stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzer.language import catalogue, counted, ngettext, series, speaking, translated
from analyzer.language import phrases as module
from analyzer.language.number import NOUNS, VERBS, agreeing, variants
from analyzer.language.phrases import retell
from analyzer.report.nouns import noun

FACTS = {
    "rank {0} of {1} there": "R {1}: {0}",
    "{0} reads {1}": "{1} is read by {0}",
    "{0} has {1}": "{1}, {0}",
    "known before the model runs": "K",
    "input {0}": "I {0}",
    "of {0}": "O {0}",
    "{0} parts of {1}": "P {1}/{0}",
    "a": "letter",
    "constant": "C",
    "the {0} is missing: {1}": "M {0}: {1}",
    "{0}{1}": "anything",
}


@pytest.fixture(autouse=True)
def _own_catalogue(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    caches = (module._phrases, module._words, module.retell)

    def clear() -> None:
        for each in caches:
            each.cache_clear()

    clear()
    found = {("", text): told for text, told in FACTS.items()}
    monkeypatch.setattr(module, "catalogue", lambda language, name: found)
    yield
    clear()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rank 3 of x there", "R x: 3"),
        ("rank 3 of x", "rank 3 of x"),
        ("rank 3; of x there", "rank 3; of x there"),
        ("rank 3: of x there", "rank 3: of x there"),
        ("rank of x there", "rank of x there"),
        ("known before the model runs", "K"),
        ("known before the model runs, too", "K, too"),
        ("known before the model runs, not this", "known before the model runs, not this"),
        ("constant", "constant"),
        ("x reads constant", "C is read by x"),
        ("rank 3 of known before the model runs there", "R K: 3"),
        (" rank 3 of x there ", " R x: 3 "),
        ("rank 3 of x there; rank 4 of y there", "R x: 3; R y: 4"),
        ("rank 3 of x there; words of no pattern", "R x: 3; words of no pattern"),
        ("words of no pattern; rank 3 of x there", "words of no pattern; R x: 3"),
        ("words of no pattern: rank 3 of x there", "words of no pattern: R x: 3"),
        ("no words; no pattern", "no words; no pattern"),
        ("rank 3 of x there, rank 4 of y there", "R x there, rank 4 of y: 3"),
        ("known before the model runs, rank 4 of y there", "K, R y: 4"),
        ("rank 3 of x there, words of no pattern", "rank 3 of x there, words of no pattern"),
        ("'rank 3 of x there'", "'rank 3 of x there'"),
        ('"rank 3 of x there"', '"rank 3 of x there"'),
        ("the file is missing: rank 3 of x there", "M file: R x: 3"),
        ("the file; it is missing: rank 3 of x there", "the file; it is missing: R x: 3"),
        ("input 'x'", "I 'x'"),
        ("input x", "I x"),
        ("input and", "input and"),
        ("input x,", "input x,"),
        ("input a b", "input a b"),
        ("input 2×3", "input 2×3"),
        ("input rank 3 of x there", "I R x: 3"),
        ("of x", "of x"),
        ("of 'x'", "O 'x'"),
        ("x reads of y", "O y is read by x"),
        ("1 part of x", "P x/1"),
        ("2 parts of x", "P x/2"),
        ("a, b has rank 3 of x there", "letter, R x: 3, b"),
        ("'a, b' has rank 3 of x there", "R x: 3, 'a, b'"),
        ("", ""),
        (" ", " "),
    ],
)
def test_a_sentence_is_told_by_the_pattern_that_it_is_made_of(text: str, told: str) -> None:
    assert retell(text, "xx") == told


def test_sentences_are_told_sixteen_deep() -> None:
    assert [retell("rank 3 of x there", "xx", depth) for depth in (0, 16, 17)] == [
        "R x: 3", "R x: 3", "rank 3 of x there",
    ]  # fmt: skip
    assert [retell("x", "xx", depth) for depth in (0, 16, 17)] == ["x"] * 3


def test_the_last_of_a_row_of_conditions_is_told_whole() -> None:
    row = "; ".join(["known before the model runs"] * 9 + ["rank 3 of x there"] * 2)
    assert retell(row, "xx") == "; ".join(["K"] * 9 + ["R x: 3"] * 2)


def test_eight_sentences_are_listed() -> None:
    sentence, told = "known before the model runs", "K"
    for number, is_told in ((2, True), (8, True), (9, False)):
        found = retell(" = ".join([sentence] * number), "xx")
        assert found == " = ".join([told if is_told else sentence] * number)


SINGLE = {
    "axes": "axis", "entries": "entry", "classes": "class", "activations": "activation",
    "channels": "channel", "coefficients": "coefficient", "columns": "column",
    "coordinates": "coordinate", "elements": "element", "experts": "expert",
    "features": "feature", "groups": "group", "heads": "head", "inputs": "input", "keys": "key",
    "lengths": "length", "nodes": "node", "numbers": "number", "outputs": "output",
    "pairs": "pair", "parts": "part", "places": "place", "rows": "row", "scales": "scale",
    "terms": "term", "tokens": "token", "values": "value", "vectors": "vector",
    "weights": "weight",
}  # fmt: skip
ONE_DOES = {"are": "is", "do": "does", "have": "has", "leave": "leaves", "reach": "reaches",
            "take": "takes"}  # fmt: skip


def test_one_thing_is_single_and_does_what_one_does() -> None:
    assert NOUNS == SINGLE
    for many, one in SINGLE.items():
        assert agreeing(f"has 1 {many}, 2 {many}") == f"has 1 {one}, 2 {many}"
    assert VERBS == ONE_DOES
    for many, one in ONE_DOES.items():
        assert agreeing(f"1 rows {many} it, 2 rows {many}") == f"1 row {one} it, 2 rows {many}"
    for text in ("21 rows", "0.1 rows", "2×1 rows", "x1 rows", "1 rowsy", "1 other", "-1 rows",
                 "3/1 rows", "3+1 rows", "1,1 rows"):  # fmt: skip
        assert agreeing(text) == text


def test_a_pattern_has_a_variant_for_each_number_that_may_be_one() -> None:
    assert list(variants("{0} of {1} rows are {2} keys", "{2}-{1}-{0}")) == [
        ("{0} of {1} rows are {2} keys", "{2}-{1}-{0}"),
        ("{0} of 1 row is {1} keys", "{1}-1-{0}"),
        ("{0} of 1 row is 1 key", "1-1-{0}"),
        ("{0} of {1} rows are 1 key", "1-{1}-{0}"),
        ("{0} of 1 row is 1 key", "1-1-{0}"),
    ]
    assert list(variants("{0} of {1}", "t")) == [("{0} of {1}", "t")]


def test_english_counts_by_one_and_many() -> None:
    assert [ngettext("{n} row", "{n} rows", n) for n in (0, 1, 2)] == ["0 rows", "1 row", "2 rows"]
    assert ngettext("one of {all}", "{n} of {all}", 1, all=9) == "one of 9"
    assert [counted(n, "row", "rows") for n in (0, 1, 1000)] == ["0 rows", "1 row", "1,000 rows"]
    assert counted(1, "row", "rows", "one") == "one row"
    assert counted(5, "row", "rows", "~5") == "~5 rows"
    assert [series(list("abcd"[:n])) for n in range(5)] == [
        "", "a", "a and b", "a, b and c", "a, b, c and d",
    ]  # fmt: skip
    assert (translated("x"), translated("x", "", "y")) == ("x", "y")
    with speaking("ko"):
        assert (translated("xyz"), translated("xyz", "", "y"), counted(2, "xyz", "xyzs")) == (
            "xyz", "y", "2 xyzs",
        )  # fmt: skip
        assert [ngettext("{n} xyz", "{n} xyzs", n) for n in (1, 2)] == ["1 xyz", "2 xyzs"]


def test_what_is_untold_or_in_doubt_is_not_in_a_catalogue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "xx"
    folder.mkdir()
    (folder / "some.po").write_text(
        'msgid ""\nmsgstr "head"\n\nmsgid "one\\n"\n"more"\nmsgstr "1"\n\n'
        'msgid "two"\nmsgstr ""\n\n'
        '#, fuzzy\nmsgid "three"\nmsgstr "3"\n\n#, fuzzy\nmsgid "four"\nmsgstr ""\n\n'
        'msgctxt "at"\nmsgid "five"\nmsgstr "5"\n',
        "utf-8",
    )
    monkeypatch.setattr(catalogue, "LOCALE", tmp_path)
    of = catalogue.catalogue.__wrapped__
    assert of("xx", "some") == {("", "one more"): "1", ("at", "five"): "5"}
    assert of("xx", "other") == of("yy", "some") == {}


def test_what_to_do_in_korean_is_named_by_its_stem() -> None:
    named = {
        "변환하십시오": "변환하기", "넣으십시오": "넣기", "나누십시오": "나누기",
        # Stems on ㄹ lose it in front of the ending, those on ㄷ and ㅅ change.
        "만드십시오": "만들기", "하지 마십시오": "하지 말기", "푸십시오": "풀기",
        "여십시오": "열기", "물으십시오": "묻기", "이으십시오": "잇기", "줄이십시오": "줄이기",
        "하나를 여십시오; 둘을 높이십시오": "하나를 열기; 둘을 높이기", "모델": "모델",
        "바꾸십시오": "바꾸기", "꾸미십시오": "꾸미기",
    }  # fmt: skip
    with speaking("ko"):
        assert {text: noun(text) for text in named} == named
    assert noun("여십시오") == "여십시오", "other languages have one form for both"
