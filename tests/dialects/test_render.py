from __future__ import annotations

import pytest

from core.errors import InputError
from dialects import groups
from dialects.render import Renderer, Rendering
from tests.dialects.books import book, row

pytestmark = pytest.mark.unit


def words(rendering: Rendering) -> list[tuple[str, str]]:
    return [(g.surface, g.mandarin) for g in rendering.glosses]


def test_dialect_characters_become_mandarin_with_aligned_spans(renderer: Renderer) -> None:
    rendering = renderer.render("这家馆子巴适得板，你要啥子？")
    assert rendering.group == "xinan"
    assert rendering.mandarin == "这家馆子好得很，你要什么？"
    for gloss in rendering.glosses:
        assert rendering.text[gloss.start : gloss.end] == gloss.surface
        assert rendering.mandarin[gloss.mandarin_start : gloss.mandarin_end] == gloss.mandarin


def test_a_gloss_names_entry_note_and_place(renderer: Renderer) -> None:
    gloss = renderer.render("味道巴适").glosses[0]
    assert (gloss.entry, gloss.note, gloss.region) == ("xinan/巴适", "形容舒服", "四川话")


def test_a_misspelling_is_found_by_its_sound(renderer: Renderer) -> None:
    assert words(renderer.render("这家馆子巴士得板")) == [("巴士得板", "好得很")]
    assert words(renderer.render("价钱香音得很，味道又巴适")) == [("香音", "便宜"), ("巴适", "舒服")]


def test_a_bus_stays_a_bus(renderer: Renderer) -> None:
    rendering = renderer.render("坐巴士进城要一个小时。")
    assert rendering.mandarin == rendering.text
    assert not rendering.glosses


@pytest.mark.parametrize(
    "text",
    [
        "厂里不允许里面的人出来。",
        "今天天气很好，我们去公园散步。",
        "莫非他真的忘了？",
        "老子《道德经》第一章",
        "《巴适之夜》今晚上映",
        "巴适牌毛巾两条装",
        "生活过得安逸",
    ],
)
def test_mandarin_names_and_titles_pass_untouched(renderer: Renderer, text: str) -> None:
    rendering = renderer.render(text)
    assert rendering.mandarin == text
    assert rendering.group is None


def test_a_shared_word_is_rendered_where_the_sentence_shows_the_dialect(renderer: Renderer) -> None:
    assert ("安逸", "舒服") in words(renderer.render("坐起好安逸，你要啥子？"))


def test_a_shared_word_is_rendered_where_its_neighbour_selects_it(renderer: Renderer) -> None:
    assert ("摆", "聊") in words(renderer.render("巴适，坐下摆一哈"))
    assert ("摆", "聊") not in words(renderer.render("巴适，菜摆在桌子上"))


def test_product_words_are_left_alone(renderer: Renderer) -> None:
    rendering = renderer.render("巴适火锅底料，你要啥子？", vocabulary=["巴适火锅底料"])
    assert words(rendering) == [("啥子", "什么")]


def test_negation_and_its_verb_are_one_gloss(renderer: Renderer) -> None:
    assert ("唔食", "不吃") in words(renderer.render("佢唔食嘅"))


def test_a_verb_said_twice_stays_twice(renderer: Renderer) -> None:
    assert ("汏一汏", "洗一洗") in words(renderer.render("侬拿去汏一汏"))


def test_cantonese_word_order_becomes_mandarin(renderer: Renderer) -> None:
    assert renderer.render("你走先，佢唔嚟嘅").mandarin.startswith("你先走，")
    assert renderer.render("佢嘅面甜过蜜糖", group="yue").mandarin == "他的面比蜜糖还甜"


def test_moved_words_keep_every_span_true(renderer: Renderer) -> None:
    rendering = renderer.render("佢食咗饭先，唔嚟嘅", group="yue")
    for gloss in rendering.glosses:
        assert rendering.mandarin[gloss.mandarin_start : gloss.mandarin_end] == gloss.mandarin


def test_the_sellers_setting_decides_between_groups(renderer: Renderer) -> None:
    for group in ("gan", "yue"):
        assert renderer.render("佢在屋里", group=group).group == group


def test_set_to_mandarin_nothing_is_touched(renderer: Renderer) -> None:
    rendering = renderer.render("巴适得板", group=groups.MANDARIN)
    assert (rendering.mandarin, rendering.glosses) == ("巴适得板", ())


