"""Reports of many models, and an index that leads to them; no model keeps another from its report.

Each process makes one report after the other and hands it over, and this one writes it and keeps a
row of the index: memory does not grow with the number of models.
"""

from __future__ import annotations

import os
from argparse import Namespace
from typing import TYPE_CHECKING

from analyzer.cli import exits
from analyzer.cli.apart import made_apart
from analyzer.cli.bases import with_bases
from analyzer.cli.batch import each_path, jobs_for
from analyzer.cli.configurations import Configurations
from analyzer.cli.judge import failure_of, prepare
from analyzer.cli.outputs import keep_models, write_files
from analyzer.cli.pages.browser import open_page
from analyzer.cli.pages.made import FULL, judged, options_of, private_paths, rendered, tell
from analyzer.cli.pages.places import (
    INDEX,
    ReportPlace,
    places_of,
    roots_of,
    targets_of,
    without_roots,
)
from analyzer.cli.paths import STDIN, absolute, expand
from analyzer.cli.plan import make_plans
from analyzer.cli.progress import BatchProgress
from analyzer.cli.shell import command_line
from analyzer.dataclass import dataclass
from analyzer.devices import SHIPPED, profile
from analyzer.errors import OutputError
from analyzer.language import _
from analyzer.model.limits import Limits
from analyzer.report.brief import brief_index
from analyzer.report.index.csv import render_index_csv
from analyzer.report.index.entry import IndexEntry, entry_of, failed
from analyzer.report.index.html import render_index
from analyzer.report.index.pdf import render_index_pdf
from analyzer.report.privacy import name_of
from analyzer.report.result import Failure, Options
from analyzer.report.sheet import Report
from analyzer.report.uri import uri

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.cli.console import Console
    from analyzer.cli.environment import Environment
    from analyzer.cli.plan import Plan

WORTHWHILE = 2
"""Models per further process: a report takes longer than starting one."""
NAMED = 3
"""Models of a command line that a report states; a glob may have thousands."""


@dataclass(frozen=True, slots=True)
class Filed:
    """The report of one model on its way into its files."""

    item: IndexEntry | Failure
    files: Mapping[str, bytes]
    """By path; empty once they are written."""


def report_many(
    arguments: Namespace,
    suffixes: Mapping[str, str],
    console: Console,
    environment: Environment,
) -> int:
    """Write a report of every model, then the index, and say so.

    ``suffixes`` has the formats' ends of names.

    Raises
    ------
    ConfigError, RuleError
        With nothing judged.
    OutputError
        The index cannot be written.
    """
    named, folder = arguments.models, arguments.output
    full = arguments.provenance == FULL
    configurations = Configurations(arguments)
    found = expand(named, console.note, configurations)
    models = found.models
    places, roots = places_of(models, named), roots_of(named)
    targets = {path: targets_of(place.stem, folder, suffixes) for path, place in places.items()}
    kinds = ("html", "csv", "pdf") if "pdf" in suffixes else ("html", "csv")
    index = targets_of(INDEX, folder, {kind: kind for kind in kinds})
    files = [path for each in (*targets.values(), index) for path in each.values()]
    keep_models(files, models)
    plans = with_bases(
        make_plans(
            models, arguments, environment.today,
            note=console.note, configurations=configurations,
        )
    )  # fmt: skip
    shelf = _Shelf(arguments, plans, places, targets, console, environment)
    made = shelf.fill(models, suffixes)

    def row(path: str, item: IndexEntry | Failure) -> IndexEntry:
        if isinstance(item, IndexEntry):
            return item
        console.error(item.message)
        if full:
            return failed(path, item.reason)
        shown = places[path].shown if path in places else name_of(path)
        return failed(shown, without_roots(item.reason, roots, named))

    entries = tuple(
        row(item, made[item]) if isinstance(item, str)
        else row(item.path, Failure(item.path, str(item)))
        for item in found.items
    )  # fmt: skip
    match named:
        case [name]:
            title = name_of(absolute(name))
        case _several:
            title = _("Models")
    _write_index(entries, title, index, console, Options(created=environment.created))
    if arguments.open:
        open_page(index["html"], console, environment)
    unread = any(not entry.judged for entry in entries)
    return exits.INCONCLUSIVE if unread else exits.CLEAN


