"""The kind of a product is named only where its name or its category cell says so."""

from __future__ import annotations

import pytest

from compliance.goods import GENERIC, KINDS, category_of
from compliance.rulebook import load_rules

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("name", "cell", "kind"),
    [
        ("三年生血橙苗", "", "seed"),
        ("糯米酒（500 毫升）", "", "alcohol"),
        ("茶籽护手霜", "", "cosmetics"),
        ("深山土蜂蜜 两斤装", "", "honey"),
        ("老树", "茶叶/红茶", "tea"),
        ("陈皮", "", GENERIC),
        ("豆腐乳", "", GENERIC),
        ("烹饪料酒", "", GENERIC),
        ("嫩豆苗", "", GENERIC),
        ("蜜柚", "生鲜 > 水果", GENERIC),
        ("", "", GENERIC),
    ],
)
def test_the_end_of_a_name_tells_the_kind(name: str, cell: str, kind: str) -> None:
    assert category_of(name, cell) == kind


def test_every_kind_is_one_that_rules_know() -> None:
    assert set(KINDS) <= {kind for rule in load_rules().rules for kind in rule.categories}
