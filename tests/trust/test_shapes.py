"""The shapes themselves: in which strings each means something, letters that look alike, loops."""

from __future__ import annotations

import math
from base64 import b64encode

import pytest

from analyzer.contents import Repetition
from analyzer.trust.encoded import entropy, verdict
from analyzer.trust.shapes import COMMON, NAMES, ONCE, OTHERS, SECRETS, SHOWN, TOLD, USED
from tests.each import each
from tests.trust.build import families, model, sightings
from tests.trust.test_behaviour import seen

EVERY = {"name", "identifier", "metadata-key", "metadata", "attribute", "element", "location",
         "declaration", "documentation"}  # fmt: skip
NAMING = {"name", "identifier", "metadata-key", "location"}


def test_in_which_strings_a_shape_means_what_it_says() -> None:
    assert {kind for shape in SECRETS for kind in shape.kinds} == EVERY == TOLD
    prose = {"metadata", "documentation"}
    for named, kinds in (
        (USED, EVERY - {"documentation"}),
        (NAMES, NAMING),
        (SHOWN, NAMING | prose),
    ):
        assert sorted(named) == sorted(kinds)
    shapes = [(shape.family, shape.kinds, shape.is_binary) for shape in OTHERS]
    told = prose | {"attribute"}
    assert shapes == [
        ("code", EVERY, False), ("shell", EVERY, False), ("markup", SHOWN, False),
        ("ci-command", EVERY, False), ("ci-command", NAMING, False), ("control", NAMING, False),
        ("control", prose, False), ("bidi", SHOWN, False),
        ("invisible", NAMING, False), ("homograph", NAMING, False),
        ("escape", {"attribute"}, False), ("url", EVERY, False), ("path", EVERY, False),
        ("email", told | {"identifier"}, False), ("trace", EVERY, False),
        ("pickle", told | {"element"}, True), ("encoded", told, False),
    ]  # fmt: skip
    assert {"url", "path", "trace", "email"} == COMMON
    assert {"trace", "control", "invisible"} == ONCE


KEYS = {
    "GOCSPX-" + "a" * 28: "a client secret of Google",
    "SG." + "b" * 22 + "." + "c" * 43: "a key of SendGrid",
    "AccountKey=" + "d" * 86 + "==": "a key of Azure storage",
    "ASIAABCDEFGHIJKLMNOP": "an access key of AWS",
    "gho_" + "e" * 36: "a token of GitHub",
    "xapp-1-A123": "",
    "xoxp-1234567890": "a token of Slack",
    "rk_live_" + "f" * 16: "a key of Stripe",
    "pypi-AgE" + "g" * 50: "a token of npm or PyPI",
    "-----BEGIN OPENSSH PRIVATE KEY": "a private key",
    "redis+tls://:secretword@host": "",
    "ftp://bob:secretword@host": "a password in a URL",
}


def test_forms_of_keys_that_their_issuers_state() -> None:
    made = model()
    for number, key in enumerate(KEYS):
        made.metadata_props.add(key=f"k{number}", value=key)
    seen = {s.owner: s.what for s in sightings(made) if s.family == "secret"}
    found = {key: seen.get(f"metadata 'k{n}' of the model", "") for n, key in enumerate(KEYS)}
    assert found == KEYS


ALIKE = (
    "\u0430\u0441\u0501\u0435\u04bb\u0456\u0458\u04cf\u043e\u0440\u051b\u0455\u051d\u0445\u0443"
    "\u0475\u0410\u0412\u0421\u0415\u041d\u0406\u0408\u041a\u041c\u041e\u0420\u0405\u0422\u0425"
    "\u0423\u04ae\u0492\u050c"
    "\u03bf\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
    "\u0585\u0578\u057d\u0581\u0570\u053c"
)
"""Cyrillic, Greek and Armenian letters that Technical Standard 39 takes for Latin ones."""


