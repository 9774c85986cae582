"""``onnxlint rules new``: a rule file to begin with, which passes its own examples."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

from analyzer.errors import ConfigError, OutputError, said_by
from analyzer.sanitise.widths import quoted

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_ID = re.compile(r"^id: OWN(\d{3})\b", re.MULTILINE)

SKELETON = """\
# yaml-language-server: $schema=rule.schema.json
# (`onnxlint rules schema > rule.schema.json` puts it here: editors then complete and check.)
# What a rule can ask: `onnxlint rules fields`. How rules are written: docs/writing-rules.md.

id: {id}                        # three capital letters and three digits, yours alone
name: {name}
category: own
severity: warning                 # error | warning | info

# What one evaluation is about. Several operators at once: leave applies-to out and write
# `match: |` with a pattern.
applies-to: {{node: [Dropout]}}

# Numbers or words that users may change:
# options:
#   most: {{default: 0, help: How many are fine.}}

# True where something is to be said. An unknown field makes no condition true.
when: |
  readers(node.outputs[0]) > 0

message: |
  {{{{ node.label }}}} does nothing; readers: {{{{ readers(node.outputs[0]) }}}}

# What to do at this place; `fix` below says it in general.
remedy: remove {{{{ node.op_type }}}} {{{{ node.label }}}}
summary: Finds … (one line).
rationale: |
  Why that is bad, with figures.
# The heading of that in reports: a verb first, ten words at most, no full stop.
action: Remove the Dropout
fix: |
  What to do, and what it costs.
# references:
#   - https://…

# Documentation and tests in one, in ONNX's own text syntax: `onnxlint rules test FOLDER`.
examples:
  - name: what it finds
    expect: match
    model: |
      <ir_version: 8, opset_import: ["" : 17]>
      g (float[1,8] x) => (float[1,8] y) {{
        h = Dropout (x)
        y = Relu (h)
      }}
  - name: what comes near and is fine
    expect: no-match
    model: |
      <ir_version: 8, opset_import: ["" : 17]>
      g (float[1,8] x) => (float[1,8] y) {{ y = Relu (x) }}
"""


def write_new_rule(wanted: str) -> str:
    """Write a skeleton and return its path; it appears whole or not at all.

    Parameters
    ----------
    wanted : name of the rule, with or without a folder before and ``.yaml`` behind it.

    Raises
    ------
    ConfigError
        That is no name of a rule.
    OutputError
        There is such a file, or it cannot be written.
    """
    folder, name = os.path.split(wanted.removesuffix(".yaml"))
    if not _NAME.fullmatch(name):
        what = "the name of a rule is words of a-z and 0-9 joined by '-'"
        raise ConfigError(f"{what}, not {quoted(name)}; it says what is bad")
    path = os.path.join(folder, f"{name}.yaml")
    try:
        Path(folder or ".").mkdir(exist_ok=True)  # a folder of rules begins with its first rule
        text = SKELETON.format(id=_free_id(Path(folder or ".")), name=name)
        _create(path, text.encode())
    except FileExistsError:
        raise OutputError(f"{path}: is there already; choose another name") from None
    except FileNotFoundError:
        raise OutputError(f"{path}: there is no such folder; create it first") from None
    except (OSError, ValueError) as error:
        raise OutputError(f"{path}: cannot be written: {said_by(error)}") from error
    return path


def _free_id(folder: Path) -> str:
    """``OWN001``, or one more than the rules of the folder have."""
    numbers = [0]
    for file in sorted(folder.glob("*.yaml")):
        with suppress(OSError), file.open(encoding="utf-8", errors="replace") as stream:
            numbers += [int(found[1]) for found in _ID.finditer(stream.read(4096))]
    return f"OWN{min(max(numbers) + 1, 999):03}"


def _create(path: str, data: bytes) -> None:
    """A new file with all of ``data``; raises ``FileExistsError`` where there is one."""
    temporary = os.path.join(os.path.dirname(path), f".onnxlint-{os.urandom(8).hex()}.tmp")
    try:
        with open(temporary, "xb") as stream:
            stream.write(data)
        os.link(temporary, path)  # unlike a rename, it never replaces what came in between
    finally:
        with suppress(OSError):
            os.unlink(temporary)
