"""Rebuild of the targets' tables what can be rebuilt from installed packages, and their docs.

``python -m tools.targets`` reads the kernels and operator versions of the installed ONNX Runtime
and prints what changed; with ``--write`` it changes the files. ``--docs`` rewrites the generated
parts of docs/targets.md, which a test compares.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from analyzer.targets.catalog import SHIPPED
from analyzer.targets.condition import ATOMS
from analyzer.targets.table import COLUMNS, KEYS, REQUIRED, shipped, tables_dir

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs/targets.md"
PART = re.compile(
    r"(<!-- (?P<what>targets|keys|atoms) -->\n)(?P<body>.*?)(<!-- end -->)", re.DOTALL
)
OPEN = 2**31 - 1
"""The last version of a kernel that says nothing about later ones."""
_SHORT = {"float": "f32", "double": "f64", "float16": "f16", "bfloat16": "bf16", "bool": "b",
          "string": "s"}  # fmt: skip
Key = tuple[str, str, str, str, str]
"""Domain, operator, since, until, types: what a kernel's row is recognised by."""
Types = frozenset[tuple[str, frozenset[str]]]
"""Element types by type parameter."""


def kernels() -> set[Key]:
    """Rows of the CPU kernels of the installed ONNX Runtime.

    Kernels of one operator and version that differ in one type parameter are one row.
    """
    from onnxruntime.capi import _pybind_state as state

    found: dict[tuple[str, str, str, str], set[Types]] = {}
    for kernel in state.get_all_opkernel_def():
        if kernel.provider != "CPUExecutionProvider":
            continue
        first, last = kernel.version_range
        until = "" if last >= OPEN else str(last)
        types = frozenset(
            (name, frozenset(map(short, listed)))
            for name, listed in kernel.type_constraints.items()
        )
        key = (kernel.domain or "ai.onnx", kernel.op_name, str(first), until)
        found.setdefault(key, set()).add(types)
    return {
        (*key, "; ".join(f"{name}={'|'.join(sorted(listed))}" for name, listed in sorted(types)))
        for key, rows in found.items()
        for types in merged(rows)
    }


def merged(rows: set[Types]) -> set[Types]:
    """``rows`` with those joined that differ in one parameter, until none do."""
    for name in sorted({name for row in rows for name, _ in row}):
        groups: dict[Types, set[str]] = {}
        rest: set[Types] = set()
        for row in rows:
            listed = dict(row).get(name)
            if listed is None:
                rest.add(row)
            else:
                others = frozenset(pair for pair in row if pair[0] != name)
                groups.setdefault(others, set()).update(listed)
        joined = {others | {(name, frozenset(listed))} for others, listed in groups.items()}
        rows = rest | {frozenset(row) for row in joined}
    return rows


def short(text: str) -> str:
    """``seq(tensor(float))`` in the spelling of the tables."""
    if text.startswith("map("):
        return text.replace(", ", ",")
    kind, _, inner = text.partition("(")
    if not inner:
        plain = _SHORT.get(text, text)
        return re.sub(r"uint", "u", re.sub(r"^int", "i", plain)).replace("float", "f")
    nested = short(inner.removesuffix(")"))
    return nested if kind == "tensor" else f"{kind}({nested})"


def signatures() -> Mapping[str, list[tuple[int, int, str, str]]]:
    """Versions and formal parameters of all operators that the installed ONNX Runtime registers."""
    from onnxruntime.capi import _pybind_state as state

    found: dict[str, list[tuple[int, int, str, str]]] = {}
    for schema in state.get_all_operator_schema():
        key = f"{schema.domain or 'ai.onnx'}:{schema.name}"
        entry = (schema.since_version, int(schema.deprecated),
                 _formals(schema.inputs), _formals(schema.outputs))  # fmt: skip
        found.setdefault(key, []).append(entry)
    return {key: sorted(found[key]) for key in sorted(found)}


