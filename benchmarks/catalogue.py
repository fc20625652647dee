"""A seeded catalogue of made-up products, as large as wanted: about twelve facts a product.

Names, places and words are common ones put together at random; nothing of it describes a real shop.
"""

# ruff: noqa: E501

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from knowledge_graph.facts import Fact, MemoryShop, Quantity, ShopMeta, Source, Value
from knowledge_graph.schema import TERMS, Property

P = Property
DAY = date(2026, 11, 1)
PLACES = (
    "云南昭通 云南普洱 四川雅安 四川阿坝 贵州遵义 贵州毕节 湖南怀化 湖南郴州 湖北恩施 湖北宜昌 江西赣州 江西上饶 "
    "福建宁德 福建南平 广西百色 广西河池 广东梅州 广东湛江 浙江丽水 浙江衢州 安徽六安 安徽黄山 山东烟台 山东临沂 "
    "河南信阳 河南南阳 河北承德 河北邢台 山西吕梁 山西运城 陕西榆林 陕西商洛 甘肃定西 甘肃天水 宁夏中卫 青海海东 "
    "新疆和田 新疆喀什 黑龙江五常 黑龙江伊春 吉林延边 吉林白城 辽宁丹东 辽宁朝阳 内蒙古赤峰 内蒙古通辽 海南儋州 重庆奉节"
).split()
MADE = "手工 农家 高山 古法 散养 林下 现磨 日晒 柴火 石磨 冷榨 慢炖 山泉 老树 早春 深秋 野生 生态 陶缸 竹筒".split()
KINDS = "香 甜 辣 酸 咸 鲜 脆 糯 嫩 老 黑 白 红 黄 青 紫 小 大 扁 圆".split()
HEADS = (
    "大米 小米 红豆 绿豆 花生 核桃 板栗 红枣 枸杞 木耳 香菇 笋干 粉条 腊肉 香肠 腐乳 豆瓣酱 辣椒面 花椒 菜籽油 茶油 "
    "蜂蜜 红糖 米酒 高粱酒 绿茶 红茶 白茶 菊花茶 苹果 脐橙 柚子 猕猴桃 葡萄干 柿饼 鸡蛋 鸭蛋 土鸡 腊鸭 鱼干 虾皮 海带 紫菜 "
    "竹篮 布鞋 草帽 陶罐 绣片 棉被 手工皂 艾草包 种子 玉米糁 荞麦面 藕粉 葛根粉 酸菜 泡菜 豆豉 火锅料"
).split()
POINTS = (
    "香味浓 口感脆 不打蜡 颗粒饱满 当季新货 现做现发 老手艺 小批量 熬粥香 炒菜香 下饭 送礼体面 皮薄 肉厚 汁水足 耐煮 耐泡 "
    "不掉色 针脚密 底子厚 透气 轻便 手感软 酱香 麻味足 微辣 回甘 油润 晒足三伏 冬天做"
).split()
USES = "炖汤 炒肉 泡水喝 煮粥 蒸着吃 凉拌 包饺子 当零食 火锅涮 烙饼 腌菜 泡脚 送长辈 早饭吃 做馅".split()


def facts(index: int, draw: random.Random) -> tuple[Fact, ...]:
    """The facts of product number ``index``; ``draw`` is the only source of chance."""
    place, head = draw.choice(PLACES), draw.choice(HEADS)
    grams = draw.choice((100, 150, 200, 250, 300, 400, 500, 750, 1000, 1500, 2000, 2500))
    name = f"{place[2:]}{draw.choice(MADE)}{draw.choice(KINDS)}{head} {grams}g {index:06d}号"
    price = Decimal(draw.randrange(500, 30000)) / 100
    values: list[tuple[Property, Value, str]] = [
        (P.NAME, name, ""),
        (P.SKU, f"S{index:06d}", ""),
        (P.CATEGORY, head, ""),
        (P.PRICE, price, ""),
        (P.NET_WEIGHT, Decimal(grams), ""),
        (P.ORIGIN, place, ""),
        (P.SHELF_LIFE, Decimal(draw.choice((30, 90, 180, 270, 365, 540))), ""),
        (P.STORAGE, draw.choice(("阴凉干燥", "冷藏", "冷冻", "避光密封")), ""),
        (P.SHIPPING_HOURS, Decimal(draw.choice((24, 48, 72))), ""),
        (P.STOCK, Decimal(draw.randrange(1, 5000)), ""),
        (P.USAGE, draw.choice(USES), ""),
        *((P.SELLING_POINT, point, "") for point in draw.sample(POINTS, 2)),
    ]
    return tuple(
        Fact(
            product=name, property=property_, value=value, written=str(value), unit=TERMS[property_].unit,
            about=about, per=Quantity(Decimal(1), "份") if property_ is P.PRICE else None,
            source=Source("目录.xlsx", "货", f"A{index + 2}", index + 2, TERMS[property_].label, order=index * 16 + at),
        )
        for at, (property_, value, about) in enumerate(values)
    )  # fmt: skip


def products(count: int, seed: int = 4) -> Iterator[tuple[Fact, ...]]:
    """``count`` products, each as its facts; the same seed gives the same catalogue."""
    draw = random.Random(seed)
    for index in range(count):
        yield facts(index, draw)


def catalogue(count: int, seed: int = 4) -> MemoryShop:
    """The catalogue as a shop in memory."""
    meta = ShopMeta("catalogue", DAY, "目录", 1)
    return MemoryShop.of(meta, (fact for each in products(count, seed) for fact in each))
