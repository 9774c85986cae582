r"""Shapes of strings: what a secret, a command or a hidden character looks like.

One regular expression each, in the syntax of RE2 (linear time), over the bytes of UTF-8. ``\x00``
stands between strings that are searched together, so no expression may run across one.

Forms of keys: the documentation of whoever issues them, as collected by GitHub's secret scanning
and gitleaks. Confusable letters: Unicode Technical Standard 39. Bidirectional controls: UAX 9 and
CVE-2021-42574. Workflow commands: the documentation of GitHub Actions, Azure Pipelines, TeamCity.
"""

from __future__ import annotations

from analyzer.dataclass import dataclass
from analyzer.sanitise import BLANK

TOLD = frozenset({"name", "identifier", "metadata-key", "metadata", "attribute", "element",
                  "location", "declaration", "documentation"})  # fmt: skip
"""Kinds of all strings, as ``Text.kind``."""
USED = TOLD - {"documentation"}
"""Strings that a program reads."""
NAMES = frozenset({"name", "identifier", "metadata-key", "location"})
"""Strings that name something."""
SHOWN = NAMES | {"metadata", "documentation"}
"""Strings that tools show to people."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape."""

    family: str
    """As ``Sighting.family``."""
    what: str
    """For people, with its article."""
    pattern: str
    """RE2; its first group, where it has one, is what is seen."""
    kinds: frozenset[str] = TOLD
    """Kinds of the strings in which it means what it says."""
    is_binary: bool = False
    """Over bytes of any sort, and not over UTF-8."""


def _word(*words: str) -> str:
    return "|".join(words)


_LINE = r"[^\x00\r\n]"

SECRETS = (
    Shape("secret", "an access key of AWS", r"\b((?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16})\b"),
    Shape("secret", "a token of GitHub", r"\b(gh[pousr]_[0-9A-Za-z]{36,}|github_pat_\w{22,})"),
    Shape("secret", "a token of GitLab", r"\b(glpat-[\w-]{20,})"),
    Shape("secret", "a token of Slack", r"\b(xox[abeoprs]-[0-9A-Za-z-]{10,})"),
    Shape("secret", "a webhook of Slack",
          r"(hooks\.slack\.com/services/T\w{6,20}/B\w{6,20}/\w{16,40})"),
    Shape("secret", "an API key of Google", r"\b(AIza[\w-]{35})"),
    Shape("secret", "a client secret of Google", r"\b(GOCSPX-[\w-]{28})"),
    Shape("secret", "an API key of OpenAI or Anthropic",
          r"\b(sk-(?:proj-|svcacct-|admin-|ant-api\d\d-)[\w-]{20,}|sk-[0-9A-Za-z]{40,})\b"),
    Shape("secret", "a token of Hugging Face", r"\b(hf_[0-9A-Za-z]{30,40})\b"),
    Shape("secret", "a key of Stripe", r"\b([sr]k_live_[0-9A-Za-z]{16,})"),
    Shape("secret", "a token of npm or PyPI", r"\b(npm_[0-9A-Za-z]{36}|pypi-AgE[\w-]{50,})"),
    Shape("secret", "a key of SendGrid", r"\b(SG\.[\w-]{22}\.[\w-]{43})"),
    Shape("secret", "a key of Azure storage", r"(AccountKey=[0-9A-Za-z+/]{60,}={0,2})"),
    Shape("secret", "a private key", r"(-----BEGIN (?:[A-Z0-9]{2,12} ){0,3}PRIVATE KEY)"),
    Shape("secret", "a JSON web token",
          r"\b(eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,})"),
    Shape("secret", "a password in a URL",
          r"\b[a-z][a-z0-9+]{1,15}://([\w.%+-]+:[^\s\x00/@:'\"<>{}$]{3,}@)[\w.-]+"),
)  # fmt: skip

