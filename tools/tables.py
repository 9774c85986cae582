"""Count the module-level tables that name operators outside ``analyzer/operators``.

What an operator is belongs in its record; a table elsewhere that lists operators is knowledge
that may come to disagree with it. ``python -m tools.tables`` prints each such table.

A string names operators where half of its words or more do, alone or in a list of them. Prose is no
such string: "nothing of a body of If, Loop or Scan is taken" is what a reader is told, and nothing
that is computed hangs on its words.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import onnx

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1] / "analyzer"
HOME = ROOT / "operators"
CONTAINERS = (ast.Dict, ast.Set, ast.Tuple, ast.List, ast.Call, ast.BinOp, ast.DictComp)


def operator_names() -> frozenset[str]:
    """Every operator of the onnx package and of onnxlint's own registry."""
    from analyzer.operators import operators

    known = {schema.name for schema in onnx.defs.get_all_schemas()}
    return frozenset(known | {record.name for record in operators()})


def tables(path: Path, names: frozenset[str]) -> Iterator[tuple[int, str, list[str]]]:
    """(line, name, operators) of each module-level table of ``path`` that names operators."""
    for statement in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Assign):
            targets = [t.id for t in statement.targets if isinstance(t, ast.Name)]
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            targets = [statement.target.id]
        else:
            continue
        if targets == ["__all__"] or not isinstance(statement.value, CONTAINERS):
            continue
        texts = [
            node.value.split()
            for node in ast.walk(statement.value)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        named = [(len(words), names.intersection(words)) for words in texts]
        found = sorted({word for many, known in named if 2 * len(known) >= many for word in known})
        if len(found) > 1 and targets:  # one name alone is a word, or a special case
            yield statement.lineno, targets[0], found


def main() -> None:
    names, total = operator_names(), 0
    for path in sorted(ROOT.rglob("*.py")):
        if HOME in path.parents:
            continue
        for line, name, found in tables(path, names):
            total += 1
            shown = " ".join(found[:6]) + (f" … {len(found)}" if len(found) > 6 else "")
            print(f"{path.relative_to(ROOT.parent)}:{line} {name}: {shown}")
    print(f"{total} tables name operators outside analyzer/operators")


if __name__ == "__main__":
    main()
