"""Spaces that only people need are left out of style sheets and scripts, and no others."""

from __future__ import annotations

from analyzer.report.tight import tight_script, tight_style


def test_style_keeps_quoted_texts_and_spaces_that_mean_something() -> None:
    told = 'th button::after { content: " : { ↓"; width: calc(100% - 1px) }\n.b > c { x: y }'
    assert tight_style(told) == (
        'th button::after{content:" : { ↓";width:calc(100% - 1px)}.b > c{x:y}'
    )


def test_script_keeps_texts_expressions_lines_and_signs_apart() -> None:
    told = (
        "const a = b - -c + i++ + 1 - 2, d = /^[, ]+ = $/g, e = `, ${y}`;\nf(' = ')\ng ? h : a / 2"
    )
    assert tight_script(told) == (
        "const a=b - -c+i+++1-2,d=/^[, ]+ = $/g,e=`, ${y}`;f(' = ')\ng?h:a / 2"
    )
