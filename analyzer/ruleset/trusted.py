"""What an auditor trusts already: settings that rules can ask."""

from __future__ import annotations

from analyzer.dataclass import dataclass

DOMAINS = ("com.microsoft", "com.microsoft.nchwc", "com.microsoft.experimental",
           "com.ms.internal.nhwc")  # fmt: skip
"""Domains of operators that come with ONNX Runtime itself."""


@dataclass(frozen=True, slots=True)
class Trusted:
    """The table ``[trust]`` of the configuration."""

    domains: tuple[str, ...] = DOMAINS
    """Domains of operators, besides ONNX's own, whose implementation is known and trusted."""


USUAL = Trusted()
"""Where nobody says anything."""
