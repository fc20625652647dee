"""An independent judge of spoken lines: every claim it can find must stand in the raw sheet of the shop.

Reads the workbook's cells and ``facts.json`` as text, with its own small patterns; it shares no code with
:mod:`knowledge_graph.claims`. A figure counts as held where the sheet has it (in any unit of its kind) or
where it is a plain difference, multiple or share of the product's own prices and weights.
"""

from __future__ import annotations

import json
import re
import unicodedata
from itertools import product as pairs
from pathlib import Path
from typing import Any

import openpyxl

DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
TENS = {"十": 10, "百": 100, "千": 1000}
_CN = "零〇一二两三四五六七八九十百千万半"
_AMOUNT = re.compile(
    rf"(?P<n>\d+(?:\.\d+)?|[{_CN}]+(?:点[{_CN}]+)?)(?P<half>半)?\s*(?P<u>公斤|千克|毫升|kg|KG|ml|mL|g(?![a-z])|克|斤|两(?!\d)|"
    r"升|元|块|毛|小时|个小时|天|日|个月|月|年|周|星期|厘米|毫米|cm|mm|米|℃|度|%|分钟|袋|盒|瓶|罐|箱|包|桶|条|片|双|对|套|件|个|"
    r"只|枚|份|颗|种|款|次|岁)"
)
_EACH = re.compile(r"每([袋盒瓶罐箱包桶条片双对套件个只枚份颗单])")
_SCALE = {
    "公斤": ("g", 1000), "千克": ("g", 1000), "kg": ("g", 1000), "g": ("g", 1), "克": ("g", 1),
    "斤": ("g", 500), "两": ("g", 50), "毫升": ("ml", 1), "ml": ("ml", 1), "升": ("ml", 1000),
    "元": ("y", 1), "块": ("y", 1), "毛": ("y", 0.1), "小时": ("h", 1), "个小时": ("h", 1), "天": ("h", 24),
    "日": ("h", 24), "月": ("h", 720), "个月": ("h", 720), "年": ("h", 8760), "周": ("h", 168),
    "星期": ("h", 168), "厘米": ("mm", 10), "cm": ("mm", 10), "毫米": ("mm", 1), "mm": ("mm", 1),
    "米": ("mm", 1000), "度": ("℃", 1), "℃": ("℃", 1),
}  # fmt: skip
PLACES = (
    "北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 "
    "广东 广西 海南 重庆 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆 台湾 香港 澳门 成都 西安 广州 杭州 "
    "南京 武汉 长沙 昆明 贵阳 兰州 大连 青岛 烟台 赣州 汉中 安康 商洛 宝鸡 咸阳 眉山 达州 宜宾 乐山 自贡 "
    "凯里 黔东南 毕节 遵义"
).split()
_CLAIMS = re.compile(
    r"最[^后多近终少低]|第一(?!次|个|步)|顶级|极品|独家|唯一|正宗|地道|纯天然|天然|有机|绿色|无公害|野生|无添加|不添加|古法|"
    r"手工|祖传|非遗|传承|进口|获奖|金奖|著名|有名|名牌|老字号|百年|新鲜|现摘|现做|现采|好吃|好喝|美味|香甜|清甜|鲜美|可口|"
    r"软糯|酥脆|爽口|耐用|结实|好看|漂亮|精美|舒服|安全|放心|健康|营养|富含|低糖|无糖|低脂|养胃|润肺|止咳|清热|降火|降血|"
    r"补血|补钙|养颜|美容|减肥|免疫|安神|助眠|解毒|排毒|保证|包退|包赔|包换|假一|无理由|免费|赠送|送您|包邮|免运费|热销|"
    r"畅销|爆款|回头客|好评|口碑|销量|仅剩|只剩|限时|抢|最后|涨价|便宜|优惠|划算|实惠|适合|适宜|老人|小孩|孩子|孕妇|糖尿病|"
    r"全国|各地|证书|认证|检测|许可|地理标志|专利|质检|合格|SC\d+|优质|精选|上等|特级|一级|品质|专家|医生|传统|独特|"
    r"丰富|细腻|浓郁|香气|口感|柔软|透气|环保|纯棉|自家|当天|马上|立即|今天|明天|随时"
)
"""Words that claim something about goods: each must stand in the sheet."""


