"""Lines and answers written by the real language model over shops: does a falsehood reach the voice?

Run: ``python -m benchmarks.writer_truth [FOLDER_OF_SHOPS] --lines 1000 --answers 1000 --out truth.jsonl``

Every record is kept in ``--out`` as soon as it is made, and a run goes on where the last one stopped. What
was spoken is judged by :mod:`benchmarks.raw_truth`, which reads the raw sheets and shares no code with the
checker. ``--read N`` prints N spoken lines to read by hand, spread over the whole.
"""

from __future__ import annotations

import argparse
import functools
import json
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from anchor.dialogue import bind
from anchor.writer.compose import write
from anchor.writer.gate import Gate
from anchor.writer.memory import Used
from anchor.writer.model import ModelWriter
from anchor.writer.prompts import MOVES, gathered
from backends import chat, choose, load
from benchmarks.raw_truth import RawShop
from benchmarks.report import machine, row
from compliance.guard import Guard, screen
from core.events import Line
from core.settings import load as load_settings
from core.weights import Weights
from knowledge_graph.claims import Checker
from knowledge_graph.facts import Shop
from knowledge_graph.ingest.importer import import_file
from knowledge_graph.questions import Answerer, mandarin
from knowledge_graph.search import Catalogue

ROOT = Path(__file__).resolve().parents[2] / "shared" / "eval" / "shops"
TEMPERATURE = 0.9
ASKS = (
    "{}现在什么价", "{}是哪儿出的", "{}能放多久", "{}有多重", "{}拍了几天能发", "{}用啥快递", "{}有什么好处",
    "{}原来卖多少", "{}怎么存", "{}咋吃咋用", "{}还有货没", "买两份{}要多少钱", "{}是啥做的", "{}新疆能发不",
)  # fmt: skip


class Desk:
    """One shop with its writer."""

    def __init__(self, folder: Path, model: Any) -> None:
        day = date.fromisoformat(json.loads((folder / "meta.json").read_text(encoding="utf-8"))["as_of"])
        preview = import_file(folder / "products.xlsx", day, functools.partial(screen, as_of=day))
        self.name, self.day = folder.name, day
        self.shop: Shop = preview.shop(folder.name)
        self.raw = RawShop(folder)
        self.gate = Gate(self.shop, Guard.load(day), Checker(self.shop), day)
        self.writer = ModelWriter(
            model, self.gate.judge, self.shop, as_of=day, temperature=TEMPERATURE,
            answer_seconds=900, script_seconds=900,
        )  # fmt: skip
        self.answerer = Answerer(self.shop, mandarin(self.shop))
        self.names = Catalogue(self.shop)

    def lines(self, seed: int) -> Iterator[dict[str, Any]]:
        """One line for each product and move the model may write."""
        for product in self.shop.products():
            for move in MOVES:
                if not gathered(move, self.shop, product, self.day, seed):
                    continue
                key = f"line|{self.name}|{product}|{move}|{seed}"
                yield {"key": key, "kind": "line", "product": product, "move": move, "seed": seed}

    def answers(self, seed: int) -> Iterator[dict[str, Any]]:
        """One question of each kind for each product."""
        for product in self.shop.products():
            for n, ask in enumerate(ASKS):
                question = ask.format(self.names.label(product))
                key = f"answer|{self.name}|{product}|{n}|{seed}"
                yield {"key": key, "kind": "answer", "product": product, "question": question, "seed": seed}

    def made(self, task: dict[str, Any]) -> dict[str, Any]:
        """The task with its drafts, what was spoken, and by whom."""
        began = time.perf_counter()
        if task["kind"] == "line":
            drafts = list(self.writer.script(task["move"], task["product"], task["seed"]))
        else:
            found = self.answerer.answer(task["question"], task["product"], self.day)
            line = Line(
                segments=bind(found.text, found.facts), purpose="answer", product=task["product"],
                writer="answers",
            )  # fmt: skip
            drafts = list(self.writer.answer(task["question"], found, line, task["seed"]))
            task = task | {"facts": found.text}
        seconds = time.perf_counter() - began
        said = [d for d in drafts if d.passed]
        task["drafts"] = [
            {
                "text": d.line.text, "writer": d.line.writer, "passed": d.passed,
                "why": [f"{f.surface}：{f.reason}" for v in d.verdicts for f in v.findings],
            }
            for d in drafts
        ]  # fmt: skip
        if task["kind"] == "line" and not said:
            bank = write(task["move"], self.shop, task["product"], Used(), task["seed"], self.day)
            text, writer = (bank[0].text if bank else ""), "phrases"
        else:
            text, writer = (
                "".join(d.line.text for d in said),
                "+".join(dict.fromkeys(d.line.writer for d in said)),
            )
        return task | {"shop": self.name, "spoken": text, "writer": writer, "seconds": round(seconds, 2)}


