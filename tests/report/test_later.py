"""Modules that a library imports before anybody knows whether it asks them for anything."""

from __future__ import annotations

import sys
from importlib import import_module

import pytest

from analyzer.report.later import LateModule, imported_later

NAME = "xml.sax.xmlreader"


def test_a_module_is_imported_when_something_of_it_is_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, NAME, raising=False)
    with imported_later(NAME, "json"):
        module = import_module(NAME)
        assert isinstance(module, LateModule)
        assert not isinstance(import_module("json"), LateModule)  # it was there
        make = module.AttributesImpl
    assert NAME not in sys.modules
    assert make({"a": "b"}).getLength() == 1
    assert not isinstance(sys.modules[NAME], LateModule)
    with pytest.raises(AttributeError):
        _ = module.__path__


def test_who_imported_the_module_itself_meanwhile_keeps_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, NAME, raising=False)
    with imported_later(NAME):
        del sys.modules[NAME]
        module = import_module(NAME)
    assert sys.modules[NAME] is module
