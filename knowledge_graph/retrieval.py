"""Search over the facts of a shop: Chinese BM25 and one vector a product; facts with evidence or nothing.

The lexical half is Okapi BM25 (Robertson and Zaragoza 2009) over characters and pairs of characters. The
semantic half compares one vector a product. Both rankings are fused by reciprocal ranks (Cormack, Clarke and
Büttcher 2009). A product is only a hit when the text shares enough telling characters with it, or when it
lies nearer to the text than to any small talk.
"""

from __future__ import annotations

import json
import re
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from math import log
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tantivy

from core.files import write_atomic
from core.ports import Embedder
from core.tables import shipped
from knowledge_graph.facts import Fact, Shop
from knowledge_graph.schema import Property
from knowledge_graph.search import spelled

Vectors = npt.NDArray[np.float32]

_HAN = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[a-z0-9.]+")
_ASKING = re.compile(
    r"有没有|是不是|能不能|可不可以|会不会|要不要|多少钱?|什么|怎么样?|哪[个些里款种]|可以|一下|请问|你们|我们|咱们|"
    r"主播|老板|家人们|这[个款种]|那[个款种]|[的了吗呢吧啊是有在不没我你他要会能么给就都也还再来去和跟与同比到]"
)
"""Words that ask or join: they point at no product."""
_LEXICAL = (
    Property.NAME, Property.ALIAS, Property.CATEGORY, Property.VARIETY, Property.BRAND, Property.MAKER,
    Property.ORIGIN, Property.MATERIAL, Property.CRAFT, Property.INGREDIENTS, Property.SELLING_POINT,
    Property.USAGE, Property.SUITABLE_FOR, Property.CARE, Property.COLOR, Property.GRADE,
    Property.HARVEST_SEASON, Property.SPEC, Property.SIZE, Property.NOTE, Property.REMINDER,
)  # fmt: skip
"""Properties whose words tell products apart; storage, shipping and rules are much the same everywhere."""
_MEANING = (
    Property.NAME, Property.ALIAS, Property.CATEGORY, Property.VARIETY, Property.SELLING_POINT,
    Property.USAGE, Property.SUITABLE_FOR, Property.MATERIAL,
)  # fmt: skip
_POOL = 50
_FUSION = 60
_SHARED = 0.5
_ALONE = 0.4
_CLEAR = 0.6
_LEAD = 1.3
_SHOWN = 3
_HEAP = 50_000_000
_STATE = "products.json"
_VECTORS = "vectors.npz"


@dataclass(frozen=True, slots=True)
class Hit:
    """A product that a text is about.

    ``score`` is the fused rank (0 to about 0.033), ``shared`` the part of the text's telling characters that
    the product's facts hold (0 to 1), ``nearness`` how far its vector clears small talk (above 0: it does).
    ``facts`` are those that carry the hit, the most telling first, each with its evidence.
    """

    product: str
    score: float
    shared: float
    nearness: float
    facts: tuple[Fact, ...]


@cache
def small_talk() -> tuple[str, ...]:
    """Sentences about no product. Raises :class:`ConfigurationError` with the line of a bad one."""
    return tuple(sentence for _, (_id, sentence) in shipped("knowledge_graph", "small_talk.tsv", 2))


def terms(text: str) -> list[str]:
    """The index terms of a text: Chinese characters, their pairs, and whole words of other scripts."""
    found: list[str] = []
    plain = spelled(text)
    for run in _HAN.findall(plain):
        found += run
        found += (run[i : i + 2] for i in range(len(run) - 1))
    return found + _WORD.findall(plain)


def telling(text: str) -> list[str]:
    """The stretches of a text that may point at a product, question words left out."""
    return [part for part in re.split(r"[^\w]+", _ASKING.sub(" ", spelled(text))) if part]


def _words(product: str, facts: Iterable[Fact], wanted: Sequence[Property]) -> str:
    return " ".join((product, *(str(f.value) for f in facts if f.property in wanted)))


def _digest(facts: Iterable[Fact]) -> str:
    return blake2b("\n".join(f.id for f in facts).encode(), digest_size=8).hexdigest()


