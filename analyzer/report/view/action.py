"""What a rule asks for in a model: one action of all its findings."""

from __future__ import annotations

from dataclasses import field

from analyzer.records import HIDDEN
from analyzer.report.view.options.before import Tool
from analyzer.report.view.options.form import Level, Risk, Training
from analyzer.restore import record


@record
class Action:
    """What one rule asks for, or a change for further targets."""

    rule: str
    """Its id; of a change for targets another one."""
    name: str
    """The rule's, as words."""
    title: str
    """What to do, in a few words that begin with a verb, and where or at how many places."""
    does: str
    """What to do, without the place."""
    what: str
    """How: the first sentence of the rule's remedy; empty where the title is that."""
    places: int
    severity: str
    """Of the gravest of its findings."""
    impact: Level
    effort: Level
    risk: Risk
    confidence: Level
    macs: int
    """Saved in all; 0 where nobody can count, as with sizes that cannot be."""
    params: int
    traffic: int
    """Bytes that one inference need not move afterwards; 0 where nobody counted."""
    stored: int
    """Bytes by which the file shrinks; 0 where nobody counted."""
    device: str
    seconds_now: float | None
    """The least time on ``device``; null where it does not compute in the type, or the model does
    not fit."""
    seconds: float | None
    """The same afterwards; null where the savings are not a number."""
    slower: bool
    """By our own model of a device it takes longer afterwards: it is not recommended."""
    slower_alone: int = 0
    """Places besides ``places`` that take longer on it afterwards, each by itself: they are left
    out, of all figures too."""
    slower_macs: int = 0
    """What those would save."""
    left_out: tuple[str, ...] = ()
    """Their ids."""
    slower_on: tuple[str, ...] = ()
    """Other devices of the report that take longer for all of it afterwards."""
    slower_factors: tuple[float, ...] = ()
    """Of each, time now over time afterwards."""
    roofline: float | None = None
    """Of the layers at its places, time now over time afterwards on ``device`` by its roofline,
    which counts memory traffic, too; null where that is not known."""
    arithmetic: float | None = None
    """The same by their arithmetic alone."""
    training: Training = "none"
    """What has to follow before the model is of use again."""
    tool: Tool = ""
    """What undoes it in one command; empty for nothing."""
    alternatives: tuple[str, ...] = ()
    """Other rules that ask for something else at the same operators: what they save does not add
    up, and mostly one of them is to be chosen."""
    macs_share: float | None = None
    """``macs`` in proportion to all of the model's."""
    peak: int | None = None
    """Bytes of activations at the peak afterwards, where these are known to be more."""
    peak_folded: int | None = None
    """The same where these are known to be less, as it stores what constants alone make."""
    peak_loaded: bool = False
    """Whether ONNX Runtime lowers it so, or nearly, itself when it loads the model: that has no
    part in ``impact``."""
    needs: str = ""
    """The rule whose remedy has to be followed before, as ``tool`` spoils the model else."""
    figures: bool = False
    """It changes no model, but what the report counts with."""
    rests: float | None = None
    """Of ``figures``, the share of the MACs that grows with a size that nobody stated, where that
    is much of what there is to compute."""
    rests_on: str = ""
    """That size, as the file calls it."""
    pressing: bool = False
    """Whether the model may be used as it is, or any figure of compute and memory holds, hangs on
    it."""
    against: bool = False
    """It speaks against using the model as it is, whatever it costs: an error, or what harms."""
    harms: bool = False
    """Of what presses, that the model may do something to whoever loads it: this comes first."""
    shares: bool = False
    """Of what presses, that whoever gets the model learns what is not for them: it is to be done
    before it is handed on, however many bytes it takes."""
    settles: bool = False
    """Of what presses, that figures of compute and memory hang on it: this comes next."""
    stays: int = 0
    """Of ``places``, those that ``tool`` leaves as they are."""
    may_stay: int = 0
    """Of the others, those that it may leave."""
    written: int = 0
    """Bytes that operators make and ``tool`` writes into the file, weights and other constants."""
    limit: int = 0
    """Bytes of a result from which on ``tool`` is told to leave it computed; 0 for none."""
    unlimited: int = 0
    """``written`` without that limit; 0 where there is none."""
    states: int = 0
    """Bytes of the shapes that ``tool`` states in the file; 0 where few."""
    peak_sorted: int | None = None
    """Bytes of activations at the peak in the order in which ``tool`` writes operators, where these
    are known to be more."""
    peak_now: int | None = None
    """The same in the file's own order."""
    loaded: int = 0
    """Of ``places``, those that ONNX Runtime does itself when it loads the model: what is saved
    there has no part in ``impact``."""
    traffic_loaded: int = 0
    """Of ``traffic``, what ONNX Runtime saves itself when it loads the model."""
    traffic_now: int = 0
    """Bytes that operators read and write in one inference today, as far as they are known."""
    stored_now: int = 0
    """Bytes of the file or of the weights today, whichever is more: what ``stored`` is of."""
    file_now: int = 0
    """Bytes of the file today, with weights beside it."""
    unlocks: tuple[str, ...] = ()
    """Targets that take all of the model afterwards, and do not as it is."""
    edit: str = ""
    """Of a change for further targets, which no rule asks for, its kind; empty for others."""
    gone: tuple[str, ...] = field(default=(), metadata=HIDDEN)
    """Ids of operators that ``tool`` takes out, without those that it leaves or may leave."""

    @property
    def anchor(self) -> str:
        """Where a page has more of it."""
        return "targets" if self.edit else f"rule-{self.rule}"
