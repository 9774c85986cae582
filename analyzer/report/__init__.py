"""Results as bytes, one module per format; each is imported when it is first asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from analyzer.report.result import Batch, Failure, Options, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analyzer.report.compare import Pair
    from analyzer.report.compare.sheet import ComparisonReport
    from analyzer.report.scale import Study
    from analyzer.report.settings import SettingsInForce
    from analyzer.report.sheet import Report
    from analyzer.report.sketch import Drawable
    from analyzer.report.targets import Deployments

    Renderer = Callable[[Result, Options], bytes]
    ReportRenderer = Callable[[Result | Report, Options], bytes]
    BatchRenderer = Callable[[Batch, Options], bytes]
    ScaleRenderer = Callable[[Study, Options], bytes]
    CompareRenderer = Callable[[Pair | ComparisonReport, Options], bytes]
    SettingsRenderer = Callable[[SettingsInForce, Options], bytes]
    DrawRenderer = Callable[[Drawable, Options], bytes]
    TargetRenderer = Callable[[Deployments, Options], bytes]

__all__ = ["CHECK_FORMATS", "COMPARE_FORMATS", "DRAW_FORMATS", "FINDINGS_ONLY", "INSPECT_FORMATS",
           "REPORT_FORMATS", "SCALE_FORMATS", "SETTINGS_FORMATS", "STATISTICS_FORMATS", "SUFFIXES",
           "TARGET_FORMATS", "WITHOUT_FINGERPRINTS", "Batch", "Failure", "Options",
           "Result"]  # fmt: skip


def _from(module: str, function: str = "render") -> Callable[[Any, Options], bytes]:
    """A function of ``analyzer.report.<module>``, imported at its first call: WeasyPrint, Jinja2
    and what belongs to one format cost the others nothing.
    """

    def render(subject: Any, options: Options) -> bytes:
        rendered: bytes = getattr(import_module(f"{__name__}.{module}"), function)(subject, options)
        return rendered

    return render


REPORT_FORMATS: Mapping[str, ReportRenderer] = {
    "html": _from("html"),
    "pdf": _from("pdf"),
    "json": _from("sheet", "render_json"),
    "csv": _from("csv"),
    "netron": _from("netron"),
}
SUFFIXES: Mapping[str, str] = {"netron": "netron.json"}
"""End of a file's name by format, where that is not the format: Netron tells by ``.json``."""
INSPECT_FORMATS: Mapping[str, Renderer] = {
    "text": _from("text"),
    "json": _from("json"),
    "csv": _from("csv"),
    "netron": _from("netron"),
}
CHECK_FORMATS: Mapping[str, BatchRenderer] = {
    "text": _from("lines", "render_batch"),
    "concise": _from("concise", "render_batch"),
    "json": _from("json", "render_batch"),
    "jsonl": _from("jsonlines", "render_batch"),
    "csv": _from("findings_csv", "render_batch"),
    "sarif": _from("sarif", "render_batch"),
    "code-scanning": _from("sarif", "render_reported"),
    "github": _from("github", "render_batch"),
    "gitlab": _from("gitlab", "render_batch"),
    "junit": _from("junit", "render_batch"),
    "markdown": _from("markdown", "render_batch"),
    "netron": _from("netron", "render_batch"),
    "html": _from("index.html", "render_batch"),
}
WITHOUT_FINGERPRINTS = frozenset({"text", "concise", "github", "netron", "html"})
"""Formats of ``check`` that show none, so that they need not be worked out."""
FINDINGS_ONLY = frozenset({"text", "concise", "jsonl", "csv", "github", "sarif",
                           "code-scanning", "gitlab", "junit", "markdown", "html"})  # fmt: skip
"""Formats of ``check`` that show of a model's operators only those that findings are about, and
no list of blocks, modules or tensors: results for them are kept without the rest."""
STATISTICS_FORMATS: Mapping[str, BatchRenderer] = {
    "text": _from("statistics", "text"),
    "json": _from("statistics", "json"),
}
SCALE_FORMATS: Mapping[str, ScaleRenderer] = {
    "text": _from("scale", "text"),
    "json": _from("scale", "json"),
    "csv": _from("scale", "csv"),
}
COMPARE_FORMATS: Mapping[str, CompareRenderer] = {
    "text": _from("compare.text", "text"),
    "markdown": _from("compare.markdown", "markdown_comment"),
    "json": _from("compare.json", "json"),
    "html": _from("compare.pages", "html"),
    "pdf": _from("compare.pages", "pdf"),
}
DRAW_FORMATS: Mapping[str, DrawRenderer] = {
    "svg": _from("sketch", "to_svg"),
    "png": _from("sketch", "to_png"),
    "pdf": _from("sketch", "to_pdf"),
}
SETTINGS_FORMATS: Mapping[str, SettingsRenderer] = {
    "text": _from("settings", "text"),
    "json": _from("settings", "json"),
}
TARGET_FORMATS: Mapping[str, TargetRenderer] = {
    "text": _from("targets", "text"),
    "json": _from("targets", "json"),
}
