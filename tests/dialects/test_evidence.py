from __future__ import annotations

import pytest

from dialects import amounts, conditions, evidence
from dialects.identify import READS
from dialects.ordinary import Ordinary, WordClasses
from dialects.phonology import native
from dialects.render import Renderer
from dialects.sentence import Sentence
from tests.dialects.books import book, row

pytestmark = pytest.mark.unit

NE = row("唔", "不", "adv")
ASK = row("记唔记得", "记不记得", "phrase")


def test_a_neighbouring_groups_word_is_borrowed_and_names_no_place() -> None:
    mine = Renderer(
        [
            book("yue", NE, row("嘅", "的", "part"), row("咗", "了", "part")),
            book("kejia", row("𠊎兜", "我们", "pron", regions="梅州")),
        ]
    )
    gloss = next(g for g in mine.render("唔係嘅咗，𠊎兜").glosses if g.surface == "𠊎兜")
    assert gloss.mandarin == "我们"
    assert "客家" not in gloss.region
    assert "梅州" not in gloss.region


def test_a_verb_on_both_sides_of_a_dialect_negation_is_meant_as_written() -> None:
    mine = Renderer([book("yue", NE, ASK, row("记唔记", "记不记", "phrase"))])
    assert mine.render("寄唔寄到北京", group="yue").mandarin == "寄不寄到北京"


def test_what_equally_likely_groups_read_otherwise_is_left_alone() -> None:
    both = [row("咕唧", "舒服", "adj"), row("唝吥", "什么", "pron")]
    groups = {"xinan": "孩子", "xiang": "年轻人", "gan": "姑娘"}
    mine = Renderer([book(g, *both, row("噼啵家", said, "n")) for g, said in groups.items()])
    text = "咕唧噼啵家要唝吥"
    odds = mine.dictionary.affinity.weigh(text)
    rendering = mine.render(text, prior={g: READS * (max(odds.values()) - odds[g]) for g in groups})
    assert rendering.group is None
    assert rendering.mandarin == "舒服噼啵家要什么"


def test_a_neighbour_that_another_group_lists_for_the_same_meaning_counts() -> None:
    rice, tea = (row("食", "吃", "v", ambiguity="shared", when=f"+R:{what}") for what in ("饭", "茶"))
    mine = [NE, row("嘅", "的", "part"), rice]
    text = "唔买嘅，佢食茶"
    assert Renderer([book("yue", *mine)]).render(text, group="yue").mandarin == "不买的，佢食茶"
    both = Renderer([book("yue", *mine), book("kejia", tea)])
    assert both.render(text, group="yue").mandarin == "不买的，佢吃茶"
    apart = Renderer([book("yue", *mine), book("kejia", tea.replace("吃", "喝"))])
    assert apart.render(text, group="yue").mandarin == "不买的，佢食茶"


def test_a_rendering_that_only_adds_to_a_mandarin_word_is_left_out() -> None:
    grain = row("谷", "稻谷", "n", ambiguity="shared", when="+L:收")
    mine = Renderer([book("yue", NE, row("嘅", "的", "part"), grain)])
    assert mine.render("唔买嘅，收谷", group="yue").mandarin == "不买的，收谷"


def test_who_writes_dialect_well_is_taken_at_his_word(renderer: Renderer) -> None:
    sentence = Sentence("我香应买", renderer.spellings)
    assert [r.spelled for r in evidence.heard(sentence, "xinan", [], evidence.ESTABLISHED)] == ["相因"]
    assert not evidence.heard(sentence, "xinan", [], evidence.WELL_WRITTEN)


def test_a_neighbour_of_the_kind_a_condition_lists_is_alike(mandarin: Ordinary) -> None:
    def judged(text: str) -> conditions.Outcome:
        condition = conditions.parse("+R:苹果|香蕉|葡萄|西瓜")
        return conditions.evaluate(condition, text, 0, 1, WordClasses(text, mandarin, lambda _: frozenset()))

    assert judged("整菠萝").alike
    assert not judged("整快点").alike


def test_a_misheard_coin_is_read_only_in_a_price() -> None:
    def sounds(written: str, right: str) -> bool:
        return (written, right) == ("门", "蚊")

    assert [a.mandarin for a in amounts.misheard("三十门一斤", "yue", sounds)] == ["块"]
    assert not list(amounts.misheard("关门啦", "yue", sounds))
    assert not list(amounts.misheard("装了三十门", "yue", sounds))


def test_native_syllables_are_approximated_nearest_first() -> None:
    near = native.approximation(
        native.table("g=g/k 0=0"), native.table("ei=i/ei im=in"), native.table("m=mu/wu")
    )
    assert near("gei")[0] == "ji"
    assert near("gim") == ("jin", "qin")
    assert near("m") == ("mu", "wu")
    assert near("xyz") == ()