def _formals(formals: Iterable[Any]) -> str:
    return " ".join(f"{formal.name}:{formal.typeStr}" for formal in formals)


def shipped_kernels() -> set[Key]:
    """Those of the table that ships."""
    text = (tables_dir() / "ort_cpu.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {
        (row["domain"], row["op"], row["since"], row["until"], row["dtypes"])
        for row in csv.DictReader(lines)
    }


def report(old: set[Key], new: set[Key]) -> list[str]:
    """A line for each row that came or went, and how many there are."""
    lines = [f"- {','.join(key)}" for key in sorted(old - new)]
    lines += [f"+ {','.join(key)}" for key in sorted(new - old)]
    return [*lines, f"ort_cpu: {len(old)} rows ship, {len(new)} are in the installed package"]


def rebuild(*, write: bool) -> None:
    """Print what changed; change the files where asked to."""
    import onnxruntime

    old, new = shipped_kernels(), kernels()
    print("\n".join(report(old, new)))
    known = json.loads((tables_dir() / "signatures.json").read_text(encoding="utf-8"))
    now = signatures()
    changed = [key for key in sorted({*known, *now})
               if known.get(key) != [list(entry) for entry in now.get(key, ())]]  # fmt: skip
    print(f"signatures: {len(known)} operators ship, {len(now)} are registered, "
          f"{len(changed)} differ{': ' if changed else ''}{', '.join(changed[:20])}")  # fmt: skip
    if write:
        _write_kernels(new, onnxruntime.__version__)
        _write_signatures(now)


def _write_kernels(rows: set[Key], version: str) -> None:
    path = tables_dir() / "ort_cpu.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    head = [line for line in lines if line.startswith("#")]
    kept = {
        (row["domain"], row["op"], row["since"], row["until"]): (row["condition"], row["note"])
        for row in csv.DictReader(line for line in lines if not line.startswith("#"))
    }
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for key in sorted(rows, key=lambda k: (k[0], k[1], int(k[2]), k[3], k[4])):
        writer.writerow([*key, *kept.get(key[:4], ("", ""))])
    head = [f"# version: {version}" if line.startswith("# version:") else line for line in head]
    path.write_text("\n".join(head) + "\n" + out.getvalue(), encoding="utf-8")


def _write_signatures(found: Mapping[str, list[tuple[int, int, str, str]]]) -> None:
    lines = (
        f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}"
        for key, value in found.items()
    )
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    (tables_dir() / "signatures.json").write_text(text, encoding="utf-8")


def documented() -> str:
    """docs/targets.md with its generated parts as they should be."""
    parts = {"targets": _targets, "keys": _keys, "atoms": _atoms}
    text = DOCS.read_text(encoding="utf-8")
    return PART.sub(lambda m: f"{m[1]}{parts[m['what']]()}{m[4]}", text)


def _targets() -> str:
    lines = ["| target | what it is | version | kind | trust | source |",
             "| --- | --- | --- | --- | --- | --- |"]  # fmt: skip
    for target in SHIPPED:
        table = shipped(target)
        cells = [f"`{target}`", *(table.text(key) for key in
                 ("name", "version", "kind", "trust", "source"))]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _keys() -> str:
    lines = ["| line | |", "| --- | --- |"]
    lines += [f"| `{key}`{'' if key in REQUIRED else ' (optional)'} | {text} |"
              for key, text in KEYS.items()]  # fmt: skip
    return "\n".join(lines) + "\n"


def _atoms() -> str:
    lines = ["| | true when |", "| --- | --- |"]
    lines += [f"| `{atom}` | {text} |" for atom, text in ATOMS.items()]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="change the tables")
    parser.add_argument("--docs", action="store_true", help="rewrite docs/targets.md only")
    arguments = parser.parse_args()
    if not arguments.docs:
        rebuild(write=arguments.write)
    DOCS.write_text(documented(), encoding="utf-8")


if __name__ == "__main__":
    main()