def fold(text: str) -> str:
    """Compatibility forms folded, no white space."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def number(text: str) -> float | None:
    """39.9, 二十九点九, 两百五十, 半; None where it is none."""
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return float(text)
    if text == "半":
        return 0.5
    whole, _, part = text.partition("点")
    total = unit = 0.0
    for c in whole:
        if c in TENS:
            total += (unit or 1) * TENS[c]
            unit = 0
        elif c == "万":
            total, unit = (total + unit) * 10000, 0
        elif c in DIGITS:
            unit = unit * 10 + DIGITS[c] if not total and unit else DIGITS[c]
        else:
            return None
    tail = "".join(str(DIGITS.get(c, 0)) for c in part)
    return total + unit + (float(f"0.{tail}") if tail else 0)


def amounts(text: str) -> list[tuple[str, str, float, str]]:
    """(as written, kind, value in the kind's unit, unit) of every figure with a unit."""
    found = []
    for match in _AMOUNT.finditer(text):
        value = number(match["n"])
        if value is None:
            continue
        kind, scale = _SCALE.get(match["u"].lower(), (match["u"], 1))
        value += 0.5 if match["half"] else 0
        found.append((match[0], kind, round(value * scale, 4), match["u"]))
    return found


class RawShop:
    """The text of a shop's files, product by product."""

    def __init__(self, folder: Path) -> None:
        truth = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
        book = openpyxl.load_workbook(folder / "products.xlsx", data_only=True)
        rows = [
            fold(" ".join(str(c) for c in r if c is not None))
            for s in book
            for r in s.iter_rows(values_only=True)
        ]
        self._truth = {fold(t["product"]): t for t in truth}
        named = {
            name: [r for r in rows if name in r or fold(str(t["sku"])) in r]
            for name, t in self._truth.items()
        }
        taken = {r for own in named.values() for r in own}
        self._shared = "\n".join(r for r in rows if r not in taken)
        self._rows = {
            name: "\n".join([name, *named[name], fold(json.dumps(t, ensure_ascii=False))])
            for name, t in self._truth.items()
        }

    def unsupported(self, line: str, product: str, asked: str = "") -> list[str]:
        """What ``line`` says of ``product`` that the files do not hold; how many were ``asked`` for apart."""
        counts = {(k, v) for _, k, v, _ in amounts(fold(asked)) if k not in ("g", "ml", "y", "h")}
        text, name = fold(line), fold(product)
        own = self._rows.get(name, name) + "\n" + self._shared
        wrong = [
            shown
            for shown, kind, value, unit in amounts(text)
            if (kind, value) not in counts and not self._held(kind, value, unit, name, own)
        ]
        wrong += [p for p in PLACES if p in text and p not in own and p[:2] not in own]
        wrong += [m[0] for m in _EACH.finditer(text) if m[1] not in own and m[1] not in "份件单个"]
        wrong += [m[0] for m in _CLAIMS.finditer(text) if m[0] not in own]
        return wrong

    def _held(self, kind: str, value: float, unit: str, name: str, own: str) -> bool:
        if value == 1 and kind not in ("g", "ml", "y", "h"):
            return True
        held = {round(v, 4) for _, k, v, _ in amounts(own) if k == kind}
        truth: dict[str, Any] = self._truth.get(name, {})
        bare = {float(n) for n in re.findall(r"\d+(?:\.\d+)?", own)}
        held |= {"g": self._of(truth, "_g"), "y": bare, "h": {v * 24 for v in self._of(truth, "days")}}.get(
            kind, bare
        )
        if kind == "h":
            held |= self._of(truth, "hours")
            return any(abs(value - h) <= 0.03 * h for h in held)
        if value in held:
            return True
        if kind == "g":
            return any(value == round(a * n, 4) for a in held for n in range(2, 11))
        if kind == "y":
            return self._derived(value, truth)
        return unit in "袋盒瓶罐箱包桶条片双对套件个只枚份" and value <= 10 and f"{value:g}份" in own

    def _of(self, truth: dict[str, Any], ending: str) -> set[float]:
        return {
            float(v) for k, v in (truth | truth.get("extra", {})).items()
            if k.endswith(ending) and isinstance(v, int | float)
        }  # fmt: skip

    def _derived(self, value: float, truth: dict[str, Any]) -> bool:
        prices = {float(n) for n in re.findall(r"\d+(?:\.\d+)?", json.dumps(truth.get("extra", {})))}
        prices |= {float(truth[k]) for k in ("price_cny", "list_price_cny") if truth.get(k)}
        found = {a - b for a, b in pairs(prices, prices)} | {a * n for a in prices for n in range(2, 11)}
        found |= {a / n for a in prices for n in range(2, 21)}
        if grams := truth.get("net_weight_g"):
            found |= {a / grams * 500 for a in prices}
        return any(abs(value - f) < 0.006 for f in found)