class ProductIndex:
    """The search index of one shop, in memory or in ``folder``; a refresh takes in only what changed.

    ``embedder`` may be None: then only words are searched. Safe to search from several threads.
    """

    def __init__(self, shop: Shop, embedder: Embedder | None = None, folder: Path | None = None) -> None:
        self._shop = shop
        self._embedder = embedder
        self._folder = folder
        self._lock = threading.RLock()
        self._schema = _schema()
        self._index, self._digests, self._vectors = self._opened()
        self._writer = self._index.writer(heap_size=_HEAP, num_threads=1)
        self._matrix: Vectors = np.zeros((0, 0), dtype=np.float32)
        self._rows: tuple[str, ...] = ()
        self._usual: Vectors = np.zeros(0, dtype=np.float32)
        self._floor = 0.0
        self._talk: Vectors | None = None
        self._stack()

    def refresh(self, products: Iterable[str] | None = None) -> int:
        """Take in what changed in the shop (or in ``products``); returns how many products were touched."""
        with self._lock:
            current = set(self._shop.products())
            wanted = current if products is None else current & set(products)
            gone = [p for p in self._digests if p not in current]
            changed: dict[str, tuple[Fact, ...]] = {}
            for product in wanted:
                facts = self._shop.facts(product)
                if self._digests.get(product) != _digest(facts):
                    changed[product] = facts
            if not changed and not gone:
                return 0
            for product in (*gone, *changed):
                if product in self._digests:
                    self._writer.delete_documents_by_term("product", product)
                self._digests.pop(product, None)
                self._vectors.pop(product, None)
            for product, facts in changed.items():
                self._writer.add_document(_document(product, facts))
                self._digests[product] = _digest(facts)
            self._writer.commit()
            self._index.reload()
            self._embed(changed)
            self._keep()
            return len(changed) + len(gone)

    def search(self, text: str, limit: int = 5) -> tuple[Hit, ...]:
        """The products ``text`` is about, best first; empty where nothing is near enough."""
        stretches = telling(text)
        if not stretches:
            return ()
        with self._lock:
            searcher = self._index.searcher()
            known, near = self._digests, self._near(text)
        weights = _weights(searcher, stretches)
        shared = {
            product: part
            for product, words in self._lexical(searcher, stretches)
            if product in known and (part := _coverage(stretches, words, weights)) >= _SHARED / 2
        }
        ranks: dict[str, float] = {}
        for ranking in (shared, near):
            for rank, product in enumerate(ranking):
                ranks[product] = ranks.get(product, 0.0) + 1 / (_FUSION + rank)
        found = [
            p
            for p in sorted(ranks, key=lambda p: (-ranks[p], -shared.get(p, 0.0)))
            if shared.get(p, 0.0) >= _SHARED or p in near
        ]
        hits = (
            Hit(p, ranks[p], shared.get(p, 0.0), near.get(p, 0.0), self._carrying(p, stretches, weights))
            for p in found[:limit]
        )
        return tuple(hit for hit in hits if hit.facts)

    def clearly(self, text: str) -> str | None:
        """The one product that ``text`` must mean: most of its telling words, and well ahead of the next."""
        hits = self.search(text, limit=2)
        if not hits or hits[0].shared < _CLEAR:
            return None
        if len(hits) > 1 and hits[0].shared < _LEAD * hits[1].shared:
            return None
        return hits[0].product

    def close(self) -> None:
        """Let go of the folder, so that another index can write there."""
        with self._lock:
            self._writer.wait_merging_threads()

    def _carrying(
        self, product: str, stretches: Sequence[str], weights: Mapping[str, float]
    ) -> tuple[Fact, ...]:
        """The facts that share most with the text; what the product is, where none does."""
        facts = [f for f in self._shop.facts(product) if f.property in _LEXICAL]
        rated = [(_coverage(stretches, spelled(str(f.value)), weights), f) for f in facts]
        rated.sort(key=lambda pair: -pair[0])
        carrying = tuple(f for part, f in rated if part > 0)
        return carrying[:_SHOWN] or tuple(f for f in facts if f.property in _MEANING)[:_SHOWN]

    def _lexical(self, searcher: tantivy.Searcher, stretches: Sequence[str]) -> Iterator[tuple[str, str]]:
        """The best products by BM25, each with its words."""
        wanted = dict.fromkeys(t for s in stretches for t in terms(s))
        clauses = [
            (
                tantivy.Occur.Should,
                tantivy.Query.boost_query(
                    tantivy.Query.term_query(self._schema, "body", term, "freq"),
                    _ALONE if len(term) == 1 else 1.0,
                ),
            )
            for term in wanted
        ]
        found = searcher.search(tantivy.Query.boolean_query(clauses), _POOL, count=False).hits
        for _, address in found:
            document = searcher.doc(address)
            yield document["product"][0], document["words"][0]

    def _near(self, text: str) -> dict[str, float]:
        """Products nearer to the text than to small talk, the nearest first."""
        if self._embedder is None or not self._rows:
            return {}
        vector = self._embedder.embed([text], "query")[0]
        clear = self._matrix @ vector - self._usual - self._floor
        count = min(_POOL, len(clear))
        best = np.argpartition(-clear, count - 1)[:count]
        return {
            self._rows[i]: float(clear[i])
            for i in sorted(best.tolist(), key=lambda i: -clear[i])
            if clear[i] > 0
        }

    def _embed(self, changed: Mapping[str, Sequence[Fact]]) -> None:
        if self._embedder is None:
            return
        names = list(changed)
        for at in range(0, len(names), 64):
            batch = names[at : at + 64]
            rows = self._embedder.embed([_words(p, changed[p], _MEANING) for p in batch], "passage")
            self._vectors.update(zip(batch, rows, strict=True))
        self._stack()

    def _stack(self) -> None:
        """One matrix of all vectors, and how near small talk comes to each product."""
        if self._embedder is None or not self._vectors:
            self._rows = ()
            return
        if self._talk is None:
            self._talk = self._embedder.embed(small_talk(), "query")
        self._rows = tuple(self._vectors)
        self._matrix = np.stack([self._vectors[p] for p in self._rows])
        nearness = self._matrix @ self._talk.T
        self._usual = nearness.mean(axis=1)
        spread = nearness - self._usual[:, None]
        # A small shop has seen little small talk: one deviation more than the nearest of it.
        self._floor = float(spread.max() + spread.std())

    def _opened(self) -> tuple[tantivy.Index, dict[str, str], dict[str, Vectors]]:
        """What the folder holds; an index that is torn or of another kind is started anew."""
        if self._folder is None:
            return tantivy.Index(self._schema), {}, {}
        name = self._embedder.name if self._embedder else ""
        state = self._folder / _STATE
        try:
            held = json.loads(state.read_text(encoding="utf-8"))
            index = tantivy.Index.open(str(self._folder / "words"))
            vectors = _load_vectors(self._folder / _VECTORS) if name else {}
        except (OSError, ValueError):
            held = {}
        if held.get("embedder") == name and (not name or set(vectors) == set(held["products"])):
            return index, held["products"], vectors
        shutil.rmtree(self._folder, ignore_errors=True)
        (self._folder / "words").mkdir(parents=True)
        return tantivy.Index(self._schema, path=str(self._folder / "words")), {}, {}

    def _keep(self) -> None:
        if self._folder is None:
            return
        if self._embedder:
            with (self._folder / _VECTORS).open("wb") as file:
                np.savez(file, names=np.array(self._rows), rows=self._matrix)
        state = {"embedder": self._embedder.name if self._embedder else "", "products": self._digests}
        write_atomic(self._folder / _STATE, json.dumps(state, ensure_ascii=False).encode())


