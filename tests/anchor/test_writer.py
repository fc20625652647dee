"""The writer: patterns are data, slots are facts, nothing is said twice, nothing unchecked is said."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anchor.writer.compose import write
from anchor.writer.gate import Gate, passed
from anchor.writer.memory import ALIKE, Memory, Used, grams, jaccard
from anchor.writer.occasions import occasions
from anchor.writer.phrases import MOVES, Pattern, parse_patterns, patterns, pieces
from anchor.writer.slots import CONDITIONS, SLOTS, choices, spoken_name
from compliance.guard import Guard, Judgement
from core.errors import ConfigurationError
from core.events import Line, Segment
from knowledge_graph.claims import Checker
from knowledge_graph.facts import MemoryShop, ShopMeta
from knowledge_graph.schema import Property
from tests.anchor.shops import CUP, DAY, RICE, fact, tiny
from tests.anchor.whole import WHOLE, whole

pytestmark = pytest.mark.unit

GUARD = Guard.load(DAY)
WHOLE_SHOP = whole()
CHECKER = Checker(WHOLE_SHOP)
HEADER = "# author: a\n# source: b\n# licence: c\n# date: d\n"
SAMPLES = {
    "product": "坝上小米", "origin": "河北蔚县", "variety": "黄八", "season": "9月底", "craft": "手工打磨",
    "maker": "蔚县合作社", "material": "青石", "produced": "2026年10月1日", "point": "石碾去壳",
    "point2": "颗粒匀", "ingredients": "小米", "spec": "5斤袋装", "grade": "一级", "brand": "坝上人家",
    "alias": "黄小米", "color": "淡黄", "size": "高8厘米", "usage": "加水煮20分钟", "storage": "阴凉干燥处",
    "shelf": "12个月", "suitable": "早饭煮粥", "care": "软布擦干", "price": "36.5元", "tier": "2袋70元",
    "promotion": "拍两袋减3元", "gift": "送勺子1把", "limit": "每人5袋", "weight": "5斤", "unit": "500克",
    "gross": "5.2斤", "volume": "180毫升", "count": "2个", "hours": "48小时", "courier": "邮政",
    "freight": "河北省内包邮", "excluded": "西藏、海南", "surcharge": "甘肃加8元", "only": "河北",
    "schedule": "周日不发", "lead": "7天", "presale": "12月5日起发", "aftersales": "破袋重寄",
    "certificate": "SC10113072600001", "reminder": "开袋后请密封",
}  # fmt: skip


def texts_of_a_show(seed: int, shop: MemoryShop) -> list[str]:
    used = Used()
    for product in ("", *shop.products(), *shop.products()):
        for move in MOVES:
            if found := write(move, shop, product, used, seed):
                used.add(found[0].text, found[1].id)
    return used.texts


def test_the_bank_covers_the_twelve_moves() -> None:
    bank = patterns()
    assert len(bank) >= 480
    assert all(sum(p.move == move for p in bank) >= 25 for move in MOVES)


def test_every_slot_has_a_sample_here() -> None:
    assert set(SAMPLES) == set(SLOTS)


@pytest.mark.parametrize("pattern", patterns(), ids=lambda p: p.id)
def test_every_pattern_may_be_said_by_an_ai(pattern: Pattern) -> None:
    for form in pattern.forms:
        said = re.sub(r"\{(\w+)\}", lambda m: SAMPLES[m[1]], form)
        assert GUARD.check(said, "ai", as_of=DAY).findings == (), said


@pytest.mark.parametrize("pattern", patterns(), ids=lambda p: p.id)
def test_the_words_around_the_facts_claim_nothing(pattern: Pattern) -> None:
    """No fact carries small talk: a number, place, rank, likeness or promise in it would be a claim."""
    said, own = "", set[int]()
    for piece in pieces(pattern.forms[0]):
        words = (
            "".join(s.text for s in choices(piece[1:-1], WHOLE_SHOP, WHOLE, DAY)[0].segments)
            if piece[0] == "{"
            else piece
        )
        own |= set() if piece[0] == "{" else set(range(len(said), len(said) + len(words)))
        said += words
    claims = CHECKER.check(said, WHOLE if pattern.slots else None, DAY).uncarried
    assert [
        said[c.start : c.end] for c in claims if c.kind != "predicate" and own & set(range(c.start, c.end))
    ] == []


def test_the_literal_words_of_a_pattern_hold_no_number() -> None:
    figures = re.compile(r"[0-9０-９]|[二三四五六七八九十百千万]+[元块斤克天年月个%]")
    assert [f for p in patterns() for f in p.forms if figures.search(re.sub(r"\{\w+\}", "", f))] == []


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("x\tgreet\tplain\t\t\t大家好", "标点"),
        ("x\tgreet\tplain\tprice\t\t大家好。", "needs"),
        ("x\tgreet\tplain\tcolour\t\t大家好{colour}。", "colour"),
        ("x\tdance\tplain\t\t\t大家好。", "dance"),
        ("x\tgreet\tplain\t\tmonsoon\t大家好。", "monsoon"),
        ("x\tgreet\tplain\t\t\t[大家|大家]好。", "重复"),
        ("x\tgreet\tplain\t\t\t[大家好。", "括号"),
        ("x\tgreet\tplain\t\t大家好。", "6 栏"),
    ],
)
def test_a_bad_row_is_named_by_file_and_line(row: str, why: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_patterns(HEADER + "ok\tgreet\tplain\t\t\t你好。\n" + row, "own.tsv")
    assert "own.tsv 第 6 行" in caught.value.message and why in caught.value.message


def test_a_file_without_a_licence_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="licence"):
        parse_patterns("# author: a\n# source: b\n# date: d\nok\tgreet\tplain\t\t\t你好。")


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_no_sentence_comes_twice_and_none_is_much_like_another(seed: int) -> None:
    said = texts_of_a_show(seed, tiny())
    sets = [grams(t) for t in said]
    alike = [(a, b) for i, a in enumerate(sets) for b in sets[:i] if jaccard(a, b) >= ALIKE]
    assert len(said) >= 25 and alike == []


def test_the_same_seed_says_the_same_and_another_does_not() -> None:
    assert texts_of_a_show(3, tiny()) == texts_of_a_show(3, tiny())
    assert texts_of_a_show(3, tiny()) != texts_of_a_show(4, tiny())


def test_the_next_show_speaks_other_patterns_and_other_sentences() -> None:
    used = Used()
    first = write("greet", tiny(), RICE, used, 3) or pytest.fail("nothing to say")
    used.add(first[0].text, first[1].id)
    again = Used(memory=Memory.restored(json.loads(json.dumps(used.remembered().record()))))
    second = write("greet", tiny(), RICE, again, 3) or pytest.fail("nothing to say")
    assert second[1].id != first[1].id
    assert jaccard(grams(second[0].text), grams(first[0].text)) < ALIKE


def test_what_an_earlier_show_said_is_said_again_rather_than_nothing() -> None:
    only = [p for p in patterns() if p.move == "place" and p.needs == ("product", "origin")][:1]
    used = Used()
    line, pattern = write("place", tiny(), RICE, used, bank=only) or pytest.fail("nothing to say")
    used.add(line.text, pattern.id)
    assert write("place", tiny(), RICE, used, bank=only) is None
    again = write("place", tiny(), RICE, Used(memory=used.remembered()), bank=only)
    assert again is not None and again[0].text == line.text


def test_successive_shows_begin_with_different_patterns_though_nobody_remembers() -> None:
    begun = {
        (write("greet", tiny(), RICE, Used(), seed) or pytest.fail("silent"))[1].id for seed in range(10)
    }
    assert len(begun) == 10


@given(st.lists(st.text("甲乙丙丁戊", min_size=1, max_size=9), min_size=1, max_size=12))
def test_the_most_similar_sentence_is_found(texts: list[str]) -> None:
    used = Used()
    for each in texts[:-1]:
        used.add(each)
    mine = grams(texts[-1])
    assert used.similarity(texts[-1]) == max((jaccard(mine, grams(t)) for t in texts[:-1]), default=0)


@pytest.mark.parametrize(
    ("day", "hour", "held"),
    [
        (date(2026, 1, 5), 6, {"winter", "morning"}),
        (date(2026, 12, 5), 12, {"winter", "noon"}),
        (date(2026, 3, 1), 15, {"spring"}),
        (date(2026, 8, 31), 23, {"summer", "night"}),
        (date(2026, 11, 22), None, {"autumn"}),
    ],
)
def test_the_season_and_the_part_of_the_day(day: date, hour: int | None, held: set[str]) -> None:
    assert occasions(day, hour) == held


def test_small_talk_about_the_hour_needs_the_hour() -> None:
    tagged = [p for p in patterns() if p.when == ("evening",) and p.move == "greet" and not p.slots]
    assert write("greet", tiny(), "", Used(), bank=tagged) is None
    assert write("greet", tiny(), "", Used(), bank=tagged, hour=8) is None
    assert write("greet", tiny(), "", Used(), bank=tagged, hour=19) is not None


def test_every_segment_from_a_slot_is_bound_to_a_fact_of_the_product() -> None:
    shop = tiny()
    known = {f.id for f in shop.facts(RICE)}
    line, pattern = write("price", shop, RICE, Used(), 1) or pytest.fail("nothing to say")
    bound = [s for s in line.segments if s.fact]
    assert len(bound) >= len(pattern.slots) > 0
    assert {s.fact for s in bound} <= known


def test_what_no_fact_holds_is_not_said() -> None:
    assert write("certificate", tiny(), RICE, Used()) is None
    assert write("aftersales", tiny(), CUP, Used()) is None


def test_a_price_past_its_day_is_not_said() -> None:
    assert choices("price", tiny(), CUP, date(2026, 11, 30))
    assert choices("price", tiny(), CUP, date(2026, 12, 1)) == ()


def test_a_price_the_sheet_contradicts_is_not_said() -> None:
    facts = [fact("甲", Property.PRICE, Decimal(v)) for v in (10, 12)]
    assert choices("price", MemoryShop.of(ShopMeta("x", DAY), facts), "甲", DAY) == ()


@pytest.mark.parametrize(
    ("slot", "product", "said"),
    [("weight", RICE, "5斤"), ("volume", CUP, "180毫升"), ("shelf", RICE, "12个月"),
     ("price", RICE, "36.5元"), ("tier", RICE, "2袋70元"), ("hours", RICE, "48小时"),
     ("product", RICE, "坝上小米")],
)  # fmt: skip
def test_slots_speak_in_the_units_of_the_sheet(slot: str, product: str, said: str) -> None:
    assert "".join(s.text for s in choices(slot, tiny(), product, DAY)[0].segments) == said


def test_only_food_is_told_how_to_eat() -> None:
    shop = MemoryShop.of(ShopMeta("x", DAY), [fact("甲", Property.USAGE, "温水擦洗后晾干")])
    assert choices("usage", shop, "甲", DAY) and not choices("edible", shop, "甲", DAY)
    assert set(CONDITIONS) == {"edible"}


def said(text: str, writer: str = "phrases", bound: str | None = None) -> Line:
    return Line(segments=(Segment(text, bound),), purpose="price", product=RICE, writer=writer)


def test_a_line_needs_both_verdicts() -> None:
    verdicts = Gate(tiny(), GUARD).judge(said("欢迎大家。"))
    assert passed(verdicts) and [v.by for v in verdicts] == ["claims", "guard"]
    assert not passed(verdicts[:1])


def test_a_segment_bound_to_no_known_fact_is_refused() -> None:
    (verdict,) = Gate(tiny(), GUARD).judge(said("36.5元", bound="nowhere"))
    assert (verdict.by, verdict.action) == ("claims", "block")


def test_free_text_without_a_checker_is_refused() -> None:
    assert not passed(Gate(tiny(), GUARD).judge(said("欢迎大家。", writer="model")))


def test_an_offence_is_refused_with_its_law() -> None:
    _, verdict = Gate(tiny(), GUARD).judge(said("这是全国第一的小米。"))
    assert verdict.action == "block" and verdict.findings[0].law


def test_the_guard_is_told_what_kind_of_goods_a_line_is_about() -> None:
    tree, tea = "当年血橙苗", "老树红"
    facts = [fact(tree, Property.NAME, tree), fact(tea, Property.NAME, tea)]
    gate = Gate(MemoryShop.of(ShopMeta("x", DAY), [*facts, fact(tea, Property.CATEGORY, "茶叶")]), GUARD)
    assert [gate.category(name) for name in (tree, tea, None)] == ["seed", "tea", "generic"]
    promise = said("栽下去当年就挂果。")
    assert passed(gate.judge(replace(promise, product=tea)))
    assert not passed(gate.judge(replace(promise, product=tree)))


def test_a_guard_that_fails_means_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> Judgement:
        raise RuntimeError("down")

    guard = Guard.load(DAY)
    monkeypatch.setattr(guard, "check", broken)
    verdicts = Gate(tiny(), guard).judge(said("欢迎大家。"))
    assert not passed(verdicts) and verdicts[-1].findings[0].rule == "guard.failed"


def test_four_shows_that_remember_stay_apart() -> None:
    memory, shows = Memory(), list[list[str]]()
    for seed in (5, 5, 5, 5):
        used = Used(memory=memory)
        for move in ("greet", "place", "price", "use", "invite", "thanks"):
            if found := write(move, tiny(), RICE, used, seed):
                used.add(found[0].text, found[1].id)
        shows.append(used.texts)
        memory = used.remembered()
    near = [
        max(jaccard(grams(text), grams(other)) for other in shows[before])
        for at in range(1, 4)
        for before in range(at)
        for text in shows[at]
    ]
    assert len(near) == 36 and max(near) < ALIKE


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("梅干菜 300g*2袋", "梅干菜"),
        ("米豆腐 250克×3盒装", "米豆腐"),
        ("糍粑 8个装", "糍粑"),
        ("米酒（甜型）500ml", "米酒"),
        ("七里香 38号", "七里香 38号"),
    ],
)
def test_a_name_is_spoken_without_its_pack(written: str, spoken: str) -> None:
    shop = MemoryShop.of(ShopMeta("小铺", DAY), [fact(written, Property.NAME, written)])
    assert spoken_name(shop, written) == spoken
