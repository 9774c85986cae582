"""Korean rows of tables name what to do, where sentences ask for it."""

from __future__ import annotations

import re

from analyzer.language import spoken

_ASKS = re.compile(r"([가-힣])십시오")
_STEMS = {"만드": "만들", "마": "말", "푸": "풀", "여": "열", "물으": "묻", "이으": "잇"}
"""Stems that are another one in front of the ending."""


def noun(text: str) -> str:
    """What to do as a name, in the language that holds; others than Korean have one form for both.

    >>> from analyzer.language import speaking
    >>> with speaking("ko"):
    ...     noun("가중치를 int8로 변환하십시오"), noun("이것을 넣으십시오; 저것을 만드십시오")
    ('가중치를 int8로 변환하기', '이것을 넣기; 저것을 만들기')
    """
    if spoken() != "ko" or "십시오" not in text:
        return text
    for stem, other in _STEMS.items():
        text = re.sub(rf"(?<![가-힣]){stem}십시오", f"{other}기", text)
    return _ASKS.sub(lambda found: "기" if found[1] == "으" else f"{found[1]}기", text)