def _load_vectors(path: Path) -> dict[str, Vectors]:
    with np.load(path) as held:
        return dict(zip(held["names"].tolist(), held["rows"], strict=True))


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("product", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("words", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("body", tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def _document(product: str, facts: Sequence[Fact]) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("product", product)
    words = spelled(_words(product, facts, _LEXICAL))
    document.add_text("words", words)
    document.add_text("body", " ".join(terms(words)))
    return document


def _weights(searcher: tantivy.Searcher, stretches: Sequence[str]) -> dict[str, float]:
    """How much each character of the text tells: rare ones most (inverse document frequency)."""
    total = max(1, searcher.num_docs)
    units = {c for s in stretches for c in _units(s)}
    return {u: log(1 + total / (1 + searcher.doc_freq("body", u))) for u in units}


def _units(stretch: str) -> list[str]:
    """A stretch cut into Chinese characters and words of other scripts."""
    return re.findall(r"[\u3400-\u9fff]|[a-z0-9.]+", stretch)


def _coverage(stretches: Sequence[str], text: str, weights: Mapping[str, float]) -> float:
    """The weighted part of the stretches that ``text`` holds; a lone character counts less than a pair."""
    whole = held = 0.0
    for stretch in stretches:
        units = _units(stretch)
        for at, unit in enumerate(units):
            weight = weights.get(unit, 0.0)
            whole += weight
            pairs = (units[at - 1] + unit if at else "", unit + "".join(units[at + 1 : at + 2]))
            if any(p != unit and p in text for p in pairs if p):
                held += weight
            elif unit in text:
                held += weight * (1.0 if len(units) == 1 or len(unit) > 1 else _ALONE)
    return held / whole if whole else 0.0


_SMALL = 5_000


def by_words(shop: Shop) -> Callable[[str], str | None]:
    """:meth:`ProductIndex.clearly` without vectors, built when first asked; silent on very large shops."""
    built: list[ProductIndex] = []
    lock = threading.Lock()

    def search(text: str) -> str | None:
        if len(shop.products()) > _SMALL:
            return None
        with lock:
            if not built:
                built.append(ProductIndex(shop))
                built[0].refresh()
        return built[0].clearly(text)

    return search
