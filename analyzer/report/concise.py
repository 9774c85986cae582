"""Text of ``check`` for editors and ``grep``: one line per finding and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.language import _
from analyzer.report.notices import CANNOT_JUDGE, INCONCLUSIVE, of_batch
from analyzer.report.style import Style
from analyzer.sanitise import clean, encode_lines

if TYPE_CHECKING:
    from analyzer.report.notices import Notice
    from analyzer.report.result import Batch, Options


def render_batch(batch: Batch, options: Options) -> bytes:
    """``path: place: RULE message``; where there is no verdict, ``path: cannot judge: why``."""
    style = Style(options.color)
    return encode_lines(_line(notice, style) for notice in of_batch(batch))


def _line(notice: Notice, style: Style) -> str:
    before = f"{clean(notice.path)}: {notice.where}"
    if notice.rule == CANNOT_JUDGE:
        return f"{before}{style.error(_('cannot judge'))}: {notice.message}"
    if notice.rule == INCONCLUSIVE:
        return f"{before}{style.warning(_('inconclusive'))}: {notice.message} [{notice.name}]"
    rule = style.severity(notice.severity.value, notice.rule)
    return f"{before}{rule} {notice.message}{notice.more}"
