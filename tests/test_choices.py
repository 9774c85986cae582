"""Words that stored pages, JSON and callers choose from, each as its format has it.

One more is something that a reader of an older version does not know; one less makes files that
were written unreadable.
"""

from __future__ import annotations

from importlib import import_module
from typing import get_args

from tests.each import each

CHOICES = {
    "compare.record.Fate": "changed|resized|quantised|converted|folded|not compared",
    "converters.converter.Outcome": "raises|refused|crashes|wrong|larger|slower|float",
    "converters.converter.Remedy": "|fold|normalise|rename|ir-version|inputs|outputs",
    "deployment.Verdict": "whole|split|no|maybe",
    "facts.ConvKind": "standard|depthwise|pointwise|grouped",
    "language.Language": "en|ko",
    "library.Format": "html|pdf|json|csv|netron|text",
    "report.compare.gate.Verdict": "passed|failed|inconclusive",
    "report.compare.view.figures.FigureName":
        "macs|flops|params|weight-bytes|peak|operators|layers|file-bytes",
    "report.compare.view.findings.Turn": "new|gone|kept",
    "report.compare.view.layers.RowState": "added|removed|changed|weights|same",
    "report.compare.view.weights.TensorFate": "changed|resized|quantised|converted|folded",
    "report.compare.words.Kind": "same|headline|all|counts|ends|unsure|constants",
    "report.diagram.Subject": "treemap|memory|heat|growth",
    "report.drawing.picture.Coloring": "kind|macs|memory|findings|change",
    "report.drawing.record.Becoming": "|same|changed|weights|added|removed",
    "report.drawing.record.Depth": "blocks|modules|operators",
    "report.drawing.record.Role": "input|output|join|part",
    "report.result.Outcome": "clean|findings|inconclusive",
    "report.view.growth.Unit": "token|second|megapixel|step",
    "report.view.options.form.Level": "high|medium|low",
    "report.view.options.form.Risk": "none|low|medium|high",
    "report.view.options.form.Tool": "|onnxslim|onnxruntime",
    "report.view.options.form.Training": "none|fine-tune|train",
}  # fmt: skip


@each(("name", "words"), CHOICES.items())
def test_a_choice_is_among_these_words(name: str, words: str) -> None:
    module, _, alias = name.rpartition(".")
    assert get_args(getattr(import_module(f"analyzer.{module}"), alias)) == tuple(words.split("|"))
