"""What a sale asks beside the price: a deposit, and how many one viewer may buy."""

from __future__ import annotations

import re

from knowledge_graph.facts import Shop
from knowledge_graph.questions.asked import Asked
from knowledge_graph.questions.pricing import money
from knowledge_graph.questions.quoting import clauses, joined, pick
from knowledge_graph.questions.reply import Part
from knowledge_graph.questions.selling import offers
from knowledge_graph.questions.texts import wanted_text
from knowledge_graph.schema import Property


def deposit(shop: Shop, asked: Asked, product: str) -> Part:
    """The deposit the record names, worked out where it is half of a known price."""
    for fact in pick(
        shop,
        asked,
        product,
        Property.NOTE,
        Property.PRESALE,
        Property.LEAD_TIME,
        Property.PROMOTION,
        Property.AFTER_SALES,
    ):
        for clause in clauses(fact):
            if not re.search("定金|订金|押金", clause):
                continue
            found = offers(shop, asked, product)
            if re.search("一半|50%|五成", clause) and found and found.high is None:
                return Part(product, f"{clause}，定金是{money(found.price / 2)}元", (fact, found.fact))
            return Part(product, clause, (fact,))
    return Part(product, missing="定金")


def limit(shop: Shop, asked: Asked, product: str) -> Part:
    """How many one viewer may buy."""
    facts = pick(shop, asked, product, Property.PURCHASE_LIMIT)
    facts += [
        f for f in pick(shop, asked, product, Property.NOTE, Property.PROMOTION) if "限购" in wanted_text(f)
    ]
    return Part(product, joined(facts), tuple(facts)) if facts else Part(product, missing="限购")
