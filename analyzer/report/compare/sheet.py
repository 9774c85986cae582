"""What pages about two models are made of: the JSON of a comparison, read back."""

from __future__ import annotations

from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.records import INLINE, Output, shown
from analyzer.report.compare.page import ComparePage, make_compare_page
from analyzer.report.compare.words import conclude, say
from analyzer.report.json import encode
from analyzer.report.sheet import Writer, data_of, is_drawable, refused
from analyzer.restore import MalformedError, record, restored

if TYPE_CHECKING:
    from analyzer.report.compare.pair import Pair


@dataclass(frozen=True, slots=True)
class ComparisonDocument(Output):
    """What ``compare`` writes as JSON: all that its pages are made of."""

    pair: Pair = field(metadata=INLINE)

    @property
    @shown
    def page(self) -> ComparePage:
        """What the pages say and show, the same for every medium."""
        return make_compare_page(self.pair)


@record
class ComparedSheet:
    """The members of a comparison's JSON that its pages show."""

    schema: int
    tool: Writer
    page: ComparePage


class ComparisonReport:
    """One report about two models: its JSON, and that JSON read back."""

    def __init__(self, json: bytes, source: str = "the report") -> None:
        self.json: bytes = json
        """What ``--format json`` writes and the PDF has attached."""
        self.source: str = source

    @classmethod
    def of(cls, subject: Pair | ComparisonReport) -> ComparisonReport:
        """The report of two judged models; a report is its own."""
        if isinstance(subject, ComparisonReport):
            return subject
        return cls(encode(ComparisonDocument(subject).to_dict()))

    @cached_property
    def sheet(self) -> ComparedSheet:
        """What its pages are made of.

        Raises
        ------
        ModelError
            The bytes are not the JSON of a comparison of this version.
        """
        try:
            sheet = restored(ComparedSheet, data_of(self.json, self.source))
        except MalformedError as error:
            raise refused(self.source, f"not the JSON of a comparison: {error}") from None
        page = sheet.page
        try:
            conclude(page.conclusion, page.headlines)
            for headline in page.headlines:
                say(headline)
        except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
            raise refused(self.source, f"a headline without its values: {error}") from None
        for side in (page.old, page.new):
            if side.drawing is not None and not is_drawable(side.drawing):
                raise refused(self.source, "an edge whose source or target is no box")
        return sheet
