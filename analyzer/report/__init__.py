"""Results as bytes, one module per format; each is imported when it is first asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from analyzer.report.result import Batch, Failure, Options, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analyzer.report.compare import Pair
    from analyzer.report.scale import Study

    Renderer = Callable[[Result, Options], bytes]
    BatchRenderer = Callable[[Batch, Options], bytes]
    ScaleRenderer = Callable[[Study, Options], bytes]
    CompareRenderer = Callable[[Pair, Options], bytes]

__all__ = ["CHECK_FORMATS", "COMPARE_FORMATS", "INSPECT_FORMATS", "REPORT_FORMATS",
           "SCALE_FORMATS", "Batch", "Failure", "Options", "Result"]  # fmt: skip


def _html(result: Result, options: Options) -> bytes:
    return _load("html", "render", result, options)


def _pdf(result: Result, options: Options) -> bytes:
    return _load("pdf", "render", result, options)


def _json(result: Result, options: Options) -> bytes:
    return _load("json", "render", result, options)


def _csv(result: Result, options: Options) -> bytes:
    return _load("csv", "render", result, options)


def _text(result: Result, options: Options) -> bytes:
    return _load("text", "render", result, options)


def _check_text(batch: Batch, options: Options) -> bytes:
    return _load("lines", "render_batch", batch, options)


def _check_json(batch: Batch, options: Options) -> bytes:
    return _load("json", "render_batch", batch, options)


def _check_github(batch: Batch, options: Options) -> bytes:
    return _load("github", "render_batch", batch, options)


def _check_sarif(batch: Batch, options: Options) -> bytes:
    return _load("sarif", "render_batch", batch, options)


def _scale_text(study: Study, options: Options) -> bytes:
    return _load("scale", "text", study, options)


def _scale_json(study: Study, options: Options) -> bytes:
    return _load("scale", "json", study, options)


def _scale_csv(study: Study, options: Options) -> bytes:
    return _load("scale", "csv", study, options)


def _compare_text(pair: Pair, options: Options) -> bytes:
    return _load("compare", "text", pair, options)


def _compare_json(pair: Pair, options: Options) -> bytes:
    return _load("compare", "json", pair, options)


def _load(
    module: str, function: str, subject: Result | Batch | Study | Pair, options: Options
) -> bytes:
    """Import ``analyzer.report.<module>`` now: WeasyPrint and Jinja2 cost ``check`` nothing."""
    rendered: bytes = getattr(import_module(f"{__name__}.{module}"), function)(subject, options)
    return rendered


REPORT_FORMATS: Mapping[str, Renderer] = {"html": _html, "pdf": _pdf, "json": _json, "csv": _csv}
INSPECT_FORMATS: Mapping[str, Renderer] = {"text": _text, "json": _json, "csv": _csv}
CHECK_FORMATS: Mapping[str, BatchRenderer] = {
    "text": _check_text, "json": _check_json, "github": _check_github, "sarif": _check_sarif,
}  # fmt: skip
SCALE_FORMATS: Mapping[str, ScaleRenderer] = {
    "text": _scale_text, "json": _scale_json, "csv": _scale_csv,
}  # fmt: skip
COMPARE_FORMATS: Mapping[str, CompareRenderer] = {"text": _compare_text, "json": _compare_json}
