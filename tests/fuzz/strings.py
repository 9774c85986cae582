"""Text that attacks whatever shows it: terminals, browsers, spreadsheets, CI logs, parsers."""

from __future__ import annotations

import random

from hypothesis import strategies as st

NOT_UTF8 = "\N{SYMBOL FOR SUBSTITUTE FORM TWO}\N{SYMBOL FOR DELETE FORM TWO}"
"""Stands for bytes that are not UTF-8, which protobuf's setters refuse; see ``break_utf8``."""
PROBE = "xss-probe"
"""Tag and attribute name that no template has."""

ATTACKS = (
    "",
    " ",
    "\0",
    "a\0b",
    "\x1b[31mred",
    "\x1b]0;title\x07",
    "\x1b]8;;http://evil.example\x1b\\link",
    "\x9b31m",
    "\x7f\x80\x85",
    "a\r\nb",
    "one\ntwo",
    "\t",
    "\u202egpj.exe",
    "\u2066\u2067\u2069",
    "a\u200bb\ufeff",
    "\u2028\u2029",
    "\ufffe\uffff",
    "\ud7ff\ue000",
    "\U000e0041\U0010ffff",
    "e\u0301" + "\u0300" * 200,
    "\N{FAMILY}" * 50,
    f"<{PROBE}>",
    f"</script><{PROBE} onload=alert(1)>",
    f"\"'><{PROBE}>",
    f"' {PROBE}=1 x='",
    f"]]><{PROBE}>",
    f"--><{PROBE}><!--",
    f"</style></title></textarea><{PROBE}>",
    f"&lt;{PROBE}&gt;",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2",
    "@SUM(A1)",
    " =1",
    "\t=1",
    "＝1",
    '"=1',
    ",;\n=1",
    "::error file=a,line=1::forged",
    "a\n::set-output name=x::y",
    "::stop-commands::token",
    "##[error]forged",
    "##vso[task.setvariable variable=a]b",
    "##teamcity[setParameter name='a' value='b']",
    "\xa0::error::a",
    ":\u0591:error::a",
    "+++ a",
    "section_start:1700000000:a\r\x1b[0K",
    "a\u034f\u115f\u2800\u3164\ufe0f\U000e0041b",
    "a;=1+1",
    "[link](javascript:alert(1)) `code` **bold** | cell |",
    "```\n# heading",
    "![x](http://evil.example/x.png)",
    "{{ 7*7 }}",
    "{% for x in range(10**9) %}{% endfor %}",
    "{0.__class__}",
    "%s%n%x",
    "$(id)",
    "`id`",
    "; rm -rf /",
    "../../etc/passwd",
    "C:\\con\\nul",
    "url(http://evil.example)",
    "@import 'x'",
    "__proto__",
    "None",
    "NaN",
    "-1",
    "ai.onnx",
    "com.microsoft",
    "n" * 300,
    "n" * 100_000,
    "\N{GREEK SMALL LETTER ALPHA}" * 5_000,
    "/" * 2_000,
    "a.b." * 1_000,
    NOT_UTF8,
    f"a{NOT_UTF8}b",
)

hostile_text = st.one_of(
    st.sampled_from(ATTACKS),
    st.text(max_size=30),
    st.lists(st.sampled_from([a for a in ATTACKS if len(a) < 100]), max_size=4).map("".join),
)
"""Hypothesis strategy: the attacks, anything else, and mixtures."""


def attack(rng: random.Random) -> str:
    """One of the attacks, or two glued together."""
    text = rng.choice(ATTACKS)
    return text if rng.random() < 0.7 else text[:2_000] + rng.choice(ATTACKS)[:2_000]


def break_utf8(data: bytes) -> bytes:
    """Serialised model with every ``NOT_UTF8`` replaced by as many bytes that are not UTF-8."""
    return data.replace(NOT_UTF8.encode(), b"\xff\xfe\xc0\x80\xed\xa0")
