"""Catalogues of translations: every text that people may read, and whether it is translated.

``python -m tools.translations`` brings ``analyzer/locale`` up to date: new texts get an empty
translation, those that nobody says any more go. It prints what is
wrong with translations, and what is left to translate.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2.ext import extract_from_ast

from analyzer.findings.configuration import CONFIGURATION
from analyzer.language import COUNTED, ENGLISH, LANGUAGES, RULE, TERM
from analyzer.language.catalogue import LOCALE, Translation, entries, squeezed
from analyzer.language.equations import EQUATION, WORDS
from analyzer.language.phrases import FACTS
from analyzer.language.terms import TERMS
from analyzer.report.rendering import environment
from analyzer.resources import rules_dir, templates_dir
from analyzer.ruleset import load_rules
from tools.sentences import sentences

ROOT = Path(__file__).resolve().parent.parent
TEXTS = ("message", "remedy", "ask", "summary", "rationale", "action", "fix")
"""Keys of a rule file that people read."""
PAGES = "pages"
HEAD = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"""


class Said(NamedTuple):
    """A text and where it stands."""

    context: str
    text: str
    plural: str
    place: str

    @property
    def key(self) -> tuple[str, str]:
        """What it is looked up by."""
        return self.context, squeezed(self.text)


@cache
def catalogues() -> dict[str, list[Said]]:
    """The texts of each catalogue, by its name, in the order of their places."""
    found = {PAGES: _unique([*_templates(), *_python(), *_words()])}
    found[FACTS] = [Said("", pattern, "", place) for pattern, place in sentences().items()]
    for said in _rules():
        found.setdefault(f"rules/{said.context[:3]}", []).append(said)
    return found


def _unique(texts: Iterable[Said]) -> list[Said]:
    found: dict[tuple[str, str], Said] = {}
    for said in texts:
        first = found.setdefault(said.key, said)
        if said.plural and not first.plural:
            found[said.key] = said
    return list(found.values())


def _templates() -> Iterator[Said]:
    for file in sorted(templates_dir().rglob("*.j2")):
        place = file.relative_to(ROOT).as_posix()
        found = extract_from_ast(environment().parse(file.read_text("utf-8")))
        for _, _, message in found:
            texts = message if isinstance(message, tuple) else (message,)
            one, many = (*filter(None, texts), "", "")[:2]
            if one:
                yield Said("", one, many, place)


def _python() -> Iterator[Said]:
    for file in sorted((ROOT / "analyzer").rglob("*.py")):
        text = file.read_text("utf-8")
        if "analyzer.language import" in text or "many(" in text or file.parent.name == "language":
            place = file.relative_to(ROOT).as_posix()
            calls = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
            for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
                yield from _called(call, place)


def _called(call: ast.Call, place: str) -> Iterator[Said]:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    texts = [arg.value if isinstance(arg, ast.Constant) and isinstance(arg.value, str) else None
             for arg in call.args]  # fmt: skip
    match name, texts:
        case (("_" | "mark"), [str(one), *_]):
            yield Said("", one, "", place)
        case "ngettext", [str(one), str(many), *_]:
            yield Said("", one, many, place)
        case "many", [_, str(word)]:
            yield Said(COUNTED, word, f"{word}s", place)
        case "counted", [_, str(one), str(many)]:
            yield Said(COUNTED, one, many, place)
        case _:
            pass


def _words() -> Iterator[Said]:
    """Terms, and the nouns that rules count."""
    yield from (Said(TERM, word, "", "analyzer/language/terms.py") for word in TERMS)
    yield from (Said(EQUATION, word, "", "analyzer/language/equations.py") for word in WORDS)
    for rule in load_rules():
        yield Said(RULE, rule.name.replace("-", " "), "", f"{rules_dir().name}/{rule.source}")
        if rule.value is not None and len(rule.value.unit) > 1 and rule.value.unit.islower():
            yield Said(COUNTED, rule.value.unit, "", rules_dir().name)


def unsaid(language: str) -> list[str]:
    """Translations of what nobody says any more."""
    return [
        f"{name}: {text}"
        for name, texts in catalogues().items()
        for said in ({said.key for said in texts},)
        for text in told(language, name)
        if text not in said
    ]


