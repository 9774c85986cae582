"""Korean is all there: no text is left to translate, and no English is left on a page."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from onnx import parser

from analyzer.language import rule_words, speaking
from analyzer.language.catalogue import LOCALE, entries
from analyzer.language.phrases import FACTS, retell
from analyzer.report import REPORT_FORMATS, Options, webface
from analyzer.report.view.findings import first_sentence
from analyzer.resources import rules_dir
from analyzer.ruleset import load_rules
from tests.cli.conftest import Cli, cli
from tests.report.results import SAMPLES, judge
from tools.sentences import read
from tools.translations import catalogues, told, unsaid, untranslated

__all__ = ["cli"]


@pytest.fixture(autouse=True)
def without_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages have the words, and no face to draw them with, which takes most of a second."""
    monkeypatch.setattr(webface, "face", lambda wanted: b"")


NAMES = re.compile(
    r"^참고:|Raspberry|Snapdragon|Neural Engine|STM32|Cortex|Intel|NVIDIA|Apple|Qualcomm|"
    r"ONNX operator specification|arXiv|et al\.|\[.*\]|\|[XY]\|"
)
"""Citations, data sheets and formulas, which stay as they are."""
TERM = re.compile(r"(?<=[가-힣])\([A-Za-z -]+\)")
"""A term in English behind the same in Korean."""
SENTENCE = re.compile(r"[A-Za-z]?[a-z]+(?: [a-z]{2,}){2}(?![\w/=])")
"""Three words of English one after the other, of which the last two are no names."""


def english(text: str) -> bool:
    """Whether ``text`` is a sentence in English, or has a part of one."""
    return NAMES.search(text) is None and SENTENCE.search(TERM.sub("", text)) is not None


class Texts(HTMLParser):
    """What people read of a page, code aside, one text for each element that holds words."""

    APART = ("code", "script", "style")
    TOLD = ("title", "aria-label", "placeholder")

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = [""]
        self._apart = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.said += [value for name, value in attrs if name in self.TOLD and value]
        self._apart += tag in self.APART
        if tag not in ("code", "sub", "b", "a", "i", "span"):
            self.said.append("")

    def handle_endtag(self, tag: str) -> None:
        self._apart -= tag in self.APART
        if tag not in ("code", "sub", "b", "a", "i", "span"):
            self.said.append("")

    def handle_data(self, data: str) -> None:
        self.said[-1] += " · " if self._apart else data


def texts(html: str) -> list[str]:
    page = Texts()
    page.feed(html)
    return [text for text in (" ".join(said.split()) for said in page.said) if text]


def test_every_text_has_a_translation() -> None:
    assert untranslated("ko") == [], "make locale"


def test_no_text_leaves_it_to_the_reader_whether_one_or_several_are_meant() -> None:
    said = (said.text for texts in catalogues().values() for said in texts)
    assert [text for text in said if re.search(r"[a-z]\(s\)(?![:=])", text)] == []


def test_what_is_told_first_of_a_remedy_names_the_alternatives_too() -> None:
    """Reports and commands tell the first sentence of a remedy alone."""
    for rule in load_rules(rules_dir()):
        asked, said = (first_sentence(text) for text in (
            rule.fix, rule_words("ko", rule.id, "fix", rule.fix)))  # fmt: skip
        if "git lfs pull" in asked:
            assert "git lfs pull" in said
        if "; or " in asked:
            assert "또는" in said or "거나" in said, rule.id


OTHERS = re.compile(r"레이어|네트워크|파라미터|컨볼루션|행렬곱|오퍼레이터")
"""Second words for what the reports call 층, 신경망, 매개변수, 합성곱, 행렬 곱, 연산자."""
PARTICLE = re.compile(r"\(으\)로|은\(는\)|을\(를\)|이\(가\)|와\(과\)")
"""A particle in both of its forms, as behind a name that nobody knows."""
PARTED = re.compile(r"(?:십시오|습니다|입니다); ")
"""A sentence that ends as in English before another one."""


