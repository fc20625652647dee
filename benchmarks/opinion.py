"""The guard's second opinion: how it judges authors it has not read, and fitting it anew.

usage: python -m benchmarks.opinion [--write] [--no-scores]

Lines of ``data/guard`` (a class or ``ok``, the line, the words that offend), of the guard's tests and its
rules' examples teach it, with everyday sentences and the host's own phrases as clean ones. Printed, leaving
out one author's lines at a time: the chance that an offence is thought worse than a lawful line, and what
rules alone and both together stop. ``--write`` fits ``compliance/rules/opinion.npz`` to all lines.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from anchor.care import glossary
from anchor.persona import personas
from anchor.programme import read_programme
from anchor.replies import replies
from anchor.writer.phrases import patterns, pieces
from benchmarks.report import fitting_options, machine
from compliance.guard import Guard
from compliance.opinion import Example, Opinion, fitted
from compliance.rulebook import load_rules
from compliance.weighing import Passage, Weighing, counted, features
from compliance.weighing import fitted as balanced
from dialects.lexicon import built_in_files, read

ROOT = Path(__file__).resolve().parents[1]
LINES = Path(__file__).parent / "data" / "guard"
ROUNDS = ROOT / "tests" / "compliance" / "data"
TARGET = ROOT / "compliance" / "rules" / "opinion.npz"
EVERYDAY = 3
"""Every which example sentence of the dialect lexicons is taken."""

MANDARIN = Path(__file__).parent / "data" / "mandarin.txt"
SHOPS = Path(__file__).parent / "held_out" / "shops"
FRAMES = (
    "掌柜的讲过，{}",
    "昨天来的大姐亲口讲：{}",
    "我照着念：{}，念完了",
    "都这么传，{}",
    "网上都写，{}",
    "您是想问{}吧？对的",
    "有人不信{}？我信",
    "盒子上印着：{}",
    "不许我说疗效，可{}",
    "规定不准讲，那我悄悄讲，{}",
    "我不打包票，只是{}",
    "不敢夸口，反正{}",
    "那两个字我不提，{}",
    "不是广告，{}",
)
"""What people put around an offence: the frame shall neither excuse nor accuse."""
FACTS = {
    "price_cny": "{product}{price_cny}元。",
    "origin": "{product}产地是{origin}。",
    "storage": "{product}{storage}。",
    "net_weight_g": "{product}净重{net_weight_g}克。",
    "shelf_life_days": "保质期{shelf_life_days}天。",
    "shipping_hours": "{product}{shipping_hours}小时内发货。",
}
"""Keys of the sheets' products and a plain sentence for each."""

Line = tuple[str, str]
"""A text and its class, empty where it is lawful."""


def authors() -> dict[str, list[Line]]:
    """The lines of each author; a bad one is named by file and line."""
    found: dict[str, list[Line]] = {}
    for path in sorted(LINES.glob("*.tsv")):
        told = found.setdefault(path.stem, [])
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.startswith("#"):
                continue
            kind, text, span = line.split("\t")
            if not re.fullmatch(r"ok|C([1-9]|1[0-5])", kind) or span not in text:
                raise SystemExit(f"{path.name}, line {number}: want class, text, words of the text")
            told.append((text, "" if kind == "ok" else kind))
    return found


def others() -> Iterator[Line]:
    """Lines of the guard's tests and rules, the host's phrases, everyday sentences."""
    for path in sorted(ROUNDS.glob("*.jsonl")):
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            if "text" in row and path.stem != "pii":
                yield row["text"], row.get("class") or ""
    frames = itertools.cycle(FRAMES)
    for rule in load_rules().rules:
        yield next(frames).format(rule.block[0]), rule.kind
        yield from ((text, rule.kind) for text in rule.block)
        yield from ((text, "") for text in rule.passes)
    yield from ((text, "") for text in host_lines())
    for line in MANDARIN.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line, ""
    for file, data in built_in_files():
        lexicon, _ = read(data, file)
        senses = lexicon.senses if lexicon else ()
        yield from ((sense.example, "") for sense in senses[::EVERYDAY] if len(sense.example) >= 6)


def host_lines() -> Iterator[str]:
    """Kind words, terms explained, greetings, rituals; phrases and facts of our own sheets."""
    yield from (reply.text for told in replies().values() for reply in told)
    yield from (f"就是{term.plain}。" for term in glossary())
    yield from (text for one in personas().values() for text in (*one.hello, *one.address))
    for ritual in read_programme(ROOT / "examples" / "programme.toml").rituals:
        yield from (*ritual.lines, *ritual.farewell)
    shops = [tomllib.loads(p.read_text(encoding="utf-8")) for p in sorted(SHOPS.glob("*.toml"))]
    goods = [product for shop in shops for product in shop["products"]]
    told = itertools.cycle(goods)
    for pattern in patterns():
        for form in pattern.forms:
            yield filled(form, next(told))
    for of in goods:
        yield from (sentence.format(**of) for key, sentence in FACTS.items() if of.get(key))