def _write_index(
    entries: Sequence[IndexEntry],
    title: str,
    index: Mapping[str, str],
    console: Console,
    options: Options,
) -> None:
    """Write the index and say so; ``index`` has its paths by format. The PDF comes last: what is
    read first is there, whatever becomes of it."""
    contents = {
        index["html"]: render_index(entries, options, title),
        index["csv"]: render_index_csv(entries),
    }
    write_files(contents, folder=os.path.dirname(index["html"]))
    if "pdf" in index:
        console.doing(_("writing {format}", format="PDF"))
        page = made_apart(lambda: render_index_pdf(entries, options, title), Limits(), "the PDF")
        write_files({index["pdf"]: page})
    tell(brief_index(entries), index.values(), console)


class _Shelf:
    """What one run needs for each of its models."""

    def __init__(
        self,
        arguments: Namespace,
        plans: Mapping[str, Plan],
        places: Mapping[str, ReportPlace],
        targets: Mapping[str, Mapping[str, str]],
        console: Console,
        environment: Environment,
    ) -> None:
        self._arguments = arguments
        self._plans = plans
        self._places = places
        self._targets = targets
        self._console = console
        self._created = environment.created
        self._debug: bool = arguments.debug or environment.debug
        self._full: bool = arguments.provenance == FULL
        asked = tuple(dict.fromkeys(arguments.device))
        self._devices = tuple(map(profile, asked or SHIPPED))
        self._asked = self._devices if asked else ()
        self._command = _command(arguments, () if self._full else private_paths(arguments))

    def fill(
        self, models: Sequence[str], formats: Mapping[str, str]
    ) -> dict[str, IndexEntry | Failure]:
        """Write the reports, and say what the index has of each model."""
        jobs = 1 if STDIN in models else jobs_for(len(models), self._arguments.jobs, WORTHWHILE)
        if jobs > 1:
            prepare()
            _prepare_pages(formats)
        progress = BatchProgress(self._console, models)
        done = each_path(self._filed, models, progress, jobs, scarce=_lacks, kept=self._put)
        progress.over()
        return {
            path: filed.item if isinstance(filed, Filed) else filed for path, filed in done.items()
        }

    def _filed(self, path: str) -> Filed:
        try:
            return self._made(path)
        except Exception as error:  # noqa: BLE001 - it concerns this model alone
            return Filed(failure_of(path, error, self._console, debug=self._debug), {})

    def _made(self, path: str) -> Filed:
        plan, targets = self._plans[path], self._targets[path]
        result = judged(path, plan, self._command, self._devices, full=self._full)
        options = options_of(self._arguments, plan, self._created)
        report = Report.of(result)
        contents = rendered(report, targets, options, plan.limits, debug=self._debug)
        folder = self._arguments.output
        links = {name: uri(os.path.relpath(to, folder)) for name, to in targets.items()}
        shown = path if self._full else self._places[path].shown
        entry = entry_of(result, shown, links, self._asked)
        return Filed(entry, {targets[name]: data for name, data in contents.items()})

    def _put(self, filed: Filed) -> Filed:
        """Write the files of a report, all or none."""
        if not filed.files:
            return filed
        try:
            write_files(filed.files, folder=os.path.dirname(next(iter(filed.files))))
        except OutputError as error:
            return Filed(Failure("", str(error)), {})
        return Filed(filed.item, {})


def _lacks(filed: Filed) -> bool:
    return isinstance(filed.item, Failure) and filed.item.scarce


def _prepare_pages(formats: Mapping[str, str]) -> None:
    """Import what makes pages, once, before processes are forked."""
    import analyzer.report.content
    import analyzer.report.page  # noqa: F401
    from analyzer.report.rendering import environment

    environment().get_template("report.html.j2")
    if "pdf" in formats:
        from analyzer.report.pdf import prepare_pdf

        try:
            prepare_pdf()
        except OutputError:
            return  # each report will say so


def _command(arguments: Namespace, private: Sequence[str]) -> str:
    """The command line as reports state it: of many models, the first."""
    left = {*arguments.models[NAMED:]}
    words = [word for word in arguments.words if word not in left]
    more = f" … ({len(left):,} more)" if left else ""
    return command_line(Namespace(words=words), private) + more