def test_letters_that_look_like_latin_ones_beside_latin_ones() -> None:
    made = model()
    for index, letter in enumerate(ALIKE):
        made.graph.node.add(op_type="Relu", input=["x"], output=[f"x{letter}{index}"])
    found = [s for s in sightings(made) if s.family == "homograph"]
    assert sum(s.count for s in found) == len(ALIKE) == 55
    words = model()
    for letter in ALIKE:
        words.metadata_props.add(key=letter * 3, value="v")
    assert families(words) == set(), "each is a word of one script"


@each(
    ("data", "said"),
    [
        (b64encode(b"\x7fELF\x02\x01\x01" + bytes(20)), "an ELF program in base64"),
        (b"f0VMRgIB_-AAAAAA", "an ELF program in base64"),
        ((b"\x7fELF" + bytes(60)).hex().encode(), None),
        ((b"\x7fELF" + bytes(61)).hex().encode()[:129], "an ELF program in hexadecimal digits"),
        ((b"\x7fELF" + bytes(61)).hex().encode(), "an ELF program in hexadecimal digits"),
        ((b"\x7fELF" + bytes(61)).hex().upper().encode(), "an ELF program in hexadecimal digits"),
        (b"ab" * 100, None),
        (b64encode(b"\x01\x62\xa3" * 400), None),
        (b64encode(bytes(n * 97 % 256 ^ n >> 3 for n in range(384))), "data in base64"),
        (b64encode(bytes(n * 97 % 256 ^ n >> 3 for n in range(381))), None),
        (b"a", None), (b"!!!!", None), (b"f0VM!gIB", None),
        (b"", None),
    ],
)  # fmt: skip
def test_what_digits_hide(data: bytes, said: str | None) -> None:
    assert verdict(data) == said


def test_entropy_is_in_bits_for_each_byte() -> None:
    assert [entropy(x) for x in (b"", b"aaaa", b"abab", b"abcd", bytes(range(256)))] == [
        0,
        0,
        1,
        2,
        8,
    ]
    assert math.isclose(entropy(b"aab"), math.log2(3) - 2 / 3)


def carried(
    limit: str = "n", condition: str = "t", body: str = "d = Identity (c)", more: str = ""
) -> str:
    """A Loop with one value that it carries."""
    return f"""g (float[4] x, bool free) => (float[4] y)
        <int64 n = {{7}}, int64[1] one = {{5}}, int64 none = {{0}}, int64 minus = {{-1}},
         bool t = {{1}}, bool f = {{0}}, float k = {{9}}>
        {{ {more} y = Loop ({limit}, {condition}, x)
           <body = b (int64 i, bool c, float[4] a) => (bool d, float[4] o)
           {{ {body} o = Identity (a) }}> }}"""


@pytest.mark.parametrize(
    ("text", "trips"),
    [
        (carried(), [7]),
        (carried(limit="one"), [5]),
        (carried(limit="none"), [0]),
        (carried(limit="minus"), []),
        (carried(condition="f"), []),
        (carried(condition="free"), []),
        (carried(condition=""), [7]),
        (carried(limit="", condition="t"), [None]),
        (carried(limit="", condition=""), [None]),
        (carried(body="e = Identity (c) d = Identity (e)"), [7]),
        (carried(body="d = Constant <value = bool {1}> ()"), [7]),
        (carried(body="d = Constant <value = bool {0}> ()"), []),
        (carried(body="d = Not (c)"), []),
        (carried(body="e = ReduceMax <keepdims = 0> (a) d = Less (e, k)"), []),
        (carried(limit="m", more="m = Constant <value_int = 3> ()"), [3]),
        (carried(limit="m", more="m = Constant <value = int64 {4}> ()"), [4]),
        (carried(limit="m", more="s = Size (x) m = Identity (s)"), []),
    ],
)  # fmt: skip
def test_how_often_a_loop_runs_by_the_files_own_word(text: str, trips: list[int | None]) -> None:
    assert [found.trips for found in seen(Repetition, text)] == trips