_CODE = _word(
    r"\bos\.(?:system|popen|exec[lv]p?e?)\s*\(", r"\b__import__\s*\(",
    r"\bsubprocess\.(?:run|call|Popen|check_\w+)\s*\(", r"\b(?:eval|exec|execfile)\s*\(",
    r"\bimport\s+(?:os|subprocess|socket)\b", r"__(?:subclasses|globals|builtins)__",
    r"\b(?:pickle|marshal|dill|joblib)\.loads?\s*\(", r"\bRuntime\.getRuntime\(\)\.exec",
    r"\bctypes\.(?:CDLL|cdll|windll)\b", r"\bchild_process\b", r"\$\{jndi:",
    r"\{\{[^\x00}]*(?:config|self|request|cycler|lipsum)\b[^\x00}]*\}\}",
)  # fmt: skip
_SHELL = _word(
    r"\b(?:curl|wget)\b" + _LINE + r"+\|\s*(?:sudo\s+)?(?:ba|z|da|k)?sh\b",
    r"\b(?:curl|wget)\s+(?:-[\w-]+\s+)*['\"]?(?:https?|ftp)://",
    r"\brm\s+-(?:rf|fr|r\s+-f)\b", r"/bin/(?:ba|z|da)?sh\b", r"\bbash\s+-[ic]\b", r"/dev/tcp/",
    r"\bn(?:c|cat)\s+-\w*e\b", r"\bchmod\s+(?:\+x|[0-7]{3,4})\s", r"\bbase64\s+(?:-d|--decode)\b",
    r"\bpowershell(?:\.exe)?\s+-\w", r"\bInvoke-(?:Expression|WebRequest)\b",
    r"\bcmd(?:\.exe)?\s+/c\b", r"\bcertutil\b" + _LINE + r"*-(?:urlcache|decode)\b",
    r"[=+@-]cmd\|", r"=HYPERLINK\(",
)  # fmt: skip
_MARKUP = (
    r"(?i:<\s*/?\s*(?:script|iframe|object|embed|svg|meta|link|base|form)\b[^\x00>]*>"
    r"|\bjavascript\s*:|\bdata:text/html|<[a-z][^\x00<>]*\son[a-z]{3,16}\s*=)"
)
_COMMANDS = (
    r"(?:^|[\x00\r\n])[\p{Z}\t]*(::(?:error|warning|notice|debug|group|set-output|set-env|add-path"
    r"|add-mask|save-state|stop-commands|echo|add-matcher)\b[^\x00\r\n:]*::)"
    r"|(##vso\[[a-z.]+)|(##teamcity\[\w+)|(##\[(?:error|warning|command|section|debug|group)\])"
    r"|(\x1b_bk;)|(section_(?:start|end):\d+:)|(travis_(?:fold|time):)"
)
_CONTROL = r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]"
_NAME_CONTROL = r"[\x01-\x1f\x7f]"
_BIDI = r"[\x{202a}-\x{202e}\x{2066}-\x{2069}]"
_INVISIBLE = rf"[\p{{Zl}}\p{{Zp}}{BLANK}]|[^\P{{Cf}}\x{{202a}}-\x{{202e}}\x{{2066}}-\x{{2069}}]"
"""What the sanitiser writes as an escape, but for overrides, spaces and what has no character."""
_LIKE_LATIN = "".join(
    rf"\x{{{code}}}"
    for code in (
        "430 441 501 435 4bb 456 458 4cf 43e 440 51b 455 51d 445 443 475 410 412 421 415 "
        "41d 406 408 41a 41c 41e 420 405 422 425 423 4ae 492 50c "  # Cyrillic
        "3bf 391 392 395 396 397 399 39a 39c 39d 39f 3a1 3a4 3a5 3a7 "  # Greek
        "585 578 57d 581 570 53c "  # Armenian
    ).split()
)
_HOMOGRAPH = f"[A-Za-z][{_LIKE_LATIN}]|[{_LIKE_LATIN}][A-Za-z]"
_USER_PATH = (
    r"(\b[A-Za-z]:\\{1,2}Users\\{1,2}[A-Za-z0-9._-]+|(?:/home|/Users|/root)/[A-Za-z0-9._-]+)[/\\]"
)
_URL_REST = r"[^\s\x00\"'`<>(){}\[\]\\|,;]{3,}"
REFERENCES = (
    r"https?://(?:[\w-]+\.)*(?:arxiv\.org|doi\.org|openreview\.net|wikipedia\.org|acm\.org|ieee\.org"
    r"|creativecommons\.org|opensource\.org|spdx\.org|apache\.org|gnu\.org|mozilla\.org"
    r"|w3\.org|json-schema\.org|schema\.org|onnx\.ai|onnxruntime\.ai|pytorch\.org|tensorflow\.org"
    r"|keras\.io|python\.org|readthedocs\.io|numpy\.org|scikit-learn\.org|ultralytics\.com)(?:[/:?#].*)?"
    r"|https?://(?:www\.)?github\.com/(?:onnx|pytorch|microsoft|tensorflow|keras-team|google|facebookresearch"
    r"|huggingface|ultralytics)/.*"
)
"""URLs of papers, licences, schemas and the makers of exporters."""
_ESCAPE = (
    r"(?:^|\x00)((?:[\w.-]+[/\\])*\.\.[/\\][^\x00\s]+|~[/\\][^\x00\s]+|[A-Za-z]:[/\\][^\x00\s]+"
    r"|\\\\[\w.$-]+\\[^\x00\s]+|file:/[^\x00\s]+"
    r"|/(?:etc|home|usr|var|tmp|opt|root|dev|proc|sys|mnt|media|data|srv|lib|bin|Users|Library)/[^\x00\s]+)"
)
_PICKLE = (
    r"(?:^|\x00)(\x80[\x02-\x05](?:\x95|\x8c|[c}(\]]|[KXqM]))"
    r"|(?:^|\x00)(\\x80(?:\\x0)?[\x02-\x052-5])"  # escaped by us: metadata must be UTF-8
    r"|\b(c(?:os|posix|nt|builtins|__builtin__|subprocess|sys|socket)\n\w+\n)"
)
_LINES = r"(?:\r?\n[0-9A-Za-z+/_-]+)*"
"""Base64 as mail has it, broken into lines."""
_HEADS = _word(
    "f0VM", "TV[nopqr]", "UEsDB", "H4sI", "gA[I-X]", "IyEv", "JVBER", "iVBOR", "N3q8", "UmFyI",
    "QlpoO", "LS0tLS1CRUdJTi", "yv66v", "AGFzb", "ZGV4C", "PD9waH", "PCFET0", "PHNjcml", "Y29zC",
    "Y3Bvc2l4C", "0M8R4",
)  # fmt: skip
"""Beginnings of what ``magic`` knows, in base64."""

