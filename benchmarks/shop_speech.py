"""Sentences about a shop's own products, spoken by the embedded voice and recognised: kept in a folder.

Each sentence names terms of the shop's vocabulary and amounts of money, or neither (ordinary talk, in which
nothing may be repaired). Templates are this file's own; products come from the shop's sheet.
"""

from __future__ import annotations

import functools
import hashlib
import json
import random
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from anchor.speech.speaker import Speaker, joined
from compliance.guard import screen
from core.events import Samples
from core.ports import RecognitionRequest, Transcript
from core.text.numbers import read_aloud
from knowledge_graph.facts import MemoryShop
from knowledge_graph.ingest.importer import import_file
from media.audio import RATE, read, resample, write_wav

VOICES = ("zf_xiaoxiao", "zf_xiaobei", "zm_yunxi")

PRODUCT = (
    "今天先给大家讲一讲我们家的{p}。",
    "好多朋友在问{p}还有没有货。",
    "{p}是我们自己家里做的，吃不完可以慢慢放。",
    "老板，上次买的{p}家里人都说好。",
    "刚刚进来的朋友，左边这个就是{p}。",
    "我们从{o}给大家发货，{p}都是今天装的。",
    "这个{p}呀，就是{o}那边出的。",
    "还有{p}和{q}，两样一起拍也可以。",
    "不要只看{p}，旁边的{q}也很好。",
)
PRICED = (
    "{p}今天{a}一份，要的朋友抓紧拍。",
    "{p}平时卖{b}，现在只要{a}。",
    "算下来{a}一斤，{p}真的不贵。",
    "{a}两件，{p}和{q}可以混着拍。",
    "{p}，{a}，包邮到家。",
    "咱们{p}不多讲了，{a}，马上上链接。",
    "一斤{a}，两斤{b}，{p}就这个价。",
    "昨天还是{b}，今天{p}给大家降到{a}。",
)
ORDINARY = (
    "大家晚上好，欢迎来到我的直播间。",
    "喜欢的朋友点一点左上角的关注。",
    "我们这里昨天下了一天的雨，路上不好走。",
    "不着急，一个一个来，我都会回答的。",
    "收到货有什么问题，随时来找我们客服。",
    "我妈今年七十多了，还天天在地里干活。",
    "有的朋友说快递慢，这几天确实堵车。",
    "家里有老人有小孩的，放心买。",
    "他们家门口那条河，夏天可以下去洗澡。",
    "现在的年轻人都不愿意种地了。",
    "我给大家看一下外面的包装是什么样子。",
    "等一下我喝口水，嗓子有点干。",
    "这两天降温，大家记得多穿衣服。",
    "谢谢这位朋友送的礼物，太客气了。",
    "有人问能不能便宜，这个价格已经很低了。",
    "我们村里一共三十几户人家，家家都认识。",
    "开箱的时候最好录一个视频。",
    "我先把灯光调亮一点，刚才看不清楚。",
    "今天忙到现在还没有吃饭。",
    "明天早上八点我们接着播。",
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is said in ``shop`` while ``on_show`` is shown; ``terms`` are in the text as often as listed."""

    shop: str
    text: str
    on_show: str
    terms: tuple[str, ...]
    amounts: tuple[str, ...]
    voice: str

    @property
    def name(self) -> str:
        """A file name of its own."""
        return hashlib.sha256(f"{self.voice} {self.text}".encode()).hexdigest()[:16]


def shops(folder: Path) -> dict[str, MemoryShop]:
    """The shops of a folder, imported as a seller would."""
    found = {}
    for path in sorted(p for p in folder.iterdir() if p.is_dir()):
        day = date.fromisoformat(json.loads((path / "meta.json").read_text("utf-8"))["as_of"])
        sheet = path / "products.xlsx"
        found[path.name] = import_file(sheet, day, functools.partial(screen, as_of=day)).shop(path.name)
    return found


def spoken_name(product: str) -> str:
    """A product as people say it: without brackets, sizes and counts."""
    words: list[str] = re.findall(r"[\u4e00-\u9fff]+", re.sub(r"[（(《].*", "", product))
    return max(words, key=len)


def price(random: random.Random) -> str:
    """A price as it is said: 三十九块八, 六块五, 一百二十八."""
    whole = random.choice((random.randint(2, 30), random.randint(10, 99), random.randint(100, 399)))
    tenths = random.choice((0, 0, random.randint(1, 9), 9, 8))
    said = read_aloud(Decimal(whole) + Decimal(tenths) / 10, "元")
    return said if tenths else said.removesuffix("元").removesuffix("块") + "块钱"


def sentences(name: str, shop: MemoryShop, count: int, seed: int) -> list[Sentence]:
    """``count`` sentences: two of five with a price, two without, one of ordinary talk."""
    chance = random.Random(f"{name} {seed}")
    products = list(shop.products())
    places = sorted(
        {
            place
            for p in products
            for f in shop.facts(p)
            if f.property == "origin" and (place := re.sub(r"[（(].*|代工", "", str(f.value)))
        }
    )
    found: dict[str, Sentence] = {}
    for number in range(count):
        shown, other = chance.sample(products, 2)
        slots = {"p": spoken_name(shown), "q": spoken_name(other), "o": chance.choice(places)}
        slots |= {"a": price(chance), "b": price(chance)}
        kind = (PRICED, PRODUCT, PRICED, PRODUCT, ORDINARY)[number % 5]
        template = chance.choice(kind)
        used = re.findall(r"\{(\w)\}", template)
        text = template.format(**slots)
        terms = tuple(slots[u] for u in used if u in "pqo")
        amounts = tuple(slots[u] for u in used if u in "ab")
        said = Sentence(name, text, shown, terms, amounts, VOICES[number % len(VOICES)])
        found.setdefault(said.name, said)
    return list(found.values())


def sound(sentence: Sentence, folder: Path, voice: Callable[[str], Speaker]) -> Samples:
    """The sentence's sound at 16 kHz, spoken once and kept."""
    path = folder / f"{sentence.name}.wav"
    if not path.exists():
        speech = joined(voice(sentence.voice).speak(sentence.text))
        spoken = resample(speech.samples, speech.rate)
        part = path.with_suffix(".part.wav")
        write_wav(part, spoken, RATE)
        part.rename(path)
    return read(path)


Decode = Callable[[Samples, RecognitionRequest], Transcript]


def heard(
    sentence: Sentence,
    folder: Path,
    samples: Callable[[], Samples],
    decode: Decode,
    wanted: RecognitionRequest,
) -> Transcript:
    """What the recogniser hears, decoded once and kept."""
    key = hashlib.sha256(repr(wanted).encode()).hexdigest()[:12]
    path = folder / f"{sentence.name}-{key}.json"
    if not path.exists():
        found = asdict(decode(samples(), wanted)) | {"words": ()}
        path.write_text(json.dumps(found, ensure_ascii=False), "utf-8")
    return Transcript(**json.loads(path.read_text("utf-8")))
