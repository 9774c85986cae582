"""Devices that models run on: what their makers publish, and what follows for a model."""

from analyzer.devices.bound import TimeBound, bound
from analyzer.devices.estimate import estimate, layer_seconds
from analyzer.devices.profile import SHIPPED, Profile, profile

__all__ = ["SHIPPED", "Profile", "TimeBound", "bound", "estimate", "layer_seconds", "profile"]