def test_a_later_lexicon_wins(renderer: Renderer) -> None:
    mine = Renderer([book("xinan", row("巴适", "好", "adj")), book("xinan", row("巴适", "美得很", "adj"))])
    assert mine.render("味道巴适").mandarin == "味道美得很"


def test_a_trivial_erhua_is_not_worth_a_note() -> None:
    mine = Renderer([book("dongbei", row("小孩儿", "小孩", "n"), row("嘎哈", "干什么", "v"))])
    assert words(mine.render("小孩儿嘎哈呢")) == [("嘎哈", "干什么")]


def test_the_explanation_names_what_was_weighed(renderer: Renderer) -> None:
    lines = renderer.render("味道巴适", explain=True).explain
    assert any("xinan" in line and "得分" in line for line in lines)
    assert any("巴适 → 舒服" in line for line in lines)


@pytest.mark.parametrize(
    ("name", "group"), [("四川话", "xinan"), ("Cantonese", "yue"), ("auto", None), ("Southern-Min", "minnan")]
)
def test_groups_are_known_by_their_names(name: str, group: str | None) -> None:
    assert groups.parse(name) == group


def test_an_unknown_group_lists_the_choices() -> None:
    with pytest.raises(InputError, match="火星话") as caught:
        groups.parse("火星话")
    assert all(name in caught.value.hint for name in groups.NAMES)


def test_traditional_characters_are_read_and_kept_as_surfaces(renderer: Renderer) -> None:
    mine = Renderer([book("yue", row("唔该", "谢谢", "phrase"), row("点解", "为什么", "pron"))])
    text = "唔該，個貨點解未到"
    rendering = mine.render(text, group="yue")
    assert words(rendering) == [("唔該", "谢谢"), ("點解", "为什么")]
    assert rendering.mandarin == "谢谢，个货为什么未到"
    assert [text[g.start : g.end] for g in rendering.glosses] == ["唔該", "點解"]
    assert all(not g.word for g in rendering.glosses), "traditional writing is no misspelling"


def test_traditional_mandarin_and_product_words_stay_as_written(renderer: Renderer) -> None:
    assert renderer.render("今天天氣很好，我們去公園散步。").mandarin == "今天天氣很好，我們去公園散步。"
    assert "臺灣烏龍" in renderer.render("臺灣烏龍巴适得板", vocabulary=["臺灣烏龍"]).mandarin


def test_a_unit_is_never_taken_for_a_sound() -> None:
    mine = Renderer([book("yue", row("咁", "这么", "adv"), row("嘅", "的", "part"), row("佢", "他", "pron"))])
    assert "斤" in mine.render("佢嘅鱼成斤重").mandarin


def test_a_verb_of_two_syllables_said_twice_is_one_gloss() -> None:
    book_ = book("dongbei", row("拾掇", "收拾", "v"), row("埋汰", "脏", "adj"))
    rendering = Renderer([book_]).render("屋里埋汰，快拾掇拾掇")
    assert rendering.mandarin == "屋里脏，快收拾收拾"
    assert ("拾掇拾掇", "收拾收拾") in words(rendering)


def test_a_particle_is_not_said_twice() -> None:
    rendering = Renderer([book("jin", row("灰塌", "坏了", "adj"))]).render("庄稼灰塌了，没办法")
    assert rendering.mandarin == "庄稼坏了，没办法"


def test_a_unit_after_a_number_begins_no_misspelt_word() -> None:
    """点 in 五点 counts hours."""
    renderer = Renderer([book("yue", row("点算", "怎么办", "phrase"), row("靓", "好看", "adj"))])
    assert renderer.render("早上五点蒜苗好靓", "yue").mandarin == "早上五点蒜苗好好看"
    assert "怎么办" in renderer.render("咁点蒜，好靓", "yue").mandarin


def test_a_measure_that_would_read_as_a_price_stays() -> None:
    mine = Renderer(
        [
            book(
                "xiang",
                row("坨", "块", "clf", ambiguity="shared", when="+L:{num}"),
                row("咯里", "这里", "pron"),
            )
        ]
    )
    assert mine.render("咯里十五块两坨", group="xiang").mandarin == "这里十五块两坨"
    assert mine.render("咯里三坨豆腐", group="xiang").mandarin == "这里三块豆腐"


def test_a_measure_with_its_own_one_stays_after_a_price() -> None:
    mine = Renderer([book("xiang", row("一坨", "块", "clf"), row("咯里", "这里", "pron"))])
    assert mine.render("咯里五块一坨", group="xiang").mandarin == "这里五块一坨"
