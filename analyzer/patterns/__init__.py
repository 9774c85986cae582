"""Patterns: what a convolution is and which operators form a known block together."""

from __future__ import annotations

from analyzer.patterns.architecture import recognise
from analyzer.patterns.blocks import find_blocks
from analyzer.patterns.conv import describe_conv, saving, tags
from analyzer.patterns.factorised import tag_factorised
from analyzer.patterns.modules import module_tree

__all__ = [
    "describe_conv",
    "find_blocks",
    "module_tree",
    "recognise",
    "saving",
    "tag_factorised",
    "tags",
]
