"""Operators on sizes that the file leaves open: what is proven all the same, and in which words."""

from __future__ import annotations

from tests.redundancy.looks import surplus

HEAD = "g (float[N,8] x, float[N,3,4] m, float[?,?] free, int64[N,8] n) => (float y) {} {{ {} {} }}"
READ = "y = com.example.Sink ({})"
MADE = "a = Neg (x) c = Neg (m) e = Neg (free) i = Neg (n)"

PLAIN = {
    "Slice (a, zero, far)": "selection: it goes from the first element to past the last",
    "Slice (a, zero, far, zero, one)": "selection: it goes from the first element to past the last",
    "Slice (a, zero, nearly)": "",
    "Slice (a, one, far)": "",
    "Slice (a, zero, far, zero, two)": "",
    "Slice (a, two0, far_zero)": "",
    "Slice (c, zero, three, one)": "",
    "Reshape (a, keep)": "reshape: it keeps every size of its input",
    "Reshape (a, stated)": "reshape: it keeps every size of its input",
    "Reshape (a, other)": "baked-batch: it makes 8×8 of an input of ?×8, whatever the batch",
    "Reshape (c, keep)": "",
    "Reshape (c, copy)": "reshape: it keeps every size of its input",
    "Reshape <allowzero = 1> (a, stated)": "",
    "Flatten (a)": "reshape: its input has two axes already",
    "Flatten <axis = 2> (a)": "",
    "Flatten (c)": "",
    "Expand (a, ones)": "reshape: it asks for size 1, which every axis has room for",
    "Expand (a, ones3)": "",
    "Expand (a, other)": "",
    "Tile (a, ones)": "reshape: every axis is repeated once",
    "Tile (a, other)": "",
    "Gather <axis = 1> (a, eight)": "",
    "Gather <axis = 1> (a, turned)": "",
    "Gather (a, eight)": "",
    "Gather <axis = 1> (a, matrix)": "",
    "Gather <axis = 1> (c, three3)": "",
    "Transpose <perm = [0, 1]> (e)": "transpose: its permutation keeps every axis in place",
    "Transpose (e)": "",
    "Cast <to = 1> (a)": "cast: its input is float32 already",
    "Cast <to = 7> (i)": "cast: its input is int64 already",
    "Cast <to = 1> (i)": "",
    "CastLike (a, m)": "cast: its input is float32 already",
    "CastLike (a, n)": "",
    "Pad (a, pads0)": "selection: all its pads are 0",
    "Pad (a, pads1)": "",
    "Concat <axis = 0> (a)": "selection: it joins one tensor",
    "Concat <axis = 0> (a, a)": "",
    "Dropout (a)": "dropout: it drops nothing when the model runs",
    "Dropout (a, half, off)": "dropout: it drops nothing when the model runs",
    "Dropout (a, half, on)": "",
    "Clip (a)": "arithmetic: it has no bounds",
    "Clip (a, lowest)": "arithmetic: it has no bounds",
    "Clip (a, lowest, highest)": "arithmetic: it has no bounds",
    "Clip (a, highest)": "",
    "Clip (a, , lowest)": "",
    "Clip (i, least)": "",
    "Add (a, nought)": "arithmetic: its other operand is 0",
    "Add (nought, a)": "arithmetic: its other operand is 0",
    "Add (a, nought3)": "",
    "Sub (a, nought)": "arithmetic: its other operand is 0",
    "Sub (nought, a)": "",
    "Mul (a, unit)": "arithmetic: its other operand is 1",
    "Mul (unit, a)": "arithmetic: its other operand is 1",
    "Div (a, unit)": "arithmetic: its other operand is 1",
    "Div (unit, a)": "",
    "Pow (a, unit)": "arithmetic: its other operand is 1",
    "Add (nought, unit3)":
        "foldable: all it is computed from is known before the model runs (36 B become 32 B)",
    "Add (unit3, unit3)": "foldable: all it is computed from is known before the model runs",
    "Einsum <equation = \"ab -> ab\"> (a)": "arithmetic: its equation moves nothing",
    "Einsum <equation = \"ab\"> (a)": "",
    "Einsum <equation = \"...->...\"> (a)": "",
    "Resize (e, , scales)": "resampling: every scale is 1",
    "Resize (e, , scales2)": "",
    "GlobalAveragePool (c)": "",
    "ReduceMean <axes = [0]> (a)": "",
    "ReduceSum (c, one)": "",
    "ReduceSum <noop_with_empty_axes = 1> (a)": "",
    "ReduceMax <axes = [7]> (a)": "",
    "MaxPool <kernel_shape = [1]> (c)": "resampling: its window is one element",
    "MaxPool <kernel_shape = [1], strides = [1], pads = [0, 0]> (c)":
        "resampling: its window is one element",
    "MaxPool <kernel_shape = [1], strides = [2]> (c)": "",
    "MaxPool <kernel_shape = [2], strides = [1]> (c)": "",
    "MaxPool <kernel_shape = [2], strides = [1], pads = [0, 1]> (c)": "",
    "Split <axis = 1> (a)": "selection: it makes one part, which is the whole",
    "Identity (a)": "identity: it hands its input on",
    "Sum (a)": "arithmetic: it joins one tensor",
    "Where (yes, a, a)": "",
    "Where (yes, a, nought)": "",
    "Mul (a, nought)": "constant-result: it multiplies by 0",
    "Mul (a, nought3)": "constant-result: it multiplies by 0",
    "Softmax (a)": "",
    "Softmax <axis = 0> (a)": "",
    "ArgMax <axis = 5> (a)": "",
}  # fmt: skip
HELD = """<int64[1] zero = {0}, int64[1] one = {1}, int64[1] two = {2}, int64[1] three = {3},
    int64[1] far = {2147483647}, int64[1] nearly = {2147483646}, int64[2] two0 = {0, 0},
    int64[2] far_zero = {2147483647, 0}, int64[2] keep = {0, -1}, int64[2] stated = {0, 8},
    int64[2] other = {8, 8}, int64[3] copy = {0, 3, -1}, int64[2] ones = {1, 1},
    int64[3] ones3 = {1, 1, 1}, int64[8] eight = {0, 1, 2, 3, 4, 5, 6, 7},
    int64[8] turned = {0, 1, 2, 3, 4, 5, 7, 6}, int64[2,4] matrix = {0, 1, 2, 3, 4, 5, 6, 7},
    int64[3] three3 = {0, 1, 2}, int64[4] pads0 = {0, 0, 0, 0}, int64[4] pads1 = {0, 1, 0, -1},
    float half = {0.5}, bool off = {0}, bool on = {1}, float lowest = {-3.4028235e38},
    float highest = {3.4028235e38}, int64 least = {-9223372036854775807}, float nought = {0},
    float[1,1,1] nought3 = {0}, float unit = {1}, float[8] unit3 = {1, 1, 1, 1, 1, 1, 1, 1},
    float[2] scales = {1, 1}, float[2] scales2 = {1, 2}, bool[1] yes = {1}>"""


