"""Topics that sheets hardly ever hold (``data/unheld.tsv``): a fact with the very word, or a refusal."""

from __future__ import annotations

import re

from knowledge_graph.facts import Shop
from knowledge_graph.questions import quoting
from knowledge_graph.questions.asked import Asked
from knowledge_graph.questions.reply import Part
from knowledge_graph.questions.texts import TEXTS
from knowledge_graph.questions.wording import kin
from knowledge_graph.search import Catalogue

_MEASURED = frozenset({"检测数值", "工序次数"})
"""Topics that only a clause with a figure answers."""
_ELSEWHERE = "别家"
"""What others ask for it: no fact of this shop answers that, its own price least of all."""
_ANSWERED = frozenset("price stock origin weight list_price shelf_life".split())
"""What is answered although such a topic is asked beside it."""


def told(shop: Shop, asked: Asked, catalogue: Catalogue) -> list[Part] | None:
    """The fact with the topic's very word, else a refusal; None where more was asked, which is answered."""
    words = [w for _, w in asked.unheld]
    topics = {topic for topic, _ in asked.unheld}
    measured = topics & _MEASURED
    if _ELSEWHERE in topics:
        return [Part(missing="别家的价")]
    for product in asked.products() or catalogue.by_product:
        for fact in quoting.pick(shop, asked, product, *TEXTS):
            if fact.property in quoting.CELLS:
                continue
            for clause in quoting.clauses(fact):
                if measured and not re.search(r"[0-9]", clause):
                    continue
                if any(_shares(w, clause) or _akin(w, clause) for w in words):
                    return [Part(product if fact.product else "", clause, (fact,))]
    return None if asked.intents & _ANSWERED and not asked.conditions else [Part(missing=asked.unheld[0][0])]


def _shares(word: str, clause: str) -> bool:
    """Whether a clause has the topic's own word: two telling characters in a row."""
    plain = re.sub(r"[几多少好了的吗不没有什么是能会要过得开出来]", " ", word)
    return any(w in clause for w in re.findall(r"[\u4e00-\u9fffa-z]{2,}", plain))


def _akin(word: str, clause: str) -> bool:
    """Whether a clause has another word for the topic's own (硫磺: 无硫)."""
    return any(
        len(said) > 1 and said in word and any(o in clause for o in others) for said, others in kin().items()
    )