def filled(form: str, product: dict[str, Any]) -> str:
    """A phrase with what a sheet says of a product in its slots."""
    price = f"{product.get('price_cny', 30)}元"
    slots = {"product": product["product"], "origin": product.get("origin"), "price": price}
    return "".join(
        slots.get(piece[1:-1]) or "这个" if piece.startswith("{") else piece for piece in pieces(form)
    )


Judged = tuple[Passage, bool]
"""What a line is judged by, and whether it is an offence."""


def judged(guard: Guard, opinion: Opinion, lines: list[Line]) -> list[Judged]:
    """The passage of each line that reads worst, by rules and an opinion that has not read these lines."""
    judge = Guard(guard.book, opinion=opinion)
    told = ((judge.passages(text, date.today()), kind) for text, kind in lines)
    return [(max(read, key=lambda each: each.sentence), bool(kind)) for read, kind in told if read]


def weighing(by_author: dict[str, list[Judged]]) -> Weighing:
    """Fitted to lines that neither the opinion nor the count of what rules got right has seen."""
    rows, truth = [], []
    for author, lines in by_author.items():
        others = chain.from_iterable(told for other, told in by_author.items() if other != author)
        reliability = counted((passage.rules, offends) for passage, offends in others)
        rows += [features(passage, reliability) for passage, _ in lines]
        truth += [offends for _, offends in lines]
    everyone = chain.from_iterable(by_author.values())
    return balanced(rows, truth, counted((passage.rules, offends) for passage, offends in everyone))


def compare(guard: Guard, opinion: Opinion, lines: list[Line]) -> str:
    """What rules alone, and rules with an opinion that has not read these lines, make of them."""
    odds = np.array([opinion.odds(guard.revealed(text).text) for text, _ in lines])
    offends = np.array([bool(kind) for _, kind in lines])
    better = float(np.mean(odds[offends][:, None] > odds[~offends][None, :]))
    shares = []
    for judge in (Guard(guard.book), Guard(guard.book, opinion=opinion)):
        stopped = np.array([judge.check(text).action != "allow" for text, _ in lines])
        shares += [stopped[offends].mean(), stopped[~offends].mean()]
    return f"{better:.3f} | {shares[0]:.3f} {shares[1]:.3f} | {shares[2]:.3f} {shares[3]:.3f}"


def write(examples: list[Example], weighed: Weighing) -> None:
    """Fit to all examples and replace the house's opinion."""
    told = "\n".join(f"{kind}\t{text}" for text, kind in examples)
    about = {
        "author": "乡音合规组", "source": "python -m benchmarks.opinion --write", "licence": "CC0-1.0",
        "date": date.today().isoformat(), "lines": len(examples),
        "version": hashlib.sha256(told.encode()).hexdigest()[:8],
    }  # fmt: skip
    opinion = fitted(examples, about=json.dumps(about, ensure_ascii=False))
    with TARGET.open("wb") as file:
        replace(opinion, weighing=weighed).write(file)
    print(f"{TARGET.name}: {len(examples)} lines, {TARGET.stat().st_size // 1024} KiB")


def main() -> None:
    args = fitting_options(__doc__)
    print(machine("numpy"))
    guard = Guard(load_rules())
    lines = authors()
    held = {name: [(guard.revealed(text).text, kind) for text, kind in told] for name, told in lines.items()}
    common = [(guard.revealed(text).text, kind) for text, kind in others()]
    opinions = {
        name: fitted(common + [line for other, told in held.items() if other != name for line in told])
        for name in held
    }
    told = {name: judged(guard, opinion, lines[name]) for name, opinion in opinions.items()}
    if not args.no_scores:
        print("author left out: offence worse than lawful | rules stop offences, lawful | with the opinion")
        for name, opinion in opinions.items():
            of_others = weighing({other: each for other, each in told.items() if other != name})
            scores = compare(guard, replace(opinion, weighing=of_others), lines[name])
            print(f"{name:<10} {len(lines[name]):>5}: {scores}", flush=True)
    if args.write:
        write(common + [line for each in held.values() for line in each], weighing(told))


if __name__ == "__main__":
    main()