def found(operators: list[str], held: str, opset: int) -> dict[str, str]:
    """What is said of each, all in one graph."""
    made = "  ".join(f"b{n} = {operator}" for n, operator in enumerate(operators))
    reads = READ.format(", ".join(f"b{n}" for n in range(len(operators))))
    told = surplus(HEAD.format(held, MADE, f"{made}  {reads}"), opset)
    said = {place: f"{each.kind}: {each.why}" for place, each in told.items()}
    return {operator: said.get(f"b{n}", "") for n, operator in enumerate(operators)}


BEFORE = {
    9: {
        "Slice <starts = [0], ends = [2147483647]> (a)":
            "selection: it goes from the first element to past the last",
        "Slice <starts = [0], ends = [2147483646]> (a)": "",
        "Slice <starts = [1], ends = [2147483647]> (a)": "",
        "Clip (a)": "arithmetic: it has no bounds",
        "Clip <min = -3.4028235e38, max = 3.4028235e38> (a)": "arithmetic: it has no bounds",
        "Clip <max = 3.4e38> (a)": "",
        "Clip <min = -3.4e38> (a)": "",
        "Upsample (e, scales)": "resampling: every scale is 1",
        "Upsample (e, scales2)": "",
        "Pad <pads = [0, 0, 0, 0]> (a)": "selection: all its pads are 0",
        "Pad <pads = [0, 0, 1, 0]> (a)": "",
        "ReduceSum <axes = [1]> (a)": "",
        "Dropout (a)": "dropout: it drops nothing when the model runs",
    },
    7: {
        "Upsample <scales = [1.0, 1.0]> (e)": "resampling: every scale is 1",
        "Upsample <scales = [1.0, 2.0]> (e)": "",
        "Dropout (a)": "dropout: it drops nothing when the model runs",
    },
    6: {
        "Dropout <is_test = 1> (a)": "dropout: it drops nothing when the model runs",
        "Dropout <is_test = 0> (a)": "",
        "Tile (a, ones)": "reshape: every axis is repeated once",
    },
}  # fmt: skip


