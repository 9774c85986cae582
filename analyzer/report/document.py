"""Results as JSON shows them: with everything that a report claims about the model."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.records import HIDDEN, INLINE, Output, shown
from analyzer.report.claims import claims_of

if TYPE_CHECKING:
    from analyzer.report.claims.record import Claim
    from analyzer.report.result import Batch, Result


@dataclass(frozen=True, slots=True)
class Document(Output):
    """Facts about one model, what the rules say about them, and what a report claims."""

    result: Result = field(metadata=INLINE)
    studied: bool = field(default=False, metadata=HIDDEN)
    """Whether claims may take further analyses."""
    told: tuple[Claim, ...] | None = field(default=None, metadata=HIDDEN)
    """The claims, if somebody knows them already."""

    @property
    @shown
    def claims(self) -> tuple[Claim, ...]:
        """Everything that a report says of the model, before it is put into words."""
        if self.told is not None:
            return self.told
        return claims_of(self.result, studied=self.studied)


@dataclass(frozen=True, slots=True)
class BatchDocument(Output):
    """Everything one ``check`` looked at, in the order given."""

    batch: Batch = field(metadata=INLINE)

    @property
    @shown
    def models(self) -> tuple[Document, ...]:
        """Models that could be judged."""
        return tuple(map(Document, self.batch.results))