@pytest.mark.parametrize("manner", [OTHERS, PARTICLE, PARTED])
def test_korean_has_one_word_for_a_thing_and_ends_its_sentences(manner: re.Pattern[str]) -> None:
    said = [
        entry.told for path in LOCALE.rglob("*.po") for entry in entries(path.read_text("utf-8"))
    ]
    assert len(said) > 4000
    assert [text for text in said if manner.search(text)] == []


def test_nothing_is_translated_that_nobody_says() -> None:
    assert unsaid("ko") == [], "make locale"


def test_every_sentence_of_facts_is_told_by_its_own_pattern() -> None:
    """Another pattern might fit it better, or what a place holds end a sentence."""
    for entry in told("ko", FACTS).values():
        values = [f"v{number}" for number in range(entry.text.count("{"))]
        if " " in entry.text:
            assert retell(entry.text.format(*values), "ko", 1) == entry.told.format(*values)
        else:  # a word is none where it stands alone
            assert retell(f"{entry.text} of 'x'", "ko") == f"'x'의 {entry.told}"


def test_places_that_only_a_space_parts_keep_their_order() -> None:
    """Nobody can tell where the one ends, so both are said side by side."""
    for entry in told("ko", FACTS).values():
        pairs = re.findall(r"\{\d+\} \{\d+\}", entry.text)
        assert all(pair in entry.told for pair in pairs), entry


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ('yield f"{a} has {len(b)} axes"', ["{0} has {1} axes"]),
        ('yield "twice" if a else f"all of {b}"', ["all of {0}"]),
        (
            'more = f" and {n} more" if n else ""\nyield f"{a} is wrong{more}"',
            ["and {0} more", "{0} is wrong and {1} more", "{0} is wrong"],
        ),
        ('text = f"{a} is long"\ntext += ", too"\nyield text',
         ["{0} is long", "{0} is long", "{0} is long, too"]),
        ('def f(a="of nothing"):\n    """Is it read?"""\n    return a == "is it said"',
         ["of nothing"]),
        ('yield counted(n, "input")', ["{0} input", "{0} inputs"]),
        ('raise ModelError(path, f"no graph in {a}", "try it again")',
         ["no graph in {0}", "try it again"]),
        ('raise ValueError(f"{a} is no axis")', []),
        ('found = _("a list of places"), re.compile("a b c d")', []),
        ('x = {"as it is": "what it was"}', ["what it was"]),
        ('return Refusal("a-code", f"data {{data}} has {n} bytes")', ["data {0} has {1} bytes"]),
    ],
)  # fmt: skip
def test_sentences_are_read_off_the_code(code: str, said: list[str]) -> None:
    assert list(read(code)) == said


