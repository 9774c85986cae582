"""What is not known of a model, or assumed, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import units
from analyzer.language import _, ngettext, retold
from analyzer.report.cards import named_sizes
from analyzer.sanitise import clean, label
from analyzer.units import many

if TYPE_CHECKING:
    from analyzer.report.headline import Values


def assumed_sizes(v: Values) -> str:
    if not v["count"]:
        return _("No size of an input was assumed: the file fixes them all.")
    sized = zip(v["dims"], v["sizes"], strict=True)
    sizes = [f"{label(retold(dim))} = {size}" for dim, size in sized]
    left = v["distinct"] - len(sizes)
    those = ", ".join(sizes)
    if left:
        those = _("{sizes} and {more}", sizes=those, more=many(left, "more assumption"))
    if v["distinct"] == 1:
        return _("These numbers hold for {sizes}: the file leaves that size open.", sizes=those)
    return _("These numbers hold for {sizes}: the file leaves those sizes open.", sizes=those)


def choices(v: Values) -> str:
    if not v["count"]:
        return _("Nothing else was assumed.")
    first = clean(v["first"])
    if v["count"] > 1:
        return _("Assumed: {first}; and {n} more.", first=first, n=v["count"] - 1)
    return _("Assumed: {first}.", first=first)


def misfit(v: Values) -> str:
    named = named_sizes(v)
    if not named:
        return _("With the sizes in use the model cannot run: no figure of compute or memory here "
                 "is that of a run.")  # fmt: skip
    return _("With {sizes} the model cannot run: no figure of compute or memory here is that of a "
             "run.", sizes=named)  # fmt: skip


def coverage(v: Values) -> str:
    known, total = v["known"], v["operators"]
    text = _("The cost of {known} of {total} operators is known",
             known=units.count(known), total=units.count(total))  # fmt: skip
    if known == total:
        return f"{text}."
    rows = zip(v["missing"], v["missing_counts"], v["missing_reasons"], strict=True)
    missing = "; ".join(f"{count} × {op} ({retold(why)})" for op, count, why in rows)
    left = v["reasons"] - len(v["missing"])
    if left:
        missing = _("{rows}; and {n} more", rows=missing, n=left)
    text = _("{text}. Not known: {missing}.", text=text, missing=missing)
    if not v["heavy"]:
        return text
    return f"{text} " + ngettext(
        "{n} of these has weights, so most of the work may be unknown.",
        "{n} of these have weights, so most of the work may be unknown.",
        v["heavy"],
    )


def unknown(v: Values) -> str:
    of = units.count(v["of"])
    if v["operators"]:
        return _("The cost of {n} of {of} operators is unknown; totals say “at least”.",
                 n=v["operators"], of=of)  # fmt: skip
    operators = ngettext("its {n} operator", "all {n} operators", v["of"])
    if v["of"] < v["in_all"]:
        operators = _("{operators} that count, of {n} in the file (an If, a loop or a function "
                      "counts by what is in it, an If by one of its branches),",
                      operators=operators, n=units.count(v["in_all"]))  # fmt: skip
    elif v["inside"]:
        operators = _("{operators}, those of bodies and functions once,", operators=operators)
    if not v["macs_complete"]:
        return _(
            "The multiply-accumulates of {operators} are known, but not their sum: {reason}.",
            operators=operators, reason=clean(retold(v["reason"])),
        )  # fmt: skip
    said = []
    if not v["flops_complete"]:
        said.append(_("not all of their other arithmetic is"))
    if not v["peak_complete"]:
        said.append(_("the bytes of some tensors are not, so the peak of memory is “at least”"))
    if v["problems"]:
        said.append(_("{problems} met, listed below", problems=many(v["problems"], "problem")))
    if said:
        return _("The multiply-accumulates of {operators} are known; {rest}.",
                 operators=operators, rest="; ".join(said))  # fmt: skip
    return _("Nothing: the multiply-accumulates of {operators} are known, and so is their other "
             "arithmetic.", operators=operators)  # fmt: skip
