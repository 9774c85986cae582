"""Tools that convert models to smaller element types: what they are known not to manage."""

from analyzer.converters.converter import Converter, Shortcoming, converter
from analyzer.converters.met import Met, added_bytes, met

__all__ = ["Converter", "Met", "Shortcoming", "added_bytes", "converter", "met"]
