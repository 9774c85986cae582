"""What pages are made of: the JSON of a report, read back.

A page is a function of these bytes and of nothing else, so whoever has the JSON of a report can
make its pages again, byte by byte.
"""

from __future__ import annotations

import json
import re
from dataclasses import field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from analyzer.dataclass import dataclass
from analyzer.errors import ModelError
from analyzer.records import INLINE, SCHEMA, Output, shown
from analyzer.report.claims import claims_of
from analyzer.report.claims.record import Claim
from analyzer.report.document import Document
from analyzer.report.explained import explain
from analyzer.report.json import encode
from analyzer.report.page import Page, make_page
from analyzer.report.view.findings import SECURE
from analyzer.report.view.layers import PageBlock, PageFinding, PageNode
from analyzer.restore import MalformedError, record, restored
from analyzer.sanitise import widths
from analyzer.units import shorten

if TYPE_CHECKING:
    from analyzer.report.drawing import Drawing
    from analyzer.report.result import Options, Result

T = TypeVar("T")

MAX_BYTES = 1 << 30
"""Size of a report's JSON that is read back."""


@dataclass(frozen=True, slots=True)
class ReportDocument(Output):
    """What ``report`` writes: all that its pages are made of."""

    document: Document = field(metadata=INLINE)

    @property
    @shown
    def page(self) -> Page:
        """What the pages say and show besides the facts, the same for every medium."""
        page = make_page(self.document.result)
        ways, numbers = explain(self.document.result, page, self.document.claims)
        return replace(page, reckonings=ways, explained=numbers)


@record
class Writer:
    """Which tool wrote it."""

    version: str


@record
class Sheet:
    """The members of a report's JSON that its pages show."""

    schema: int
    tool: Writer
    page: Page
    claims: tuple[Claim, ...]
    nodes: tuple[PageNode, ...]
    blocks: tuple[PageBlock, ...]
    findings: tuple[PageFinding, ...]


_READABLE = re.compile(rb"\\\\[xu]")
"""What JSON has for text that it cannot hold, which is read back as it looks."""


class Report:
    """One report: its JSON, and that JSON read back."""

    def __init__(
        self,
        json: bytes,
        source: str = "the report",
        result: Result | None = None,
        data: dict[str, Any] | None = None,
    ) -> None:
        self.json = json
        """What ``--format json`` writes and the PDF has attached."""
        self.source = source
        self.result = result
        """What it was made of; ``None`` where it was read back."""
        if data is not None:
            self._data = data

    @classmethod
    def of(cls, subject: Result | Report) -> Report:
        """The report of one judged model; a report is its own."""
        if isinstance(subject, Report):
            return subject
        told = claims_of(subject, studied=True)
        document = Document(subject, studied=True, told=told)
        data = ReportDocument(document).to_dict()
        written = encode(data)
        is_as_read = not _READABLE.search(written)
        return cls(written, result=subject, data=data if is_as_read else None)

    @cached_property
    def sheet(self) -> Sheet:
        """What its pages are made of.

        Raises
        ------
        ModelError
            The bytes are not the JSON of a report of this version.
        """
        try:
            sheet = restored(Sheet, self._data)
        except MalformedError as error:
            raise self._refused(f"not the JSON of a report: {error}") from None
        for group in sheet.page.groups:
            for reference in group.references:
                if reference.address and not reference.address.startswith(SECURE):
                    raise self._refused(f"a link that does not begin with {SECURE}")
        if not is_drawable(sheet.page.drawing):
            raise self._refused("an edge whose source or target is no box")
        return sheet

    @property
    def is_comparison(self) -> bool:
        """Whether it is about two models, and pages of another kind; raises ``ModelError``."""
        return "old" in self._data and "new" in self._data

    def nodes(self, kind: type[T]) -> tuple[T, ...]:
        """Operators as records of class ``kind``, for a format that shows more of them than the
        pages do; raises as ``sheet`` does."""
        try:
            found: tuple[T, ...] = restored(tuple[kind, ...], self._data.get("nodes"), "nodes")  # type: ignore[valid-type]
        except MalformedError as error:
            raise self._refused(f"not the JSON of a report: {error}") from None
        return found

    @cached_property
    def _data(self) -> dict[str, Any]:
        return data_of(self.json, self.source)

    def _refused(self, what: str) -> ModelError:
        return refused(self.source, what)


def data_of(json_bytes: bytes, source: str) -> dict[str, Any]:
    """What the JSON of a report holds, before it is records; raises ``ModelError``."""
    try:
        data = json.loads(json_bytes)
    except (ValueError, RecursionError) as error:
        raise refused(source, f"not JSON: {error}") from None
    if not isinstance(data, dict) or "page" not in data or data.get("schema") != SCHEMA:
        raise refused(source, f"not the JSON of a report of schema {SCHEMA}")
    return data


def refused(source: str, what: str) -> ModelError:
    """Why a file is no report."""
    remedy = "name a model, or the JSON that `onnxlint report --format json` of this version wrote"
    return ModelError(source, what, remedy)


def unfit(source: str, error: Exception) -> ModelError:
    """Why a file of which each member is of its type is no report all the same."""
    what = "its members do not fit one another"
    known = error.args[0] if isinstance(error, KeyError) and error.args else None
    if isinstance(known, str):
        what = f"{shorten(known, widths.NAME)!r} is missing"
    return refused(source, f"not the JSON of a report: {what}")


def is_drawable(drawing: Drawing) -> bool:
    """Whether every edge leads from a box to a later one."""
    return all(0 <= e.source < e.target < len(drawing.boxes) for e in drawing.edges)


def is_json(path: str) -> bool:
    """Whether the file begins as JSON does, which no model can: ``{`` opens a protobuf group."""
    try:
        with open(path, "rb") as stream:
            return stream.read(1) == b"{"
    except (OSError, ValueError):  # whoever loads it says what is wrong
        return False


def read_json(path: str) -> bytes:
    """The bytes of a report's JSON; raises ``ModelError``."""
    try:
        with open(path, "rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise ModelError(path, f"cannot be read: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise ModelError(path, f"larger than {MAX_BYTES:,} bytes", "name the model instead")
    return data


def judged(subject: Result | Report) -> Result:
    """The judged model, for a format that shows more than pages do.

    Raises ``ModelError`` for a report that was read back.
    """
    if not isinstance(subject, Report):
        return subject
    if subject.result is None:
        raise ModelError(subject.source, "this format is made of a model, not of a report's JSON",
                         "name the model")  # fmt: skip
    return subject.result


def render_json(subject: Result | Report, options: Options) -> bytes:
    """One model, for ``report``: with all that its pages are made of."""
    return Report.of(subject).json
