"""Spaces that only people need are left out of style sheets and scripts, and no others."""

from __future__ import annotations

from analyzer.report.briefly import tokens, with_brief_properties, with_short_names
from analyzer.report.tight import tight_script, tight_style
from tests.each import each


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


def test_a_line_that_ends_a_statement_begins_a_row_of_constants() -> None:
    told = 'a = b\nconst c = 1; const d = "const";\ne = f; const g = 2'
    assert tight_script(told) == 'a=b\nlet c=1,d="const";e=f;let g=2'


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


def test_no_short_name_is_a_word_of_the_language() -> None:
    names = [f"long{number}" for number in range(52 + 52 * 52)]
    script = with_short_names(f"const {' = 0, '.join(names)} = 0")
    given = set(script.removeprefix("const ").removesuffix(" = 0").split(" = 0, "))
    short = {name for name in given if len(name) <= 2}
    assert len(short) == 52 + 52 * 52 - 6
    assert not short & {"as", "do", "if", "in", "is", "of"}


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


@each(
    ("script", "found"),
    [
        ("a=b", "name:a sign:= name:b"),
        ("x = 'a\\'b' + \"c\\\"d\"", "name:x sign:= text:'a\\'b' sign:+ text:\"c\\\"d\""),
        ("1.5e-3 + 10n", "number:1.5e-3 sign:+ number:10n"),
        ("a?.b ?.5 : ...c => d", ("name:a sign:?. name:b sign:? sign:. number:5 sign:: sign:... "
         "name:c sign:=> name:d")),
        # A slash divides behind a value, and begins a pattern behind a sign or a word.
        ("a / b / c", "name:a sign:/ name:b sign:/ name:c"),
        ("f(/[/]a\\/b/g)", "name:f sign:( text:/[/]a\\/b/g sign:)"),
        ("return /x/", "name:return text:/x/"),
        ("/x/.test(y)", "text:/x/ sign:. name:test sign:( name:y sign:)"),
        ("a = // b", "name:a sign:= sign:/ sign:/ name:b"),
        ("`a` / b", "text:`a` sign:/ name:b"),
        ("(`${/x/}`)", "sign:( text:`${ text:/x/ text:}` sign:)"),
        # What is in a template in braces of its own is no end of it.
        ("`a${{b: {}}}c` + d", ("text:`a${ sign:{ name:b sign:: sign:{ sign:} sign:} text:}c` "
         "sign:+ name:d")),
        ("`a${`b${c}`}d`", "text:`a${ text:`b${ name:c text:}` text:}d`"),
        ("`$a \\` ${b}`", "text:`$a \\` ${ name:b text:}`"),
        ("{ `a` }", "sign:{ text:`a` sign:}"),
        ("`never ends", "text:`never ends"),
        ("$a_1 = _b", "name:$a_1 sign:= name:_b"),
    ],
)  # fmt: skip
def test_a_script_is_read_as_texts_names_numbers_and_signs(script: str, found: str) -> None:
    read = tokens(script)
    assert "".join(token.text for token in read) == script
    assert " ".join(f"{t.kind}:{t.text}" for t in read if t.kind != "space") == found


@each(
    ("script", "brief"),
    [
        # The most frequent first, of equals in the order of the alphabet.
        ("const long = 1, other = 2; f(other, other, long)",
         "const b = 1, a = 2; f(a, a, b)"),
        ("let one; let two; one = two", "let a; let b; a = b"),
        ("for (const each of all) each()", "for (const a of all) a()"),
        ("for (const each in all) each()", "for (const a in all) a()"),
        ("const name = value => value.name", "const a = b => b.name"),
        ("all.map(value => (other))", "all.map(a => (other))"),
        ("((first, second = first) => first + second)", "((a, b = a) => a + b)"),
        ("(([first, [second]], {third, four: fifth}) => first)",
         "(([a, [c]], {third:d, four: b}) => a)"),
        ("try { f() } catch (error) { error() }", "try { f() } catch (a) { a() }"),
        ("const value = f(inner, [outer]); value(inner)", "const a = f(inner, [outer]); a(inner)"),
        ("const value = {value: 1, key: value, value}",
         "const a = {value: 1, key: a, value:a}"),
        ("if (x) { const value = 1; value, x }", "if (x) { const a = 1; a, x }"),
        ("const f = () => { g; y }; y", "const a = () => { g; y }; y"),
        ("const value = x ? value : 0", "const a = x ? a : 0"),
        ("const value = [1, value, 2], other = value?.value",
         "const a = [1, a, 2], b = a?.value"),
        ("return {value}; const value = 1", "return {value:a}; const a = 1"),
        # Names of one letter that are taken are left out.
        ("const value = a, other = b; value + value + other", "const c = a, d = b; c + c + d"),
    ],
)  # fmt: skip
def test_variables_have_short_names_wherever_they_stand(script: str, brief: str) -> None:
    assert with_short_names(script) == brief


def test_there_are_names_of_two_letters_behind_those_of_one() -> None:
    script = "const " + ", ".join(f"n{n:02d}" for n in range(54)) + ";"
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert with_short_names(script) == f"const {', '.join([*letters, 'aa', 'ab'])};"
    names = ", ".join(f"n{n:03d}" for n in range(256))
    assert " do," not in with_short_names(f"const {names};")


def test_a_property_has_a_brief_name_from_where_it_pays() -> None:
    """``.name`` against ``[$a]`` each time, and ``,$a="name"`` once."""
    for name, count, brief in (("length", 4, False), ("length", 5, True), ("size", 10, False),
                               ("size", 11, True), ("has", 99, False)):  # fmt: skip
        script = f'"use strict";{f"x.{name};" * count}'
        told = with_brief_properties(script)
        assert (told != script) == brief, (name, count)
        if brief:
            assert told == f'"use strict";\nconst $a="{name}";{"x[$a];" * count}'
    text = f'"use strict";{"a.first?.second;" * 9}"a.first"'
    assert with_brief_properties(text) == (
        f'"use strict";\nconst $a="first",$b="second";{"a[$a]?.[$b];" * 9}"a.first"'
    )
