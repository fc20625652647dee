"""The guard on its own examples, on the held-out set, and on any text at all."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.guard import Guard, Judgement, screen
from compliance.rulebook import WIDEST, load_rules, parse_table
from core.errors import ConfigurationError

pytestmark = pytest.mark.unit

DATA = Path(__file__).parent / "data"
TODAY = date(2026, 11, 21)
GUARD = Guard.load(TODAY)
RULES = load_rules().rules
BY_RULES = Guard(load_rules(), TODAY)
"""Without the opinion, which may outvote a rule or add to it."""
WORDS = sorted({a for r in RULES for a in r.required[0]})
PIECES = st.one_of(
    st.text(max_size=8), st.sampled_from(WORDS), st.sampled_from(list("💩📺 ·\u200b⑩②ａ加v亻言"))
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def said(row: dict[str, Any], record: str = "record") -> Judgement:
    category, product = row.get("category", "generic"), row.get("product", "")
    return GUARD.check(row["text"], "ai", category, row.get(record), product=product)


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.id)
def test_every_rule_stops_its_own_examples_and_passes_its_look_alikes(rule: Any) -> None:
    category = next(iter(sorted(rule.categories)), "generic")
    for example in rule.block:
        assert rule.kind in {f.kind for f in BY_RULES.check(example, "ai", category).findings}, example
    for example in rule.passes:
        assert BY_RULES.check(example, "ai", category).action == "allow", example


def test_the_held_out_offences_are_stopped_where_they_are_and_for_what_they_are() -> None:
    missed = []
    for row in rows("block.jsonl"):
        at = row["text"].index(row["span"])
        end = at + len(row["span"])
        found = said(row).findings
        if not any(f.kind == row["class"] and f.start < end and f.end > at for f in found):
            missed.append(row["text"])
    assert len(missed) <= 2, missed


def test_the_held_out_look_alikes_pass() -> None:
    stopped = [row["text"] for row in rows("pass.jsonl") if said(row).action != "allow"]
    assert len(stopped) <= 1, stopped


def test_the_oblique_offences_are_stopped_and_plain_talk_passes() -> None:
    missed = [row["text"] for row in rows("block_oblique.jsonl") if said(row).action == "allow"]
    stopped = [row["text"] for row in rows("pass_plain.jsonl") if said(row).action != "allow"]
    assert len(missed) <= 3, missed
    assert len(stopped) <= 1, stopped


def test_honest_selling_talk_passes() -> None:
    lines = rows("pass_honest.jsonl")
    stopped = [row["text"] for row in lines if GUARD.check(row["text"]).action != "allow"]
    assert len(stopped) <= len(lines) // 100, stopped


@pytest.mark.parametrize("text", ["小米5kg", "蜂蜜250ml", "锅盖28cm", "编号SC10653011200015", "净重 2 kg"])
def test_a_unit_or_a_licence_code_is_no_abbreviation(text: str) -> None:
    assert GUARD.check(text).action == "allow"


@pytest.mark.parametrize("name", ["round_1.jsonl", "round_2.jsonl", "round_3.jsonl"])
def test_what_the_fresh_rounds_taught_stays_learnt(name: str) -> None:
    lines = rows(name)
    missed = [r["text"] for r in lines if "span" in r and said(r).action == "allow"]
    stopped = [r["text"] for r in lines if "looks_like" in r and said(r).action != "allow"]
    assert len(missed) <= 2, missed
    assert len(stopped) <= 2, stopped


@pytest.mark.parametrize(
    "name",
    [f"round_{number}.jsonl" for number in range(4, 14)],
)
def test_most_of_what_the_longer_rounds_taught_stays_learnt(name: str) -> None:
    lines = rows(name)
    offences = [r for r in lines if "span" in r]
    missed = [r["text"] for r in offences if said(r).action == "allow"]
    stopped = [r["text"] for r in lines if "looks_like" in r and said(r).action != "allow"]
    assert len(missed) <= 0.07 * len(offences), missed
    assert len(stopped) <= 0.05 * (len(lines) - len(offences)), stopped


@pytest.mark.parametrize(
    "text",
    [
        "我没吃过，念两条买家评价",
        "有机认证没有，就是普通菜",
        "专供这个说法不对，谁都能买",
        "风水这些我不懂，您当个摆件看",
        "成活率没法保证，到货先缓苗",
    ],
)
def test_a_claim_that_is_refused_in_the_same_breath_passes(text: str) -> None:
    assert GUARD.check(text).action == "allow"


@pytest.mark.parametrize(
    ("text", "kind"),
    [("牛寺亻共的茶", "C2"), ("quan shi la ji货", "C11"), ("jia wo V xin买", "C7"), ("增强免役力", "C4")],
)
def test_disguises_that_hide_each_other_are_undone_together(text: str, kind: str) -> None:
    assert kind in {f.kind for f in GUARD.check("别家" + text if kind == "C11" else text).findings}


@pytest.mark.parametrize("row", rows("evidence.jsonl"), ids=lambda r: r["id"])
def test_evidence_lifts_a_claim_and_its_absence_does_not(row: dict[str, Any]) -> None:
    assert said(row, "record_without").action in ("block", "rewrite")
    assert said(row, "record_with").action == "allow"


def test_a_person_is_alerted_and_the_words_stay() -> None:
    judgement = GUARD.check("这是顶级的木耳", "human")
    assert (judgement.action, judgement.rewrite) == ("alert", None)


def test_a_person_may_speak_of_his_own_experience() -> None:
    assert GUARD.check("我昨天自己尝过了", "human").action == "allow"
    assert GUARD.check("我昨天自己尝过了", "ai").action == "block"


def test_a_rewrite_drops_the_offending_clause_and_is_itself_clean() -> None:
    judgement = GUARD.check("一箱十二个,独一无二的味道,明天发货")
    assert judgement.action == "rewrite"
    assert judgement.rewrite == "一箱十二个,明天发货"


@pytest.mark.parametrize(
    ("plain", "disguised"),
    [
        ("包治百病", "包 治 百 病"),
        ("国家级", "國家級"),
        ("特供的茶", "牛寺供的茶"),
        ("特供的茶", "te gong的茶"),
        ("零添加", "０添加"),
        ("稳赚不赔", "稳\u200b赚\u200b不\u200b赔"),
        ("加微信", "加薇信"),
        ("专家推荐", "砖家推荐"),
    ],
)
def test_a_disguise_is_seen_through_and_underlined_in_the_raw_text(plain: str, disguised: str) -> None:
    assert GUARD.check(plain).findings
    (finding, *_) = GUARD.check(disguised).findings
    assert disguised[finding.start : finding.end] == finding.surface


def test_ordinary_words_that_sound_alike_pass() -> None:
    assert GUARD.check("打包火腿走邮寄，家里有鸡蛋").action == "allow"


@pytest.mark.parametrize(
    "text",
    ["治虫用黄板", "标间直采的被套", "这床布是机器缝的", "趁热来食，汤还滚", "屋里人去市上卖菜"],
    ids=["a word of the trade", "two of them", "a word that claims nothing", "dialect", "dialect again"],
)
def test_words_of_the_trade_and_of_dialect_disguise_nothing(text: str) -> None:
    by_sound = {f.rule for f in BY_RULES.check(text).findings}
    assert not by_sound


def test_a_rare_character_hides_even_a_word_that_claims_nothing() -> None:
    assert GUARD.check("主播卟是机器人").action != "allow"


@pytest.mark.parametrize(
    "text",
    [
        "县里要招财务主管，会用表格",
        "桃子预冷以后集中风干",
        "到底价格多少看页面",
        "寨子叫神仙湾，坡上种茶",
        "在健康路八号自提",
        "圈养的，喂玉米和麸皮",
        "优惠券明天零点作废，写在券面上",
        "自己磕破的不赔，运输压坏的拍照补发",
        "散装的零售价十二，整箱另外算",
        "果园认养，按年寄果，没有收益",
        "这瓶喷一喷去油污",
        "金奖李是品种名",
    ],
)
def test_what_only_looks_like_a_claim_passes_by_rules_alone(text: str) -> None:
    assert not BY_RULES.check(text).findings


@pytest.mark.parametrize(
    "text",
    [
        "零售价九十八，今天只要三十",
        "优惠今晚零点作废，抓紧抢",
        "坏了一律不赔",
        "外面都是圈养的，我们散养",
        "特级大师傅手作",
        "在长寿路上买的，养生长寿",
        "早先一直卖九十二",
        "盒子上划掉的价是一百六",
        "这屋里的貔貅专吸八方财",
        "同行的油锅几个月没刷",
        "我们甩对面三条街",
        "ys采访过的蜂场",
    ],
)
def test_its_neighbour_that_claims_is_stopped_by_rules_alone(text: str) -> None:
    assert BY_RULES.check(text).action != "allow"


def test_two_characters_out_of_an_ordinary_word_are_no_claim() -> None:
    assert GUARD.check("就是普通酒，五百毫升", category="alcohol").action == "allow"
    assert GUARD.check("通酒气的茶", category="tea").action != "allow"


@pytest.mark.parametrize(
    ("text", "category", "stopped"),
    [
        ("半年就能摘瓜", "seed", True),
        ("半年就能摘瓜", "tea", False),
        ("树苗今年准能摘", "generic", True),
        ("明天准能收到", "generic", False),
    ],
)
def test_a_rule_of_one_category_holds_there_or_where_the_text_is_about_it(
    text: str, category: str, stopped: bool
) -> None:
    found = {f.rule for f in GUARD.check(text, category=category).findings}
    assert ("C14.quick-fruit" in found) is stopped


def test_what_the_speaker_does_not_do_takes_nothing_back_of_what_he_says_of_others() -> None:
    assert {f.kind for f in GUARD.check("市场上的虾都打过针，我们没有").findings} == {"C11"}


def test_evidence_must_be_about_the_goods_on_screen() -> None:
    certificate = {"type": "有机产品认证", "number": "1", "product": "山前小米", "valid_until": "2027-06-01"}
    record = {"certificates": [certificate]}
    assert GUARD.check("这是有机的", record=record, product="山前小米5斤").action == "allow"
    assert GUARD.check("这是有机的", record=record, product="山后小米5斤").action != "allow"


def test_a_picture_before_a_word_takes_a_words_place() -> None:
    assert GUARD.check("喝它，💊都可以扔了").action != "allow"
    assert GUARD.check("今天发货🚗").action == "allow"


def test_the_day_given_beats_the_record_and_the_record_beats_today() -> None:
    certificate = {"type": "有机产品认证", "number": "1", "product": "小米", "valid_until": "2026-06-01"}
    record = {"as_of": "2026-05-01", "certificates": [certificate]}
    assert GUARD.check("有机小米", record=record).action == "allow"
    assert GUARD.check("有机小米", record=record, as_of=date(2026, 7, 1)).action != "allow"


def test_import_hears_of_claims_and_of_stray_personal_data() -> None:
    kinds = {f.kind for f in screen("能治失眠，联系13912345678")}
    assert kinds == {"C3", "C7", "PII"}


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_any_text_is_judged_and_every_span_is_inside_it(text: str) -> None:
    for finding in GUARD.check(text).findings:
        assert 0 <= finding.start < finding.end <= len(text)
        assert text[finding.start : finding.end] == finding.surface


@given(TEXTS)
@settings(max_examples=60, deadline=None)
def test_what_a_rewrite_keeps_is_clean(text: str) -> None:
    judgement = GUARD.check(text)
    if judgement.rewrite:
        assert not GUARD.check(judgement.rewrite).findings


def test_no_pattern_is_unbounded() -> None:
    head = "".join(
        f"#: {k} = x\n" for k in ("class", "law", "reason", "advice", "author", "source", "date", "exempt")
    )
    with pytest.raises(ConfigurationError, match=f"C.tsv 第 9 行有误：式样最长只能跨 {WIDEST} 个字"):
        parse_table(head.replace("exempt = x", "exempt =") + "a\t好+\t好\t-", "C.tsv")


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("a\t好", "应有 4 或 5 栏"),
        ("a\t{nothing}\t好\t-", "式样写错了"),
        ("a\t好\t-\t-", "缺少必须拦下的例句"),
        ("a\t好\t好\t-\tcolour=red", "不认识的选项"),
        ("a\t好\t好\t-\texempt=sometimes", "不认识的豁免"),
        ("a\t好?\t好\t-", "必定出现"),
    ],
)
def test_a_bad_rule_is_named_by_file_and_line(line: str, what: str) -> None:
    head = "".join(f"#: {k} = x\n" for k in ("class", "law", "reason", "advice", "author", "source", "date"))
    with pytest.raises(ConfigurationError, match=f"C.tsv 第 9 行有误：.*{what}"):
        parse_table(head + "#: exempt =\n" + line, "C.tsv")


@pytest.mark.parametrize("text", ["产地是湖南益阳桃江县。", "老家益阳的竹席。", "从安康到益阳要一天。"])
def test_a_place_is_not_a_claim(text: str) -> None:
    assert Guard(load_rules()).check(text).action == "allow"


def test_the_characters_of_a_place_may_be_a_claim() -> None:
    assert Guard(load_rules()).check("这款酒益阳补肾。").action != "allow"
