"""Lexicons written for the tests, so that they depend on no product data."""

from __future__ import annotations

from dialects import lexicon
from dialects.lexicon import Lexicon

HEADER = "# group: {group}\n# author: 测试\n# source: 测试\n# licence: CC0-1.0\n# date: 2026-11-22\n"
TITLES = "\t".join(lexicon.COLUMNS) + "\n"


def row(
    surfaces: str,
    mandarin: str,
    pos: str = "n",
    *,
    identity: str = "",
    ambiguity: str = "safe",
    when: str = "",
    note: str = "",
    regions: str = "",
    example: str = "",
) -> str:
    """One line of a lexicon file."""
    head = surfaces.split("|")[0]
    cells = (identity or head, surfaces, mandarin, pos, regions, "", ambiguity, when, note, example or head)
    return "\t".join(cells) + "\n"


def book(group: str, *rows: str) -> Lexicon:
    """A lexicon of these rows; fails where one is wrong."""
    data = (HEADER.format(group=group) + TITLES + "".join(rows)).encode()
    return lexicon.sound(*lexicon.read(data, f"{group}.tsv"))


XINAN = (
    row("巴适|巴实", "舒服", "adj", note="形容舒服", regions="四川"),
    row("巴适得板", "好得很", "adj", note="非常好", regions="四川"),
    row("啥子", "什么", "pron"),
    row("嘿", "很", "adv", ambiguity="shared", when="+R:{adj} -L:嘿"),
    row("莫", "别", "adv", ambiguity="shared", when="+R:{verb} -R:名|非"),
    row("摆", "聊", "v", ambiguity="shared", when="+R:龙门阵|一哈"),
    row("相因", "便宜", "adj"),
    row("安逸", "舒服", "adj", ambiguity="shared"),
    row("老子", "我", "pron", ambiguity="shared", when="-R:《"),
    row("遭不住", "受不了", "v"),
)
YUE = (
    row("唔", "不", "adv"),
    row("嘅", "的", "part"),
    row("佢", "他", "pron"),
    row("咗", "了", "part"),
    row("食", "吃", "v", ambiguity="shared"),
    row("靓", "好看", "adj"),
    row("嚟", "来", "v"),
    row("唔该", "谢谢", "intj"),
)
GAN = (row("许里", "那里", "pron"), row("佢", "他", "pron"))
WU = (row("汏", "洗", "v"), row("侬", "你", "pron"), row("阿拉", "我们", "pron"))
