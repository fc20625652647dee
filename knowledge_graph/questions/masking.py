"""What in a question is no name of goods although it may share characters with one."""

from __future__ import annotations

import re

from knowledge_graph.ingest.places import provinces
from knowledge_graph.questions import wording


def masks(text: str) -> list[tuple[int, int]]:
    """Spans that name no product although they may share characters with one."""
    found = [m.span() for f in (*wording.conditions(), *wording.health()) for m in f.pattern.finditer(text)]
    found = [(s, e) for s, e in found if e - s > 1]
    found += [
        m.span()
        for m in re.finditer("|".join(map(re.escape, sorted(provinces(), key=len, reverse=True))), text)
    ]
    found += [m.span() for m in _NO_NAME.finditer(text)]
    found += [m.span() for m in _A_NOT_A.finditer(text)]
    return found


_A_NOT_A = re.compile(r"([\u4e00-\u9fff])[不没唔]\1")
_NO_NAME = re.compile(
    r"多少钱|几多钱|差?多[大小]|大小|包邮|发货|快递|保质期|包装|包赔|花呗|(?:花粉|"
    r"海鲜|金属|酒精|牛奶|花生|坚果|鸡蛋|芒果)过敏|净重|果径|冷藏|冷冻|冰箱|味道|口味|"
    r"水洗|开水|小孩|颜色|价格|礼貌|家里|会员|里面|里头|一条龙|过年|年货|下单|当天|"
    r"直播|手工|鞋底子?|礼拜|老板|老铁|老家|老人|赔不赔|包不包|屏上|错码|果子"
)
