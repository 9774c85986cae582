"""Which subjects a model has of each sort, in order, and where each is."""

from __future__ import annotations

from analyzer.ruleset.subjects import Subjects
from tests.each import each
from tests.golden.text import facts

NET = facts("""g (float[n,3,8,8] x, bool c) => (float[n,4,8,8] y, float[n,4,8,8] z)
  <float[4,3,1,1] w = {1,1,1,2,2,2,3,3,3,4,4,4}, float[4] b = {1, 2, 3, 4},
   float[2] idle = {1, 2}> {
    a = Conv (x, w, b)
    y = If (c) <then_branch = t () => (float[n,4,8,8] p) { q = Neg (a) p = Relu (q) },
                else_branch = e () => (float[n,4,8,8] r) { r = Abs (a) }>
    d = Identity (a)
    z = Sigmoid (d)
  }""")
INPUTS = ["input x /x", "input c /c"]
OUTPUTS = ["output y /y", "output z /z"]
BETWEEN = ["intermediate a /a", "intermediate d /d", "intermediate q y.then_branch/q",
           "intermediate p y.then_branch/p", "intermediate r y.else_branch/r"]  # fmt: skip
NODES = ["Conv a a", "If y y", "Identity d d", "Sigmoid z z",
         "Neg y.then_branch/q y.then_branch/q", "Relu y.then_branch/p y.then_branch/p",
         "Abs y.else_branch/r y.else_branch/r"]  # fmt: skip


@each(
    ("sort", "kinds", "places"),
    [
        ("model", (), ["model  "]),
        ("node", (), NODES),
        ("node", ("Relu", "Conv"), [NODES[-2], NODES[0]]),
        ("node", ("ai.onnx.Relu",), [NODES[-2]]),
        ("node", ("com.microsoft.Relu",), []),
        ("tensor", (), [*INPUTS, *OUTPUTS, *BETWEEN]),
        ("tensor", ("intermediate",), BETWEEN),
        ("tensor", ("output", "input"), [*OUTPUTS, *INPUTS]),
        ("tensor", ("stored",), []),
        ("initializer", (), ["stored w /w", "stored b /b", "stored idle /idle"]),
        ("surplus", (), ["identity d d"]),
        ("assumption", (), ["default x x/0"]),
        ("interface", (), ["input x input/x", "input c input/c", "output y output/y",
                           "output z output/z"]),
        ("type", (), ["bool bool bool", "float32 float32 float32"]),
        ("problem", (), []),
        ("blocker", (), []),
    ],
)  # fmt: skip
def test_subjects_of_a_sort(sort: str, kinds: tuple[str, ...], places: list[str]) -> None:
    found = Subjects(NET).select(sort, kinds)
    assert [f"{each.kind} {each.place} {each.name}" for each in found] == places


def test_a_tensor_knows_who_makes_it() -> None:
    makers = {
        each.place: getattr(each.groups["maker"], "op_type", "unknown")
        for each in Subjects(NET).select("tensor", ())
    }
    assert makers == {"x": "unknown", "c": "unknown", "y": "If", "z": "Sigmoid", "a": "Conv",
                      "d": "Identity", "r": "Abs", "q": "Neg", "p": "Relu"}  # fmt: skip


def test_the_type_of_a_constant_is_its_form_where_no_operator_is_known_to_read_it() -> None:
    model = facts("""g (float[2] x, bool c) => (float[2] y) <float[2] w = {1, 2},
      int64[3] idle = {1, 2, 3}> { a = Add (x, w)
        y = If (c) <then_branch = t () => (float[2] p) <float[2] k = {1, 2}> { p = Mul (a, k) },
                    else_branch = e () => (float[2] r) { r = Abs (a) }> }""")
    found = {each.place: each.form for each in Subjects(model).select("initializer", ())}
    assert found == {
        "w": (), "idle": ("int64", "(3,)"), "y.then_branch/k": ("float32", "(2,)"),
    }  # fmt: skip
