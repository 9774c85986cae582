"""Every sink: where text from a file, a name or a configuration ends, and what is escaped there.

Nothing imports this but tests and the tool that writes SECURITY.md: each format of each command is
in one row, each function exists, and each place where text turns into bytes is known.
"""

from __future__ import annotations

from typing import NamedTuple


class Sink(NamedTuple):
    """One syntax that text ends in."""

    name: str
    formats: tuple[str, ...]
    """``TABLE format`` of ``analyzer.report``, ``graph format``; none for what is no format."""
    escaped: str
    """What is escaped beside what every sink escapes."""
    by: tuple[str, ...]
    """Functions, those of ``analyzer.sanitise`` by their name alone."""


EVERY = (
    "control characters, what is not seen (format, unassigned, private, default-ignorable and "
    "blank characters, every white space but the space), accents without a letter or piled up, "
    "the first character of commands to CI systems, as `\\x1b`, `\\u200b`; names are shortened, "
    "and spaces at their ends shown"
)
"""What ``clean`` and ``label`` do, before anything else."""

SINKS: tuple[Sink, ...] = (
    Sink(
        "lines of a terminal or a log, standard error, progress, help, errors of the command line",
        (
            "CHECK text",
            "CHECK concise",
            "STATISTICS text",
            "INSPECT text",
            "COMPARE text",
            "SCALE text",
            "TARGET text",
            "explain",
            "rules",
            "SETTINGS text",
        ),
        "each finished line once more, whatever it was put together from: line breaks of every "
        "system in it, and commands at its beginning; colours of ours stay",
        ("encode_lines", "encode_text", "line"),
    ),
    Sink(
        "workflow commands of GitHub",
        ("CHECK github",),
        "`%`, line breaks; in properties `:` and `,` as well",
        ("github_data", "github_property"),
    ),
    Sink(
        "CSV cells",
        ("CHECK csv", "INSPECT csv", "REPORT csv", "SCALE csv"),
        "quotes and separators; beginnings of formulas, also behind spaces, quotes and `;`",
        ("csv_rows", "csv_cell"),
    ),
    Sink(
        "Markdown: text, cells of tables",
        ("CHECK markdown", "COMPARE markdown"),
        "punctuation that marks up, HTML, what begins a block or a quick action; mentions, issues, "
        "commits, addresses, emoji and mathematics become code",
        ("markdown", "markdown_sentence", "encode_text"),
    ),
    Sink("Markdown: names as code", (), "backquotes by longer fences, `|`", ("markdown_code",)),
    Sink(
        "JSON, JSON lines, attachments of PDFs and of Netron",
        (
            "CHECK json",
            "CHECK jsonl",
            "CHECK gitlab",
            "CHECK netron",
            "INSPECT json",
            "INSPECT netron",
            "REPORT json",
            "REPORT netron",
            "COMPARE json",
            "SCALE json",
            "SETTINGS json",
            "STATISTICS json",
            "TARGET json",
        ),
        "only what JSON demands, everything beyond ASCII and commands, as JSON's own escapes: "
        "programs read back what the file holds",
        ("analyzer.report.json.encode", "analyzer.report.json.encode_lines"),
    ),
    Sink(
        "messages of SARIF",
        ("CHECK sarif", "CHECK code-scanning"),
        "placeholders (`{0}`), links (`[a](b)`); then as JSON",
        ("sarif_text", "analyzer.report.json.encode"),
    ),
    Sink(
        "addresses in SARIF",
        (),
        "percent-encoding; bytes that are no text stay what they are",
        ("analyzer.report.uri.uri",),
    ),
    Sink(
        "XML of JUnit",
        ("CHECK junit",),
        "`<`, `>`, `&`, quotes; what XML 1.0 cannot hold is not seen either; `[[ATTACHMENT`",
        ("xml_text", "encode_lines"),
    ),
    Sink(
        "HTML: text, attributes, SVG, titles and bookmarks",
        ("REPORT html", "REPORT pdf", "CHECK html", "COMPARE html", "COMPARE pdf"),
        "`<`, `>`, `&`, quotes, in every variable of every template; no scripts, no addresses but "
        "`https:`",
        ("analyzer.report.rendering.environment",),
    ),
    Sink(
        "pictures of a network: SVG, and PNG and PDF made of that",
        ("DRAW svg", "DRAW png", "DRAW pdf"),
        "`<`, `>`, `&`, quotes, in every variable of the template; no scripts, no addresses",
        ("analyzer.report.rendering.environment",),
    ),
    Sink(
        "GraphML", ("graph graphml",), "as XML demands", ("clean", "analyzer.graph.export.export")
    ),
    Sink("node-link JSON", ("graph json",), "as JSON demands", ("clean",)),
    Sink("Graphviz", ("graph dot",), "quotes and backslashes", ("dot",)),
    Sink(
        "names of files that are made from the model's",
        (),
        "separators, names of devices, what begins an option or a hidden file",
        ("file_name",),
    ),
    Sink(
        "baselines, JSON lines that people review",
        (),
        "what JSON demands; what is not seen and every accent, as JSON's own escapes",
        ("json_line",),
    ),
    Sink(
        "records at a Python prompt and in notebooks",
        (),
        "in notebooks as HTML",
        ("label", "analyzer.display.table"),
    ),
)