OTHERS = (
    Shape("code", "program code", f"({_CODE})"),
    Shape("shell", "a shell command", f"({_SHELL})"),
    Shape("markup", "script or markup", f"({_MARKUP})", SHOWN | {"identifier"}),
    Shape("ci-command", "a command to a CI system", _COMMANDS),
    Shape("ci-command", "a command to a CI system",
          r"(?:^|\x00)[\p{Z}\t]*((?:\+\+\+|---|~~~) \S|\^\^\^ \+\+\+)", NAMES | {"identifier"}),
    Shape("control", "control characters", f"({_NAME_CONTROL})", NAMES),
    Shape("control", "control characters", f"({_CONTROL})", SHOWN - NAMES),
    Shape("bidi", "a bidirectional override", f"({_BIDI})", SHOWN),
    Shape("invisible", "an invisible character", f"({_INVISIBLE})", NAMES),
    Shape("homograph", "letters of two scripts that look alike", f"({_HOMOGRAPH})", NAMES),
    Shape("escape", "a path that leaves the model's folder", _ESCAPE, frozenset({"attribute"})),
    Shape("url", "a URL", r"\b((?:https?|ftps?|s3|gs|wss?|file|ssh|smb)://" + _URL_REST + r")"),
    Shape("path", "a path in somebody's home folder", _USER_PATH),
    Shape("email", "an address of mail",
          r"\b([A-Za-z0-9][\w.+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[a-z]{2,12})\b",
          frozenset({"metadata", "documentation", "identifier", "attribute"})),
    Shape("trace", "a Python stack trace", r"(File \\?\"[^\x00\"\n]+\\?\", line \d+)"),
    Shape("pickle", "a Python pickle", _PICKLE, frozenset({"metadata", "attribute", "element",
                                                        "documentation"}), is_binary=True),
    Shape("encoded", "base64",
          r"(?:^|[^0-9A-Za-z+/_-])((?:" + _HEADS + r")[0-9A-Za-z+/_-]{8,}" + _LINES + r"={0,2}"
          r"|[0-9A-Za-z+/_-]{60,}" + _LINES + r"={0,2})",
          frozenset({"metadata", "documentation", "attribute"})),
)  # fmt: skip
"""Families other than secrets."""
COMMON = frozenset({"url", "path", "trace", "email"})
"""Families that many honest models have."""
ONCE = frozenset({"trace", "control", "invisible"})
"""Families of which the first is shown, whatever the others are."""
