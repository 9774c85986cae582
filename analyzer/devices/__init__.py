"""Devices that models run on: what their makers publish, and what follows for a model."""

from analyzer.devices.bound import MEASURED, TimeBound, bound, replaced
from analyzer.devices.estimate import estimate, layer_seconds
from analyzer.devices.profile import SHIPPED, Profile, profile
from analyzer.devices.reading import read_bytes, reading
from analyzer.devices.room import DeviceRoom, peak_in, room

__all__ = [
    "MEASURED",
    "SHIPPED",
    "DeviceRoom",
    "Profile",
    "TimeBound",
    "bound",
    "estimate",
    "layer_seconds",
    "peak_in",
    "profile",
    "read_bytes",
    "reading",
    "replaced",
    "room",
]  # fmt: skip
