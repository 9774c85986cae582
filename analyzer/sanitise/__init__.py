"""The one place where text from a model file becomes fit to show.

A model's names may hold terminal control bytes, characters that nobody sees, bidirectional
overrides that reorder what a reader sees, commands that a CI system obeys, or a hundred thousand
characters. Every format passes them through ``clean`` or ``label`` and then through the escaper
of its own syntax; a format made of lines ends in ``encode_lines``, which looks at each once more.

``table.py`` lists every sink, what is escaped there and by what.
"""

from analyzer.sanitise.sinks import (
    CELL,
    csv_cell,
    csv_rows,
    dot,
    file_name,
    github_data,
    github_property,
    json_line,
    markdown,
    markdown_code,
    markdown_sentence,
    sarif_text,
    xml_text,
)
from analyzer.sanitise.visible import (
    BLANK,
    LIMIT,
    clean,
    encode_lines,
    encode_text,
    label,
    line,
    spaced,
    without_commands,
)

__all__ = [
    "BLANK", "CELL", "LIMIT", "clean", "csv_cell", "csv_rows", "dot", "encode_lines", "encode_text",
    "file_name", "github_data", "github_property", "json_line", "label", "line", "markdown",
    "markdown_code", "markdown_sentence", "sarif_text", "spaced", "without_commands", "xml_text",
]  # fmt: skip
