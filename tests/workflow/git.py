"""Git repositories that tests make, whatever the configuration of whoever runs them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

IDENTITY = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in {
        "NAME": "A Developer",
        "EMAIL": "developer@example.invalid",
        "DATE": "2026-01-01T00:00:00Z",
    }.items()
}


def environment(**more: str) -> dict[str, str]:
    """Variables for commands that use git: nothing of the caller's that steers it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    return kept | alone | IDENTITY | more


def git(folder: Path, *words: str) -> str:
    """Run git in ``folder``; what it prints."""
    done = subprocess.run(
        ["git", *words], cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def commit(folder: Path, files: Mapping[str, bytes | str] | None = None) -> str:
    """Write ``files``, commit everything in ``folder``, made a repository if need be; the hash."""
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet", "--initial-branch=main")
    for name, content in (files or {}).items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "change")
    return git(folder, "rev-parse", "HEAD")
