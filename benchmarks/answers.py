"""Answers of facts alone, over small shops of our own with questions written before any tuning.

Run: ``python -m benchmarks.answers [--writer model] [--first N]``. Prints right answers, refusals kept clean,
and seconds a question; with the model, also how many answers are in its words.
"""

from __future__ import annotations

import argparse
import functools
import json
import platform
import re
import sys
import tempfile
import time
import tomllib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks import fresh_shops
from compliance.guard import screen
from core.settings import load
from knowledge_graph.facts import Fact, MemoryShop, Quantity, Shop, ShopMeta, Source
from knowledge_graph.ingest.importer import import_file
from knowledge_graph.questions import Answerer, mandarin
from knowledge_graph.questions.reply import Answer
from knowledge_graph.schema import TERMS, Property
from service.second_opinion import sentence_embedding
from service.writing import in_other_words, model_writer

HERE = Path(__file__).parent / "held_out"
_LISTS = (
    "certificate",
    "selling_point",
    "reminder",
    "excluded_region",
    "size",
    "color",
    "gift",
    "promotion",
    "after_sales",
    "note",
)
REFUSAL = re.compile(r"客服|没有?写|不清楚")


def quantity(text: str) -> Quantity | None:
    """3袋 → Quantity(3, 袋)."""
    match = re.fullmatch(r"([\d.]+)(.+)", text)
    return Quantity(Decimal(match[1]), match[2]) if match else None


def facts_of(record: dict[str, Any], file: str = "facts.json") -> list[Fact]:
    """The facts of one product of the small shop."""
    name = record.get("product", "")
    found: list[Fact] = []

    def add(key: str, value: Any, **more: Any) -> None:
        wanted = Property(key)
        held = Decimal(value) if TERMS[wanted].kind == "decimal" else value
        written = more.pop("written", str(value))
        found.append(
            Fact(
                product=name,
                property=wanted,
                value=held,
                written=written,
                unit=TERMS[wanted].unit,
                source=Source(file, cell=f"{name}.{key}"),
                **more,
            )
        )

    for key, value in record.items():
        if key in ("product", "tiers", "per", "high", "price_note"):
            continue
        if key == "price":
            add(
                "price",
                value,
                per=quantity(record.get("per", "")),
                high=Decimal(record["high"]) if "high" in record else None,
            )
        elif key == "shelf_life":
            for about, days in value.items():
                add(key, days, about=about, written=f"{about}{days}天")
        elif key == "surcharge_region":
            for about, cost in value.items():
                add(key, cost, about=about, written=f"{about}每单加{cost}元")
        elif key == "count":
            add(key, re.sub(r"\D", "", value), written=value)
        elif key == "aliases":
            for alias in value:
                add("alias", alias)
        else:
            for each in value if key in _LISTS else [value]:
                add(key, each)
    for per, total in record.get("tiers", {}).items():
        add("price_tier", total, per=quantity(per), written=f"{total}元{per}")
    return found


def small_shop() -> MemoryShop:
    """The shop of ``held_out/facts.json``."""
    data = json.loads((HERE / "facts.json").read_text(encoding="utf-8"))
    shared = facts_of(data["shared"])
    rules: dict[Property, list[Fact]] = {}
    for fact in shared:
        rules.setdefault(fact.property, []).append(fact)
    by_product: dict[str, tuple[Fact, ...]] = {"": tuple(shared)}
    for record in data["products"]:
        own = facts_of(record)
        held = {f.property for f in own}
        by_product[record["product"]] = (*own, *(f for f in shared if f.property not in held))
    return MemoryShop(ShopMeta(data["shop"], date.fromisoformat(data["as_of"])), by_product)


def right(question: dict[str, Any], answer: Answer) -> bool:
    """Whether the answer has every value it must and none it must not; a refusal brings no number along."""
    text = answer.text
    if len(text) > 120 or any(_says(text, bad) for bad in question.get("not", [])):
        return False
    if question.get("refuse"):
        own = re.findall(r"\d+(?:\.\d+)?", question["question"])
        return (
            bool(REFUSAL.search(text))
            and not answer.answerable
            and not (set(re.findall(r"\d+(?:\.\d+)?", text)) - set(own))
        )
    return all(any(_says(text, v) for v in group) for group in question["must"])


def _says(text: str, value: str) -> bool:
    if value[:1].isdigit():
        return re.search(rf"(?<![\d.]){re.escape(value)}(?!\d|\.\d)", text) is not None
    return value in text


def second_shop() -> Shop:
    """The shop of ``held_out/second.csv``, through the importer and the guard."""
    day = date(2024, 12, 5)
    return import_file(HERE / "second.csv", day, functools.partial(screen, as_of=day)).shop("second")


def fresh_shop(name: str) -> Shop:
    """One of the sheets of ``held_out/shops``, through the importer and the guard."""
    source = fresh_shops.SHOPS / f"{name}.toml"
    day = date.fromisoformat(tomllib.loads(source.read_text(encoding="utf-8"))["as_of"])
    with tempfile.TemporaryDirectory() as folder:
        fresh_shops.write_shop(source, Path(folder))
        screened = functools.partial(screen, as_of=day)
        return import_file(Path(folder) / "products.xlsx", day, screened).shop(name)


def measure(name: str, shop: Shop, file: str, asked: argparse.Namespace) -> list[float]:
    """Ask the questions of one file, print what went wrong and the rates; seconds of each question."""
    writer = model_writer(load(), shop, shop.meta.as_of, print) if asked.writer == "model" else None
    reworded = 0
    answerer = Answerer(shop, mandarin(shop), embed=sentence_embedding())
    questions = [json.loads(line) for line in (HERE / file).read_text(encoding="utf-8").splitlines()]
    questions = [q for q in questions if q.get("shop", name) == name]
    good = clean = refusals = 0
    seconds: list[float] = []
    questions = questions[: asked.first or None]
    for question in questions:
        start = time.perf_counter()
        answer = answerer.answer(question["question"], question.get("on_screen"))
        if writer is not None:
            product = next((f.product for f in answer.facts if f.product), None)
            text, by = in_other_words(writer, question["question"], answer, product)
            answer, reworded = replace(answer, text=text), reworded + (by == "model")
        seconds.append(time.perf_counter() - start)
        ok = right(question, answer)
        good += ok
        refusals += bool(question.get("refuse"))
        clean += ok and bool(question.get("refuse"))
        if not ok:
            print(question["id"], question["question"], "→", answer.text, file=sys.stderr)
    rate = good / len(questions)
    by_model = f", in the model's words {reworded}" if writer else ""
    print(
        f"{name}: answers right {good}/{len(questions)} = {rate:.3f}, "
        f"refusals clean {clean}/{refusals}{by_model}"
    )
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writer", choices=("phrases", "model"), default="phrases")
    parser.add_argument("--first", type=int, default=0, help="so many questions of each file; 0: all")
    asked = parser.parse_args()
    seconds = measure("first", small_shop(), "questions.jsonl", asked)
    seconds += measure("second", second_shop(), "second.jsonl", asked)
    seconds += measure("third", second_shop(), "third.jsonl", asked)
    for name in ("duckeggs", "clothshoes", "driedfruit"):
        seconds += measure(name, fresh_shop(name), "fresh.jsonl", asked)
    seconds.sort()
    p50, p95 = seconds[len(seconds) // 2], seconds[int(len(seconds) * 0.95)]
    print(f"{platform.machine()} python {platform.python_version()} n={len(seconds)}")
    print(f"seconds a question p50 {p50:.4f} p95 {p95:.4f}")


if __name__ == "__main__":
    main()
