"""The twelve dialect groups: their names, how a note calls them, and what people type for them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from core.errors import InputError

MANDARIN = "mandarin"


@dataclass(frozen=True, slots=True)
class Group:
    """A dialect group. ``speech`` is what a note calls it where no narrower place is known."""

    name: str
    chinese: str
    speech: str
    aliases: tuple[str, ...]


def _names(listed: str) -> tuple[str, ...]:
    return tuple(listed.split())


GROUPS: tuple[Group, ...] = (
    Group(
        "xinan",
        "西南官话",
        "西南方言",
        _names(
            "西南 西南话 四川话 四川 重庆话 重庆 贵州话 贵州 云南话 云南 湖北话 武汉话 川渝 "
            "sichuan sichuanese southwestern southwestern_mandarin chongqing"
        ),
    ),
    Group(
        "yue",
        "粤语",
        "粤语",
        ("粤", "粤方言", "广东话", "广州话", "白话", "香港话", "cantonese", "yue chinese", "guangdong"),
    ),
    Group(
        "minnan",
        "闽南语",
        "闽南话",
        _names(
            "闽南 闽南话 闽 潮汕 潮汕话 潮州话 台湾 台湾话 台语 福建话 厦门话 海南话 hokkien "
            "min_nan southern_min taiwanese teochew chaoshan"
        ),
    ),
    Group(
        "wu",
        "吴语",
        "吴语",
        (
            "吴",
            "吴方言",
            "上海话",
            "上海",
            "苏州话",
            "宁波话",
            "温州话",
            "江浙话",
            "shanghainese",
            "wu chinese",
        ),
    ),
    Group("kejia", "客家话", "客家话", ("客家", "客家语", "客语", "客话", "hakka")),
    Group(
        "dongbei",
        "东北话",
        "东北话",
        ("东北", "东北官话", "northeastern", "northeastern mandarin", "northeast", "dongbeihua"),
    ),
    Group(
        "zhongyuan",
        "中原官话",
        "中原方言",
        (
            "中原",
            "中原话",
            "河南话",
            "河南",
            "陕西话",
            "陕西",
            "关中话",
            "henan",
            "shaanxi",
            "central plains",
        ),
    ),
    Group(
        "jilu_jiaoliao",
        "冀鲁、胶辽官话",
        "冀鲁胶辽方言",
        _names(
            "冀鲁 胶辽 冀鲁官话 胶辽官话 冀鲁胶辽 山东话 山东 河北话 河北 天津话 天津 胶东话 "
            "jilu jiaoliao shandong hebei tianjin"
        ),
    ),
    Group(
        "xiang",
        "湘语",
        "湖南话",
        ("湘", "湖南话", "湖南", "长沙话", "湘方言", "hunan", "hunanese", "changsha"),
    ),
    Group("gan", "赣语", "江西话", ("赣", "江西话", "江西", "南昌话", "赣方言", "jiangxi", "nanchang")),
    Group("jin", "晋语", "山西话", ("晋", "晋方言", "山西话", "山西", "太原话", "shanxi", "jinyu")),
    Group(
        "lanyin",
        "兰银官话",
        "西北方言",
        _names("兰银 西北话 兰州话 甘肃话 甘肃 宁夏话 宁夏 新疆话 新疆 lanzhou gansu ningxia xinjiang"),
    ),
)

BY_NAME: dict[str, Group] = {g.name: g for g in GROUPS}
NAMES: tuple[str, ...] = tuple(BY_NAME)

_MANDARIN_ALIASES = ("mandarin", "普通话", "国语", "官话", "标准语", "无", "none")
_AUTO_ALIASES = ("auto", "自动", "自动识别", "")


def _plain(name: str) -> str:
    return name.strip().lower().replace("_", " ").replace("-", " ")


_LOOKUP: dict[str, str] = {
    _plain(alias): group.name
    for group in GROUPS
    for alias in (group.name, group.chinese, group.speech, *group.aliases)
} | dict.fromkeys(_MANDARIN_ALIASES, MANDARIN)


def parse(name: str | None) -> str | None:
    """The canonical name of a group (``mandarin`` for none), or None for automatic choice.

    Accepts the Chinese and the common English names. Raises ``InputError`` naming the choices.
    """
    plain = _plain(name or "")
    if plain in _AUTO_ALIASES:
        return None
    found = _LOOKUP.get(plain)
    if found is None:
        raise InputError("dialect.unknown_group", f"不认识的方言“{name}”。", f"可以写：{choices()}。")
    return found


def choices() -> str:
    """Every group a person may name, for a hint."""
    named = "、".join(f"{g.name}（{g.chinese}）" for g in GROUPS)
    return f"auto（自动）、{named}、mandarin（普通话）"


_SPEECH_SUFFIXES = ("话", "语")
_WIDE = 4
"""A word said in so many places is named after its group."""


def speech(group: str, regions: tuple[str, ...] = ()) -> str:
    """What a note calls the speech of ``regions`` inside ``group``: 四川话, 粤语, 东北话."""
    if not regions or len(regions) >= _WIDE or group == "yue":
        return BY_NAME[group].speech if group in BY_NAME else "方言"
    return regions[0] if regions[0].endswith(_SPEECH_SUFFIXES) else f"{regions[0]}话"


_FAMILIES = (
    frozenset("xinan dongbei zhongyuan jilu_jiaoliao jin lanyin".split()),
    frozenset("yue minnan wu kejia xiang gan".split()),
    frozenset("xinan xiang gan".split()),
)
"""Groups that have many words in common: Mandarin ones, southern ones, and those along the middle Yangtze."""


_NEIGHBOURS = frozenset(pair for family in _FAMILIES for pair in product(family, family))


def neighbours(one: str, other: str) -> bool:
    """Whether two groups have many words in common."""
    return (one, other) in _NEIGHBOURS
