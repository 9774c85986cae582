"""Tools that convert models to smaller element types: what they are known not to manage."""

from analyzer.converters.added import added_bytes, shrunk_bytes, stated_bytes
from analyzer.converters.converter import Converter, Shortcoming, converter
from analyzer.converters.left import Left, left
from analyzer.converters.listed import listed, unfused
from analyzer.converters.met import Met, met

__all__ = ["Converter", "Left", "Met", "Shortcoming", "added_bytes", "converter", "left", "listed",
           "met", "shrunk_bytes", "stated_bytes", "unfused"]  # fmt: skip