def _rules() -> Iterator[Said]:
    for rule in load_rules():
        for key in TEXTS:
            value = getattr(rule, key)
            text = getattr(value, "source", value)
            if text:
                yield Said(f"{rule.id} {key}", text, "", f"{rules_dir().name}/{rule.source}")
    for own in CONFIGURATION:
        for key in ("summary", "rationale", "fix"):
            yield Said(
                f"{own.id} {key}", getattr(own, key), "", "analyzer/findings/configuration.py"
            )


def told(language: str, name: str) -> dict[tuple[str, str], Translation]:
    """What the catalogue of that name has."""
    file = LOCALE / language / f"{name}.po"
    found = entries(file.read_text("utf-8")) if file.is_file() else ()
    return {(entry.context, squeezed(entry.text)): entry for entry in found}


def untranslated(language: str) -> list[str]:
    """Texts without a translation, each with its place."""
    return [
        f"{said.place}: {said.context} {said.text}"
        for name, texts in catalogues().items()
        for known in (told(language, name),)
        for said in texts
        if said.key not in known or known[said.key].fuzzy or not known[said.key].told
    ]


_FILLED = re.compile(r"\{\{.*?\}\}|%\(\w+\)s|(?<!\{)\{\w*[^{}]*\}(?!\})", re.DOTALL)
"""What a text has filled in: of a rule, a template, or Python."""
_CODE = re.compile(r"`[^`]+`")


def faults(language: str) -> list[str]:
    """Translations that lose or make up something: what is filled in, code, paragraphs."""
    found = []
    for name, texts in catalogues().items():
        known = told(language, name)
        for said in texts:
            entry = known.get(said.key)
            if entry is not None and entry.told:
                found += [f"{name}: {said.context} {said.text}: {what}"
                          for what in _faults(said, entry.told)]  # fmt: skip
    return found


def _faults(said: Said, text: str) -> Iterator[str]:
    whole = said.text
    if said.context == COUNTED:
        whole = "{n}"
    elif said.plural and set(_FILLED.findall(said.plural)) > set(_FILLED.findall(whole)):
        whole = said.plural  # "one place" need not say the number
    for what, pattern in (("filled in", _FILLED), ("code", _CODE)):
        before, after = (sorted(map(squeezed, pattern.findall(t))) for t in (whole, text))
        if before != after:
            yield f"{what}: {after} instead of {before}"
    if len(re.split(r"\n\s*\n", said.text)) != len(re.split(r"\n\s*\n", text)):
        yield "other paragraphs"
    if "%(" in said.text and re.search(r"%(?![(%])", text.replace("%%", "")):
        yield "a single %, which is to be doubled"


def written(language: str, name: str, texts: Iterable[Said]) -> str:
    """The catalogue of that name, with the translations that it has."""
    known = told(language, name)
    return "\n".join([HEAD.format(language=language), *(_entry(s, known) for s in texts)])


def _entry(said: Said, known: dict[tuple[str, str], Translation]) -> str:
    entry = known.get(said.key)
    lines = [f"#: {said.place}"]
    if entry is not None and entry.fuzzy:
        lines.append("#, fuzzy")
    if said.context:
        lines.append(f"msgctxt {_quoted(said.context)}")
    lines.append(f"msgid {_quoted(said.text)}")
    if said.plural:
        lines.append(f"msgid_plural {_quoted(said.plural)}")
    lines.append(f"msgstr{'[0]' * bool(said.plural)} {_quoted(entry.told if entry else '')}")
    return "\n".join([*lines, ""])


def _quoted(text: str) -> str:
    """A text of the format, each of its lines on a line."""
    escaped = re.sub(r'(["\\])', r"\\\1", text).replace("\t", "\\t")
    lines = [f'"{line}\\n"' for line in escaped.split("\n")]
    lines[-1] = f'{lines[-1][:-3]}"'
    return lines[0] if len(lines) == 1 else "\n".join(['""', *(x for x in lines if x != '""')])


def main() -> None:
    """Bring every catalogue up to date."""
    found = catalogues()
    for language in LANGUAGES:
        if language == ENGLISH:
            continue
        for name, texts in found.items():
            file = LOCALE / language / f"{name}.po"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(written(language, name, texts), "utf-8")
        left = [*faults(language), *untranslated(language), *unsaid(language)]
        print("\n".join(left[:20]))
        print(f"{language}: {len(left)} of {sum(map(len, found.values()))} texts left")


if __name__ == "__main__":
    main()