def test_what_changes_nothing_is_proven_for_every_size_or_not_at_all() -> None:
    assert found([*PLAIN], HELD, 17) == PLAIN


def test_what_older_operator_sets_say_in_attributes_is_proven_too() -> None:
    for opset, operators in BEFORE.items():
        assert found([*operators], HELD, opset) == operators


JOINED = {
    "Concat <axis = 1> (x, ones3)":
        "it joins a constant of size 3 along axis 0, whatever the batch",
    "Concat <axis = 0> (x, row8)": "",
    "Concat <axis = -1> (ones3, x)":
        "it joins a constant of size 3 along axis 0, whatever the batch",
    "Concat <axis = 1> (x, x)": "",
    "Add (x, column)": "a constant operand has 3 elements along the axis of the batch",
    "Add (column, x)": "a constant operand has 3 elements along the axis of the batch",
    "Add (x, row)": "",
    "Add (x, more)": "a constant operand has 3 elements along the axis of the batch",
    "Add (x, rows)": "",
    "Where (mask, x, z)": "a constant operand has 3 elements along the axis of the batch",
    "Reshape (x, flat)": "it makes 24 of an input of ?×8, whatever the batch",
    "Reshape (x, open)": "",
    "Reshape (x, kept)": "",
    "Identity (x)": "",
    "LSTM <hidden_size = 3> (s, w, r, , , state)":
        "its initial state is a constant for a batch of 1",
    "LSTM <hidden_size = 3> (s, w, r, , , , state)":
        "its initial state is a constant for a batch of 1",
    "LSTM <hidden_size = 3> (s, w, r, , , given)": "",
    "LSTM <hidden_size = 3, layout = 1> (t, w, r, , , turned)":
        "its initial state is a constant for a batch of 1",
}  # fmt: skip


def test_a_constant_that_goes_with_one_batch_alone_is_told_with_its_size() -> None:
    made = "  ".join(f"b{n} = {operator}" for n, operator in enumerate(JOINED))
    reads = READ.format(", ".join(f"b{n}" for n in range(len(JOINED))))
    told = surplus(
        "g (float[N,8] x, float[N,8] z, float[5,N,2] s, float[N,5,2] t, float[1,N,3] given) => "
        "(float y) <float[3,1] ones3 = {1, 2, 3}, "
        "float[3,1] column = {1, 2, 3}, float[8] row = {1, 2, 3, 4, 5, 6, 7, 8}, "
        "float[1,8] row8 = {1, 2, 3, 4, 5, 6, 7, 8}, float[1,8] rows = "
        "{1, 2, 3, 4, 5, 6, 7, 8}, float[1,3,1] more = {1, 2, 3}, bool[3,1] mask = {0, 1, 1}, "
        "int64[1] flat = {24}, int64[1] open = {-1}, int64[2] kept = {0, 8}, "
        "float[1,1,3] state = {1, 2, 3}, float[1,1,3] turned = {1, 2, 3}, float[1,12,2] w, "
        f"float[1,12,3] r> {{ {made}  {reads} }}"
    )
    said = {each.place: each.why for each in told.values() if each.kind == "baked-batch"}
    assert {op: said.get(f"b{n}", "") for n, op in enumerate(JOINED)} == JOINED
