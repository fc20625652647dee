"""Where a word of an example stands, as exemptions are asked."""

from __future__ import annotations


def around(text: str, word: str) -> tuple[str, int, int]:
    """The text with the span of the word in it."""
    at = text.index(word)
    return text, at, at + len(word)
