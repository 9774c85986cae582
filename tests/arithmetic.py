"""What a substitution comes to: the arithmetic of ``1·64·56·56 · 3·3 + 2``, worked out."""

from __future__ import annotations

import ast
import re
from fractions import Fraction

_SIGNS = str.maketrans({"·": "*", "−": "-"})
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_LOW = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def worked_out(text: str) -> Fraction:
    """The value of an arithmetic expression of numbers, exactly.

    Raises ``ValueError`` for anything that is not arithmetic.

    >>> worked_out("2 · 3² − (1 + 1) / 4")
    Fraction(35, 2)
    """
    plain = _RAISED.sub(lambda power: "**" + power[0].translate(_LOW), text.translate(_SIGNS))
    try:
        return _value(ast.parse(plain, mode="eval").body)
    except (SyntaxError, ZeroDivisionError) as error:
        raise ValueError(f"no arithmetic: {text!r}") from error


def _value(node: ast.expr) -> Fraction:
    match node:
        case ast.Constant(value=int() | float() as number):
            return Fraction(str(number))
        case ast.UnaryOp(ast.USub(), operand):
            return -_value(operand)
        case ast.BinOp(left, ast.Add(), right):
            return _value(left) + _value(right)
        case ast.BinOp(left, ast.Sub(), right):
            return _value(left) - _value(right)
        case ast.BinOp(left, ast.Mult(), right):
            return _value(left) * _value(right)
        case ast.BinOp(left, ast.Div(), right):
            return _value(left) / _value(right)
        case ast.BinOp(left, ast.Pow(), right):
            return _value(left) ** int(_value(right))
        case ast.Call(ast.Name("max"), parts):
            return max(map(_value, parts))
        case ast.Call(ast.Name("min"), parts):
            return min(map(_value, parts))
    raise ValueError(f"no arithmetic: {ast.unparse(node)}")
