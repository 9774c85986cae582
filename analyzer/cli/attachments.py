"""What Netron demands of an attachment: one model each, and a name by which it knows the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.cli.outputs import is_open
from analyzer.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMAT = "netron"
_SUFFIX = ".json"


def check_attachments(outputs: Iterable[tuple[str, str]], models: int = 1) -> None:
    """Raises ``ConfigError`` where Netron could not use one of ``outputs``, (format, path)."""
    for path in (path for name, path in outputs if name == FORMAT):
        if models != 1:
            raise ConfigError(
                f"{FORMAT} is about one model, and there are {models:,}; write one for each with "
                f"onnxlint report MODEL -o DIR --format {FORMAT}"
            )
        if not (path.lower().endswith(_SUFFIX) or is_open(path) or path.startswith("/dev/")):
            raise ConfigError(f"{path}: Netron knows an attachment by {_SUFFIX} at its end; add it")