MODELS = {
    "open sizes, a branch and an operator of a vendor": """
        <ir_version: 8, opset_import: ["" : 17, "com.acme" : 1]>
        g (float[N,S,64] x, bool c) => (float[N,S,64] y) {
          s = Constant <value = float[64,64] {WEIGHTS}> ()
          h = MatMul (x, s)
          i = com.acme.Strange (h)
          k = Identity (h)
          m = MatMul (k, s)
          y = If (c) <
            then_branch = t () => (float[N,S,64] a) { a = Relu (m) },
            else_branch = e () => (float[N,S,64] b) { b = MatMul (m, s) }
          >
        }""",
    "arithmetic that changes nothing": """
        <ir_version: 8, opset_import: ["" : 17]>
        g (float[1,8,16,16] x) => (float[1,8,16,16] y) {
          one = Constant <value = float {1.0}> ()
          zero = Constant <value = float {0.0}> ()
          a = Mul (x, one)
          b = Cast <to = 1> (a)
          c = Transpose <perm = [0, 1, 2, 3]> (b)
          s = Shape (c)
          d = Reshape (c, s)
          e = Concat <axis = 1> (d)
          f = Transpose <perm = [0, 2, 3, 1]> (e)
          h = Transpose <perm = [0, 3, 1, 2]> (f)
          i = Dropout (h)
          j = Add (i, zero)
          k = Exp (j)
          l = Log (k)
          dead = Sigmoid (l)
          y = Relu (l)
        }""",
    "recurrent": """
        <ir_version: 8, opset_import: ["" : 17]>
        g (float[T,1,8] x, float[1,64,8] w, float[1,64,16] r) => (float[T,1,1,16] y) {
          y, h, c = LSTM <hidden_size = 16> (x, w, r)
        }""",
    "a loop that data end": """
        <ir_version: 8, opset_import: ["" : 17]>
        g (int64 n, bool c, float[4,4] x) => (float[4,4] y) {
          y = Loop (n, c, x) <
            body = b (int64 i, bool p, float[4,4] u) => (bool q, float[4,4] v) {
              q = Identity (p)
              v = MatMul (u, u)
            }
          >
        }""",
    "names, types and operands that are wrong": """
        <ir_version: 8, opset_import: ["" : 17]>
        g (float[1,8,16,16] x) => (float[1,8,16,16] y) {
          a = Conv <kernel_shape = [3, 3]> (x, missing)
          b = Relu (a, a)
          c = Nothing (b)
          y = Add (c, x)
        }""",
}


def parsed(text: str, folder: Path) -> Path:
    weights = "{" + ", ".join(["0.5"] * 4096) + "}"
    path = folder / "net.onnx"
    model = parser.parse_model(text.replace("{WEIGHTS}", weights))
    path.write_bytes(model.SerializeToString())
    return path


@pytest.mark.parametrize("name", MODELS)
def test_no_english_is_left_on_pages(name: str, tmp_path: Path) -> None:
    path = parsed(MODELS[name], tmp_path)
    with speaking("ko"):
        result = judge(path)
        html = REPORT_FORMATS["html"](result, Options()).decode("utf-8")
    assert [text for text in texts(html) if english(text)] == []


@pytest.mark.parametrize("name", ["mobilenet_v1", "mobilenet_v1_standard"])
def test_no_english_is_left_on_the_pages_of_samples(name: str, cli: Cli, tmp_path: Path) -> None:
    done = cli(
        "report", str(SAMPLES / f"{name}.onnx"), "-o", str(tmp_path), "--format", "html",
        "--lang", "ko",
    )  # fmt: skip
    assert done.code == 0
    said = texts((tmp_path / f"{name}.html").read_text("utf-8"))
    assert [text for text in said if english(text)] == []
    assert [line for line in done.out.splitlines() if english(line)] == []


def test_no_english_is_left_of_comparisons(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    old = str(parsed(MODELS["arithmetic that changes nothing"], tmp_path / "old"))
    new = str(parsed(MODELS["names, types and operands that are wrong"], tmp_path))
    for kind in ("text", "markdown"):
        done = cli("compare", old, new, "--lang", "ko", "--format", kind)
        assert done.code == 0
        said = [line.replace("`", "'") for line in done.out.splitlines()]
        assert [line for line in said if english(line)] == []
    page = tmp_path / "compared.html"
    assert cli("compare", old, new, "--lang", "ko", "-o", str(page)).code == 0
    assert [text for text in texts(page.read_text("utf-8")) if english(text)] == []


@pytest.mark.parametrize("rule", ["SEP001", "TRU016", "CFG005"])
def test_explain_speaks_korean(rule: str, cli: Cli) -> None:
    """But for examples and options, which are of the file."""
    done = cli("explain", rule, "--lang", "ko")
    assert "## 문제가 되는 이유" in done.out
    prose = [line for line in done.out.splitlines() if line[:1] not in (" ", "-")]
    told = [line for line in prose if english(line)]
    assert [line for line in told if not line.endswith(":")] == []
