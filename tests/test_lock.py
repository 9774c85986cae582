"""What CI installs is locked: within the ranges of pyproject.toml, on all our platforms."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements" / "ci.lock").read_text()
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
RANGES = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]]
PIN = re.compile(
    r"^(?P<name>[\w.-]+)==(?P<version>\S+)(?: ; (?P<marker>.+?))? \\\n"
    r"(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+",
    re.MULTILINE,
)
PLATFORMS = [
    {"python_version": python, "python_full_version": f"{python}.9", "platform_machine": machine,
     "sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "extra": "",
     "implementation_name": "cpython", "platform_python_implementation": "CPython"}
    for python in ("3.11", "3.12", "3.13")
    for machine in ("x86_64", "aarch64")
]  # fmt: skip


class Pin(NamedTuple):
    name: str
    version: Version
    marker: Marker | None

    def holds(self, platform: dict[str, str]) -> bool:
        return self.marker is None or self.marker.evaluate(dict(platform))


PINS = [
    Pin(
        found["name"],
        Version(found["version"]),
        Marker(found["marker"]) if found["marker"] else None,
    )
    for found in PIN.finditer(LOCK)
]


def test_every_line_of_the_lock_is_a_version_with_its_hashes() -> None:
    rest = [line for line in PIN.sub("", LOCK).splitlines() if not line.lstrip().startswith("#")]
    assert rest == [], "no address, no option, nothing without a hash"
    assert len(PINS) > 50
    assert "://" not in LOCK, "what to install, and not from where"


@pytest.mark.parametrize(
    "platform", PLATFORMS, ids=lambda p: f"{p['python_version']}-{p['platform_machine']}"
)
def test_the_lock_is_within_the_ranges_of_the_project(platform: dict[str, str]) -> None:
    pins = {canonicalize_name(pin.name): pin for pin in PINS if pin.holds(platform)}
    assert len(pins) == sum(pin.holds(platform) for pin in PINS), "one version of each"
    for wanted in map(Requirement, RANGES):
        if wanted.marker is None or wanted.marker.evaluate(dict(platform)):
            name = canonicalize_name(wanted.name)
            assert name in pins, f"{name} is not locked: make lock"
            assert wanted.specifier.contains(pins[name].version), f"{wanted}: make lock"


def test_every_dependency_has_a_floor() -> None:
    for wanted in map(Requirement, PROJECT["dependencies"]):
        assert any(each.operator == ">=" for each in wanted.specifier), str(wanted)
