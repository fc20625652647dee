"""Questions about a shop, answered from its facts alone: no model, exact arithmetic, or a plain refusal.

:func:`answer` is the one door; :class:`Answerer` keeps a shop's names ready for many questions.
"""

from __future__ import annotations

from datetime import date

from knowledge_graph.facts import Fact, Shop
from knowledge_graph.questions.answering import Answerer
from knowledge_graph.questions.asked import Render
from knowledge_graph.questions.reply import Answer
from knowledge_graph.retrieval import by_words
from knowledge_graph.search import resolve as _resolve

__all__ = ["Answer", "Answerer", "answer", "facts_about", "resolve"]


def answer(shop: Shop, question: str, on_screen: str | None = None, as_of: date | None = None) -> Answer:
    """Answer ``question`` about ``shop``; ``on_screen`` is the product that 这个 means.

    Never raises for odd questions. Dialect is understood with the built-in lexicons.
    """
    return Answerer(shop, mandarin(shop)).answer(question, on_screen, as_of)


def mandarin(shop: Shop) -> Render:
    """A function that renders a viewer's dialect, leaving the shop's product words alone."""
    from dialects.render import default_renderer

    renderer = default_renderer()
    words = tuple(shop.products())
    return lambda text: renderer.render(text, vocabulary=words).mandarin


def facts_about(shop: Shop, product: str, on: date | None = None) -> tuple[Fact, ...]:
    """Every fact about a product that holds on a day."""
    day = on or shop.meta.as_of
    return tuple(f for f in shop.facts(product) if f.valid_on(day))


def resolve(shop: Shop, mention: str, on_screen: str | None = None) -> tuple[str, ...]:
    """The products a mention can mean: names, parts, aliases, typos, sizes, 这个; else words of facts."""
    found = _resolve(shop, mention, on_screen)
    if not found and (product := by_words(shop)(mention)):
        return (product,)
    return found