ENDS: dict[str, str] = {
    "cli/completion.py run": "fields made clean, and tabs for the shell between them",
    "cli/console.py _for_terminal": "bytes again, for a terminal that is not UTF-8",
    "cli/pages/places.py _ours": "the visible name of a file, as the system spells it",
    "cli/git/repository.py Repository.sizes": "names of objects, for git",
    "cli/git/repository.py Repository.small": "names of objects, for git",
    "cli/new_rule.py write_new_rule": "a text of ours and a checked name",
    "findings/baseline_file.py dump_baseline": "lines that json_line made",
    "findings/fingerprint.py _digest": "a digest",
    "graph/export.py _dot": "tokens quoted by dot",
    "graph/export.py _short_id": "a digest",
    "graph/export.py _node_link": "values made clean before",
    "report/compare/pages.py html": "what the templates made",
    "report/first_words.py hanging_spaces.hanging": "a length",
    "report/github.py render_batch": "commands of ours",
    "report/gitlab.py _issue": "a digest",
    "report/html.py _finished": "what the templates made",
    "report/index/html.py render_batch": "what the templates made",
    "report/index/html.py render_index": "what the templates made",
    "report/hangul.py _keeping.Kept.set_text": "a length",
    "report/json.py _escape": "the end of encode",
    "report/keeping.py _code": "what templates and scripts are made by",
    "report/keeping.py kept_script": "a digest, and a script that is kept",
    "report/keeping.py _sign": "a digest",
    "report/markdown.py _Page.add": "a length",
    "report/netron.py render": "the overlay, as JSON",
    "report/rendering.py csp_hash": "a digest",
    "report/sketch.py to_svg": "what the templates made",
    "report/uri.py uri": "percent-encoded",
    "sanitise/sinks.py csv_rows": "the end of csv_rows",
    "sanitise/sinks.py file_name": "a length",
    "sanitise/visible.py encode_lines": "the end of encode_lines",
}
"""Where text turns into bytes in whatever shows something, and why that is no way around."""
SPEAKERS: dict[str, str] = {
    "cli/console.py Console.write": "bytes that a sink made",
    "cli/console.py Console._say": "standard error, behind clean",
    "cli/git/lfs.py _copied": "a copy of a file",
    "cli/main.py main": "a text of ours, where memory ran out",
    "cli/new_rule.py _create": "a new rule file",
    "cli/outputs.py _create": "bytes that a sink made",
    "cli/outputs.py _Output.put": "bytes that a sink made",
    "examples.py _folder": "files of an example, to be judged",
}
"""Where bytes or text leave, beside the methods of the console."""


def security_table() -> str:
    """The sinks as a table of Markdown, for SECURITY.md."""
    rows = ["| Sink | Escaped besides | By |", "| --- | --- | --- |"]
    for sink in SINKS:
        by = ", ".join(f"`{name.rpartition('.')[2]}`" for name in sink.by)
        rows.append(f"| {sink.name} | {sink.escaped} | {by} |".replace("`|`", "`\\|`"))
    return "\n".join(rows) + "\n"
