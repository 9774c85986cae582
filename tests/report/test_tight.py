"""Spaces that only people need are left out of style sheets and scripts, and no others."""

from __future__ import annotations

from analyzer.report.briefly import with_brief_properties, with_short_names
from analyzer.report.tight import tight_script, tight_style


def test_style_keeps_quoted_texts_and_spaces_that_mean_something() -> None:
    told = 'th button::after { content: " : { ↓"; width: calc(100% - 1px) }\n.b > c { x: y }'
    assert tight_style(told) == (
        'th button::after{content:" : { ↓";width:calc(100% - 1px)}.b>c{x:y}'
    )


def test_script_keeps_texts_expressions_lines_and_signs_apart() -> None:
    told = (
        "const a = b - -c + i++ + 1 - 2, d = /^[, ]+ = $/g, e = `, ${y}`;\nf(' = ')\ng ? h : a / 2"
    )
    assert tight_script(told) == (
        "let a=b - -c+i+++1-2,d=/^[, ]+ = $/g,e=`, ${y}`;f(' = ')\ng?h:a / 2"
    )


def test_constants_in_a_row_are_one_statement() -> None:
    told = (
        "const a = { b: 1 };\n"
        "const [c] = f(() => { const d = 2; const e = 3; g(d); const h = 4 });\n"
    )
    after = "if (c) { k() }\nconst l = 5; c(l); const m = 6; for (const n of m) n();"
    assert tight_script(told + after) == (
        "let a={b:1},[c]=f(()=>{let d=2,e=3;g(d);let h=4});"
        "if(c){k()}\nlet l=5;c(l);let m=6;for(let n of m)n();"
    )


def test_templates_in_templates_are_texts() -> None:
    assert tight_script("a = `2x${ b }${c ? ` + ${d}` : ''}`;") == "a=`2x${ b }${c?` + ${d}`:''}`;"


def test_short_names_leave_properties_keys_globals_and_texts() -> None:
    told = (
        "const value = 1, { left, right: other = value } = document.value;\n"
        "const show = ({ target }, more = {}) => ({ left, value: other ? left"
        " : value, ...more });\n"
        'on(show, `${value} value ${show({ target: "value" }).left}`, (left) => left / value / 2);'
    )
    assert with_short_names(told) == (
        "const a = 1, { left:b, right: e = a } = document.value;\n"
        "const c = ({ target:f }, d = {}) => ({ left:b, value: e ? b : a, ...d });\n"
        'on(c, `${a} value ${c({ target: "value" }).left}`, (b) => b / a / 2);'
    )


def test_short_names_are_no_names_that_something_else_has() -> None:
    assert with_short_names("const long = a + b; let c = d") == "const e = a + b; let c = d"


def test_properties_that_are_said_often_have_a_short_name() -> None:
    told = (
        '(() => {\n"use strict";\n'
        "a.textContent = b?.textContent + c.textContent.length + d.textContent;\n})();"
    )
    assert with_brief_properties(told) == (
        '(() => {\n"use strict";\nconst $a="textContent";\n'
        "a[$a] = b?.[$a] + c[$a].length + d[$a];\n})();"
    )
    assert with_brief_properties("a.b()") == "a.b()"