def tasks(desks: dict[str, Desk], kind: str, wanted: int) -> Iterator[dict[str, Any]]:
    """``wanted`` tasks, shops taking turns."""
    seed = found = 0
    while True:
        rows = [list(d.lines(seed) if kind == "line" else d.answers(seed)) for d in desks.values()]
        for n in range(max(map(len, rows))):
            for each in rows:
                if n < len(each):
                    yield each[(n * 37) % len(each)] if len(each) % 37 else each[n]
                    found += 1
                    if found == wanted:
                        return
        seed += 1


def report(records: list[dict[str, Any]], desks: dict[str, Desk], read: int) -> None:
    """Shares, and every claim that reached the voice and is not in the raw sheet."""
    false: list[tuple[str, str, list[str]]] = []
    for kind in ("line", "answer"):
        mine = [r for r in records if r["kind"] == kind]
        asked = [r for r in mine if any(d["writer"] == "model" for d in r["drafts"])]
        refused = [r for r in asked if not r["drafts"][0]["passed"]]
        shares = {
            "first draft refused": refused,
            "mended and then passed": [r for r in refused if r["writer"] == "model"],
            "spoken by phrases or facts": [r for r in asked if r["writer"] not in ("model", "")],
            "not spoken": [r for r in asked if not r["writer"]],
        }
        told = ", ".join(f"{name} {len(those) / max(1, len(asked)):.3f}" for name, those in shares.items())
        print(f"{kind}s n={len(mine)}, asked of the model {len(asked)}: {told}")
        if mine:
            print(row(f"{kind}: seconds", [r["seconds"] for r in asked]))
        for r in mine:
            wrong = desks[r["shop"]].raw.unsupported(r["spoken"], r["product"], r.get("question", ""))
            if wrong:
                false.append((r["key"], r["spoken"], wrong))
    print(f"claims that reached the voice and are not in the raw sheets: {len(false)} of {len(records)}")
    for key, text, wrong in false:
        print("  false?", key, text, wrong)
    spoken = [r for r in records if "model" in r["writer"]]
    for r in spoken[:: max(1, len(spoken) // read)][:read] if read else []:
        print(
            "  read",
            r["shop"],
            "|",
            r.get("question", r.get("move")),
            "|",
            r.get("facts", ""),
            "|",
            r["spoken"],
        )


def main() -> None:
    """Write what is missing, then print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT)
    parser.add_argument("--lines", type=int, default=1000)
    parser.add_argument("--answers", type=int, default=1000)
    parser.add_argument("--out", type=Path, default=Path("/tmp/writer_truth.jsonl"))
    parser.add_argument("--model", choices=("llama", "llama-1.5b"), default="llama")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--read", type=int, default=0)
    asked = parser.parse_args()
    spec = choose(chat.BACKENDS, asked.model)
    model = load(spec, Weights(load_settings().weights.folder), threads=asked.threads)
    desks = {d.name: Desk(d, model) for d in sorted(asked.folder.iterdir()) if d.is_dir()}
    held = asked.out.read_text(encoding="utf-8").splitlines() if asked.out.exists() else []
    records = {r["key"]: r for r in map(json.loads, held)}
    wanted = [t for pair in _paired(desks, asked.lines, asked.answers) for t in pair]
    with asked.out.open("a", encoding="utf-8") as out:
        for task in wanted:
            if task["key"] in records:
                continue
            done = desks[task["key"].split("|")[1]].made(task)
            records[task["key"]] = done
            out.write(json.dumps(done, ensure_ascii=False) + "\n")
            out.flush()
    print(machine("xllamacpp"), f"| temperature {TEMPERATURE}, seeds from 0")
    report([records[t["key"]] for t in wanted if t["key"] in records], desks, asked.read)


def _paired(desks: dict[str, Desk], lines: int, answers: int) -> Iterator[list[dict[str, Any]]]:
    """Lines and answers in turn, so that a run that is cut short has both."""
    one = tasks(desks, "line", lines) if lines else iter(())
    two = tasks(desks, "answer", answers) if answers else iter(())
    for _ in range(max(lines, answers)):
        yield [t for t in (next(one, None), next(two, None)) if t is not None]


if __name__ == "__main__":
    main()
