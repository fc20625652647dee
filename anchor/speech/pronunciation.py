"""Words that voices mispronounce, respelled with characters of the right sound; and Latin words as said.

Respelling works before any grapheme-to-phoneme step, so it serves every voice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from core.errors import ConfigurationError
from core.tables import bad, shipped

_NOT_HAN = re.compile(r"[^\u3400-\u9fff]")


class Pronunciation:
    """Written words and their respellings, longest first. Immutable; safe to share between threads."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self.words = dict(words)
        listed = sorted(self.words, key=lambda word: (-len(word), word))
        self._pattern = re.compile("|".join(map(re.escape, listed))) if listed else None

    @classmethod
    def load(cls, extra: Mapping[str, str] | None = None) -> Pronunciation:
        """The dictionary of the house with ``extra`` (a shop's product names) laid over it.

        ConfigurationError for a word or respelling that is not written in Chinese characters.
        """
        words = dict(_house())
        for word, respelling in (extra or {}).items():
            if not word or not respelling or _NOT_HAN.search(word + respelling):
                raise ConfigurationError(
                    "speech.bad_pronunciation",
                    f"读音“{word} → {respelling}”要都用汉字。",
                    "用读音相同的常用字来写。",
                )
            words[word] = respelling
        return cls(words)

    def respell(self, text: str) -> str:
        """``text`` with the words of the dictionary respelled."""
        return self._pattern.sub(lambda m: self.words[m[0]], text) if self._pattern else text


@cache
def _house() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for number, (word, respelling, _) in shipped("anchor.speech", "pronunciation.tsv", 3):
        if word in found or _NOT_HAN.search(word + respelling):
            raise bad("pronunciation.tsv", number, f"“{word}”重复，或不全是汉字")
        found[word] = respelling
    return found


@cache
def latin_words() -> Mapping[str, str]:
    """Latin words and abbreviations (upper case) as they are said in Chinese."""
    found: dict[str, str] = {}
    for number, (written, said) in shipped("anchor.speech", "latin.tsv", 2):
        if not written.isascii() or written != written.upper() or _NOT_HAN.search(said) or written in found:
            raise bad("latin.tsv", number, "左栏要大写拉丁字母，右栏要汉字，不重复")
        found[written] = said
    return found
