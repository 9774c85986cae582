"""Reading the keys of a mapping, collecting every error instead of stopping at the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.ruleset.fields import did_you_mean
from analyzer.sanitise.widths import quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from analyzer.ruleset.document import Item


class Section:
    """One mapping of a rule file.

    The readers return the value, or an empty one of the right type after noting the error;
    ``finish`` notes the keys nobody asked for.
    """

    def __init__(self, item: Item, errors: list[tuple[int, str]], what: str = "") -> None:
        self.line: int = item.line
        self.errors: list[tuple[int, str]] = errors
        self.prefix: str = f"{what}: " if what else ""
        self.entries: dict[str, Item] = item.value if isinstance(item.value, dict) else {}
        self.read: set[str] = set()
        if not isinstance(item.value, dict):
            self.error("must be a mapping of keys to values")

    def error(self, message: str, line: int = 0) -> None:
        """Note an error, at this section's line unless another is given."""
        self.errors.append((line or self.line, self.prefix + message))

    def item(self, key: str, required: bool = False) -> Item | None:
        """The raw entry, ``None`` if absent."""
        self.read.add(key)
        if key not in self.entries and required:
            self.error(f"key {key!r} is missing")
        return self.entries.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        """A non-empty text, surrounding blank space removed; required without ``default``."""
        item = self.item(key, required=default is None)
        if item is None:
            return default or ""
        if isinstance(item.value, str) and item.value.strip():
            return item.value.strip()
        self.error(f"{key!r} must be a text (quote it?)", item.line)
        return ""

    def line_of_text(self, key: str, default: str | None = None) -> str:
        """A text on one line."""
        text = self.text(key, default)
        if "\n" in text:
            self.error(f"{key!r} must be one line", self.entries[key].line)
        return text

    def choice(self, key: str, allowed: Sequence[str], default: str | None = None) -> str:
        """One of ``allowed``; the first of them after an error."""
        text = self.text(key, default)
        if text in allowed:
            return text
        if text:
            hint = did_you_mean(text, allowed) or f", expected {', '.join(allowed)}"
            self.error(f"{key!r} is {quoted(text)}{hint}", self.entries[key].line)
        return allowed[0]

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, empty if absent."""
        item = self.item(key)
        return () if item is None else self.words(item, key)

    def words(self, item: Item, key: str) -> tuple[str, ...]:
        """The texts of a list item."""
        values = item.value if isinstance(item.value, list) else None
        words = tuple(v.value for v in values or () if isinstance(v.value, str) and v.value)
        if values is None or len(words) != len(values):
            self.error(f"{key!r} must be a list of texts", item.line)
        return words

    def finish(self, also_known: Collection[str] = ()) -> None:
        """Note every key that was never read."""
        known = {*self.read, *also_known}
        for key, item in self.entries.items():
            if key not in known:
                self.error(f"unknown key {quoted(key)}{did_you_mean(key, known)}", item.line)
