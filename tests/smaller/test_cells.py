"""What is known of each recurrent layer of a model, by hand from the operators' equations."""

from __future__ import annotations

from dataclasses import replace

from analyzer.devices import profile
from analyzer.report.view.options.recurrent import forms
from analyzer.smaller.recurrent import Recurrent, RecurrentLayer, recurrent
from tests.golden.text import facts


def held(name: str, *shape: int) -> str:
    count = 1
    for side in shape:
        count *= side
    numbers = ", ".join(str(n + 1) for n in range(count))
    return f"float[{','.join(map(str, shape))}] {name} = {{{numbers}}}"


STORED = ", ".join([
    held("w", 1, 8, 3), held("r", 1, 8, 2), held("b", 1, 16), held("p", 1, 6), held("v", 1, 8, 3),
    held("gw", 2, 3, 3), held("gr", 2, 3, 1), held("gb", 2, 6), held("nw", 1, 2, 3),
    held("nr", 1, 2, 2), held("mw", 1, 2, 3), held("mr", 1, 2, 2),
])  # fmt: skip
GRAPH = f"""g (float[5,7,3] x, float[7,5,3] t, float[S,7,3] open, float[1,2,3] given,
              float16[5,7,3] h, float16[1,2,3] hw, float16[1,2,2] hr) => (float y) <{STORED}> {{
    first = LSTM <hidden_size = 2> (x, w, r, b)
    again = LSTM <hidden_size = 2> (x, w, r, b)
    peeping = LSTM <hidden_size = 2> (x, v, r, , , , , p)
    both = GRU <hidden_size = 1, direction = "bidirectional"> (x, gw, gr, gb)
    turned = RNN <hidden_size = 2, layout = 1> (t, nw, nr)
    made = Neg (mw)
    computed = RNN <hidden_size = 2> (x, made, mr)
    fed = RNN <hidden_size = 2> (x, given, nr)
    half = RNN <hidden_size = 2, direction = "reverse"> (h, hw, hr)
    none = Relu (x)
    y = com.example.Sink (first, again, peeping, both, turned, computed, fed, half, none)
}}"""
LSTM = RecurrentLayer("first", "LSTM", 1, 5, 5 * 7 * 4 * 2 * (3 + 2), 24 + 16, 16, 32,
                      2 * 7 * 2 * 4, peepholes=False, stored=True)  # fmt: skip
RNN = RecurrentLayer("turned", "RNN", 1, 5, 5 * 7 * 2 * (3 + 2), 6 + 4, 0, 32, 7 * 2 * 4,
                     peepholes=False, stored=True)  # fmt: skip
LAYERS = (
    LSTM,
    replace(LSTM, node="again", weights=0, biases=0),
    replace(LSTM, node="peeping", weights=24, biases=0, peepholes=True),
    RecurrentLayer("both", "GRU", 2, 5, 5 * 7 * 2 * 3 * (3 + 1), 18 + 6, 12, 32, 2 * 7 * 4,
                   peepholes=False, stored=True),
    RNN,
    replace(RNN, node="computed", stored=False),
    replace(RNN, node="fed", weights=0),
    replace(RNN, node="half", weights=0, bits=16, state_bytes=7 * 2 * 2),
)  # fmt: skip


def test_each_layer_has_its_steps_its_work_and_the_weights_that_it_is_first_to_use() -> None:
    found = recurrent(facts(GRAPH))
    assert found is not None
    assert found.layers == LAYERS
    assert found.macs == 3 * 1400 + 840 + 4 * 350
    assert found.macs_per_step == 3 * 280 + 168 + 4 * 70
    assert found.state_bytes == 3 * 112 + 56 + 3 * 56 + 28


def test_what_would_go_is_told_of_the_layers_that_it_goes_from() -> None:
    found = Recurrent(LAYERS)
    assert [layer.node for layer in found.bidirectional] == ["both"]
    assert [layer.node for layer in found.lstm] == ["first", "again"]
    # a gate of four: 350 MACs of either; 56 numbers of the first, 14 of 4 bytes
    assert found.gru_saves() == (2 * 350, 56)
    assert found.forward_saves() == (420, (24 + 12) // 2 * 4)
    # 40 weights of four bytes become one each, beside a scale and a zero point for both kinds
    assert found.integer_saves() == 160 - 40 - 2 * 5
    assert (found.integer_macs, found.integer_nodes) == (2 * 1400, ("first", "again"))
    for other in ({"stored": False}, {"bits": 8}, {"peepholes": True}, {"operator": "GRU"}):
        assert Recurrent((replace(LSTM, **other),)).integer_nodes == (), other
    half = Recurrent((replace(LSTM, bits=16, directions=2),))
    assert (half.integer_saves(), half.integer_macs) == (80 - 40 - 4 * 5, 0)
    assert (half.integer_nodes, half.gru_saves()) == (("first",), (350, 56 // 4 * 2))


def test_what_is_not_known_of_a_layer_is_none_or_nothing() -> None:
    found = Recurrent((LSTM, replace(LSTM, state_bytes=None)))
    assert (found.state_bytes, Recurrent((LSTM,)).state_bytes) == (None, 112)
    once = replace(LSTM, directions=2, steps=1)
    assert Recurrent((once, replace(once, steps=2))).back_and_forth == (replace(once, steps=2),)
    assert recurrent(facts("g (float[2] x) => (float[2] y) { y = Relu (x) }")) is None


def test_each_smaller_form_has_what_stays_of_the_whole_model() -> None:
    model = facts(GRAPH)
    made = {form.id: form for form in forms(model, profile("a100"))}
    macs, held = 3 * 1400 + 840 + 4 * 350, model.parameters.kept_bytes
    assert {name: (form.macs, form.weight_bytes) for name, form in made.items()} == {
        "lstm-int8": (None, held - 110),
        "gru": (macs - 700, held - 56),
    }, "what the sink would cost that reads one direction, nobody knows"
    integers = made["lstm-int8"]
    assert integers.macs_by_precision == {
        "int8": 2800, "float32": macs - 350 - 2800, "float16": 350,
    }  # fmt: skip
    assert integers.alters == ("first", "again")
    few = facts("g (float[2,1,1] x, float[1,1,1] w, float[1,1,1] r) => (float y) "
                "{ y = RNN <hidden_size = 1> (x, w, r) }")  # fmt: skip
    assert list(forms(few, None)) == [], "neither gates nor directions to leave out"
    assert list(forms(facts("g (float[2] x) => (float[2] y) { y = Relu (x) }"), None)) == []
