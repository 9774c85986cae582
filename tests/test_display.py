"""Records at a prompt and in a notebook: short, and with nothing in them that acts."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from analyzer import Assumption, Block, Facts, analyze, lint, load, load_rules
from analyzer.display import brief, lines, table
from analyzer.lint import Settings, judge
from analyzer.report import Batch, Result
from analyzer.scaling import Scaler

HOSTILE = "<script>alert(1)</script>\x1b[2J\n" + "x" * 100_000


@pytest.fixture(scope="module")
def facts() -> Facts:
    return analyze(load("samples/mobilenet_v1_standard.onnx"))


@pytest.fixture(scope="module")
def hostile(facts: Facts) -> Facts:
    tensors = tuple(replace(tensor, name=HOSTILE) for tensor in facts.inputs)
    return replace(facts, inputs=tensors * 50, model=replace(facts.model, path=HOSTILE))


class Tags(HTMLParser):
    """Names of the tags in a document."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.found.add(tag)


def test_an_operator_is_found_by_its_id(facts: Facts) -> None:
    assert facts["stem.conv"].macs == 10_838_016
    assert "stem.conv" in facts
    assert "nowhere" not in facts
    with pytest.raises(KeyError, match="nowhere"):
        _ = facts["nowhere"]


def test_copy_of_facts_with_other_operators_finds_those(facts: Facts) -> None:
    assert facts["stem.conv"].id == "stem.conv"
    assert "stem.conv" not in replace(facts, nodes=facts.nodes[-1:])


def test_facts_say_what_they_hold_in_fifteen_lines(facts: Facts) -> None:
    text = repr(facts)
    assert len(text.splitlines()) <= 15
    assert "4,867,293,184, exact" in text
    assert "input" in text


def test_of_what_is_many_four_are_named(facts: Facts) -> None:
    """Kinds of blocks by their number."""
    kinds = "aabbbcddddeeeee"
    blocks = tuple(Block(f"kind {kind}", (), 0, 0) for kind in kinds)
    sizes = tuple(Assumption(f"x{n}", n, "", 1, "default") for n in range(5))
    wide = replace(facts, blocks=blocks, inputs=facts.inputs * 5, outputs=facts.outputs * 5,
                   assumptions=sizes)  # fmt: skip
    rows = dict(wide._summary())
    assert rows["blocks"] == "5 kind e, 4 kind d, 3 kind b, 2 kind a"
    assert rows["inputs"] == ", ".join([str(facts.inputs[0])] * 4)
    assert rows["outputs"] == ", ".join([str(facts.outputs[0])] * 4)
    assert rows["assumed"] == ", ".join(map(str, sizes[:4]))


def test_names_of_the_model_can_neither_stretch_nor_steer_the_prompt(hostile: Facts) -> None:
    text = repr(hostile)
    assert len(text.splitlines()) <= 15
    assert max(map(len, text.splitlines())) < 120
    assert "\x1b" not in text


def test_notebook_shows_a_table_in_which_names_are_no_markup(hostile: Facts) -> None:
    tags = Tags()
    tags.feed(hostile._repr_html_())
    assert tags.found == {"table", "caption", "tr", "th", "td"}
    assert "&lt;script&gt;" in hostile._repr_html_()


def test_a_line_has_90_letters_and_the_text_of_a_field_48() -> None:
    for letters in (90, 91):
        text, whole = "x" * letters, letters == 90
        title, row = lines(text, [("a", text)]).splitlines()
        assert (title == text, row == f"  a  {text}") == (whole, whole)
        assert (f">{text}</caption>" in table(text, []), f">{text}</td>" in table("", [("a", text)])
                ) == (whole, whole)  # fmt: skip
    for letters in (46, 47):  # and two quotation marks
        assert ("x" * letters in brief(Block("x" * letters, (), 0, 0))) == (letters == 46)


def test_other_large_records_fit_a_screen(facts: Facts) -> None:
    rules = load_rules()
    result = Result(facts, lint(facts, rules), rules)
    scaler = Scaler(facts)
    records = (
        load("samples/mobilenet_v1.onnx"), judge(facts, rules, Settings()), result,
        Batch((result,)), rules[0], scaler.at(0.5), scaler.stages, facts.memory, facts.parameters,
        facts.separable,
    )  # fmt: skip
    for record in records:
        assert len(repr(record)) < 15 * 80, type(record)
