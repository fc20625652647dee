"""When a banned word is no offence."""

from __future__ import annotations

import pytest

from compliance.exempt import asked, at_home, attributed, negated, noticed, wished
from tests.compliance.spans import around

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "text", ["这不是顶级的", "谈不上顶级", "顶级不敢说", "没有说过顶级", "别信什么顶级", "顶级这词我们没依据"]
)
def test_a_denied_word_is_exempt(text: str) -> None:
    assert negated(*around(text, "顶级"))


@pytest.mark.parametrize(
    "text", ["不是我吹，顶级", "不是我吹顶级", "不是顶级我不卖", "不甜，顶级", "别人家哪有顶级", "顶级，不贵"]
)
def test_a_boast_with_a_negative_word_is_not(text: str) -> None:
    assert not negated(*around(text, "顶级"))


def test_a_question_is_exempt_only_when_it_is_refused() -> None:
    assert asked(*around("有人问是不是顶级，不是", "顶级"))
    assert not asked(*around("大家说是不是顶级，当然是", "顶级"))


def test_a_warning_is_exempt_unless_it_is_taken_back() -> None:
    assert noticed(*around("广告法规定不能说顶级", "顶级"))
    assert not noticed(*around("广告法不让说，但就是顶级", "顶级"))


def test_a_goal_is_no_claim() -> None:
    assert wished(*around("我们争取做到最好", "最好"))


def test_a_comparison_at_home_must_stay_at_home() -> None:
    assert at_home(*around("店里这几款最浓的是红罐", "最浓"))
    assert not at_home(*around("店里这几款全国最浓", "最浓"))


def test_an_experience_may_be_attributed_to_its_owner() -> None:
    assert attributed(*around("店主说我刚尝过", "我刚尝过"))
    assert not attributed(*around("我是店主我刚尝过", "我刚尝过"))
