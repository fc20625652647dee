"""A line in dialect as Mandarin (:mod:`dialects.render`), so that rules written in Mandarin read it too."""

from __future__ import annotations

import re
from functools import cache

from compliance.normal import Folded
from dialects.render import Renderer

_TELLING = re.compile(
    "[冇咗嘅佢睇嚟哋喺啲嗰咁噉唔乜嘢佬啱俾畀瞓咧嘞俺侬搿侪覅弗哉阮拢毋袂啉呷嫽咥饃尕旮旯瞅唠咋啷噻恁滴伢崽𠊎厝囝囡佮㗎喔咯啵]"
    "|阿拉|伊拉|屋里|屋头|老铁|啥子|莫得|莫不|不带|不得|麻溜|可劲|整俩|老鼻子|贼拉|老好|阿嬷|安逸|巴适|晓得|摆起|喊人|逐日|规个|歹物|婆姨"
)
"""Characters and words that plain Mandarin hardly has: the renderer takes milliseconds, this no time."""
_LONGEST = 200
"""Characters of a text that is rendered: what is said in one breath, not a page."""


@cache
def _renderer() -> Renderer:
    return Renderer()


def in_mandarin(text: Folded) -> Folded | None:
    """The text with its dialect words rendered; None where it has none."""
    if len(text.text) > _LONGEST or not _TELLING.search(text.text):
        return None
    glosses = _renderer().render(text.text).glosses
    return text.edited((g.start, g.end, g.mandarin) for g in glosses) if glosses else None
