"""What may be said of a text that is still being written, and what is left of one when a clause is cut out.

Pure functions over text. A stretch ends with a sentence; the first may end at a comma, so that the voice
begins early, where it does not lean on what follows (如果…, 除了…, 不但…, a list, a verb without its object).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

SHORTEST = 4
"""Characters of the first stretch at least."""
SHARE = 0.5
"""Share of a text that must be left of it when clauses are cut out."""
LONGEST = 90
"""Characters of a whole text at most; a model that goes on has lost its way."""

_SENTENCE = re.compile(r"[^。！？!?；;]*[。！？!?；;]+[”’」』）)]*")
_CLAUSE = re.compile(r"[^，,。！？!?；;]*(?:[，,。！？!?；;]+[”’」』）)]*|$)")
_LEANS = re.compile(
    r"^(?:如果|要是|假如|倘若|若|万一|只要|只有|除了|除|虽然|尽管|因为|由于|不管|无论|不论|不但|不仅|不只|不是|"
    r"当|等|凡是|既|与其|[买拍](?!.*元)|对于|关于|至于|按|根据)"
    r"|(?:的|是|有|在|比|把|和|跟|与|或|及|为|到|从|给|对|不|没|别|要|就|才|包括|除了|比如|例如|其中|叫|[0-9])$"
)
_ROLE = re.compile(r"^(?:主播|小乡|助手|回答|答|输出|台词|assistant)\s*[：:]\s*", re.IGNORECASE)
_ECHO = re.compile(
    r"资料[：:]|任务[：:]|留言[：:]|照抄|大白话|资料里?没有|那句|再说一遍|[<>{}\[\]#*|`\\_=]|https?:|[\u3040-\u30ff\uac00-\ud7af]"
)
_LETTER = re.compile(r"[^\W\d_]")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_HUMAN = re.compile(
    r"我(?:自己|亲自|也|都)?(?:吃|喝|用|尝|穿|买|种|养|做)过|我(?:家里?|爸|妈|爷|奶|老公|老婆|孩子)"
)


def tidy(text: str) -> str:
    """One spoken line out of what a model wrote; empty for English, markup, an echo, too much."""
    line = text.strip()
    if line.startswith("{"):
        line = _of_json(line)
    line = next((part for part in line.splitlines() if part.strip()), "")
    line = _ROLE.sub("", line.strip()).strip("“”\"' ")
    if _length(line) < SHORTEST or not speakable(line):
        return ""
    if not re.search(r"[。！？!?]$", line):
        line = line.rstrip("，,、；;：:—-… ") + "。"
    return line


def speakable(line: str) -> bool:
    """Whether ``line`` is Chinese without markup, of a length that can be spoken."""
    letters = _LETTER.findall(line)
    chinese = _CHINESE.findall(line)
    return 0 < len(line) <= LONGEST and len(chinese) >= max(1, 0.7 * len(letters)) and not _ECHO.search(line)


def _of_json(text: str) -> str:
    try:
        held = json.loads(text)
    except ValueError:
        return ""
    return next((v for v in held.values() if isinstance(v, str)), "") if isinstance(held, dict) else ""


def human(text: str) -> re.Match[str] | None:
    """Words of a human past, which a program does not have."""
    return _HUMAN.search(text)


def first_end(written: str) -> int:
    """Where the first stretch of a text being written may end; 0 while it may not yet."""
    for match in _CLAUSE.finditer(written):
        if not match[0] or (match.end() >= len(written) and not _SENTENCE.match(written)):
            return 0  # the mark is the last thing written: 1,5 may follow
        said = written[: match.end()]
        if re.search(r"[。！？!?；;]", match[0]):
            return match.end()
        if _length(said) >= SHORTEST and not _leans(said):
            return match.end()
    return 0


def next_end(written: str, start: int) -> int:
    """Where the sentence that begins at ``start`` ends; 0 while it goes on."""
    match = _SENTENCE.match(written, start)
    return match.end() if match else 0


def without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """``text`` without the clauses that touch ``spans``; empty where the rest does not stand alone."""
    kept: list[str] = []
    before = ""
    for match in _CLAUSE.finditer(text):
        cut = any(a < match.end() and match.start() < b for a, b in spans)
        if cut and (_leans(match[0]) or _leans(before)):
            return ""  # a condition and what follows from it go together
        if match[0] and not cut:
            kept.append(match[0])
        before = match[0] if match[0] and not cut else ""
    line = re.sub(r"[，,；;\s]+$", "", "".join(kept))
    if _length(line) < max(2 * SHORTEST, SHARE * _length(text)):
        return ""
    return line if re.search(r"[。！？!?]$", line) else line + "。"


def _leans(clause: str) -> bool:
    return bool(_LEANS.search(re.sub(r"[，,。！？!?；;\s]+$", "", clause)))


def _length(text: str) -> int:
    return sum(c.isalnum() for c in text)
