"""Real git repositories for tests, and git LFS as its specification says: it is not installed."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import onnx
import onnx.parser
from onnx import TensorProto

_SETTINGS = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org",
}  # fmt: skip


def environment(**more: str) -> dict[str, str]:
    """Variables for commands that use git: nothing of the caller's that steers it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | _SETTINGS | more


def git(folder: Path, *words: str) -> str:
    """What a command of git prints."""
    command = ["git", "-c", "protocol.file.allow=always", *words]
    done = subprocess.run(command, cwd=folder, env=environment(), check=True, capture_output=True)
    return done.stdout.decode().strip()


def repository(folder: Path) -> Path:
    """An empty one, on the branch ``main``."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", "-b", "main")
    return folder


def commit(folder: Path, **files: bytes) -> str:
    """Commit everything that is there, after writing ``files``."""
    for name, data in files.items():
        write(folder / name.replace("__", "/"), data)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "a change")
    return git(folder, "rev-parse", "HEAD")


def write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def pointer(data: bytes) -> bytes:
    """What git LFS commits in the place of ``data``."""
    oid = hashlib.sha256(data).hexdigest()
    return (
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(data)}\n".encode()
    )


def store(folder: Path, data: bytes) -> Path:
    """Where git LFS keeps ``data`` once it is fetched."""
    oid = hashlib.sha256(data).hexdigest()
    path = folder / ".git/lfs/objects" / oid[:2] / oid[2:4] / oid
    write(path, data)
    return path


def product(columns: int = 4) -> bytes:
    """A model of ``4 · columns`` multiply-accumulates and as many weights."""
    weights = ", ".join(["1.0"] * (4 * columns))
    model = onnx.parser.parse_model(f"""<ir_version: 8, opset_import: ["" : 17]>
    g (float[1,4] x) => (float[1,{columns}] y) <float[4,{columns}] w = {{{weights}}}> {{
      y = MatMul (x, w)
    }}""")
    data: bytes = model.SerializeToString()
    return data


def product_beside(data: str) -> bytes:
    """The same model with its 16 weights in the file ``data``."""
    model = onnx.ModelProto.FromString(product())
    tensor = model.graph.initializer[0]
    tensor.ClearField("float_data")
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=data)
    found: bytes = model.SerializeToString()
    return found
