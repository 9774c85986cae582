"""Terminal colours, as words; switched off they change nothing."""

from __future__ import annotations

from analyzer.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """ANSI colours of text output."""

    color: bool = False

    def bold(self, text: str) -> str:
        return self._in("1", text)

    def dim(self, text: str) -> str:
        return self._in("2", text)

    def error(self, text: str) -> str:
        return self._in("1;31", text)

    def warning(self, text: str) -> str:
        return self._in("33", text)

    def info(self, text: str) -> str:
        return self._in("36", text)

    def good(self, text: str) -> str:
        return self._in("32", text)

    def severity(self, severity: str, text: str) -> str:
        """``text`` in the colour of ``error``, ``warning`` or ``info``."""
        paint = {"error": self.error, "warning": self.warning, "info": self.info}
        return paint[severity](text)

    def _in(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and text else text
