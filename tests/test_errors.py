"""What is raised on bad input crosses processes and says all at once."""

from __future__ import annotations

import copy

from analyzer.errors import ConfigError, ModelError


def test_an_error_about_a_model_is_itself_in_another_process() -> None:
    for error, text in (
        (ModelError("a.onnx", "is no model"), "a.onnx: is no model"),
        (ModelError("a.onnx", "is cut", "fetch it"), "a.onnx: is cut; fetch it"),
    ):
        other = copy.copy(error)  # by what is handed over, as between processes
        assert (type(other), str(other)) == (ModelError, text)
        assert vars(other) == vars(error)


def test_mistakes_are_a_line_each() -> None:
    assert str(ConfigError("one", "two")) == "one\ntwo"
    assert ConfigError("one", "two").lines == ("one", "two")
