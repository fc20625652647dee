"""Two made-up shops that share no heading, layout or product with any other sheet, and what is true of them.

Written before the importer was run on them. ``None`` in the truth means: must stay empty.
"""

from __future__ import annotations

from datetime import date
from typing import Any

FISH_DAY = date(2024, 12, 28)
FISH: dict[str, list[list[Any]]] = {
    "渔获": [
        ["海风阿姐渔行 元旦专场"],
        ["车号", "叫啥", "一份有多少", "今晚卖", "平时卖", "两份价", "哪儿来的", "能放多久", "咋放", "好在哪", "咋吃", "啥时候发", "哪里不发", "有啥证", "还剩", "要交代的", "补充"],
        [1, "大虾皮", "250g*2包", 32.8, 45, 59.8, "山东荣成", "9个月", "干燥处密封", "淡晒、不咸", "炒鸡蛋", "48小时内", "西藏、新疆", "SC11137108200456", "210包", "虾过敏的别吃；吃前冲一下", None],
        [2, "即食海带丝 100克×10袋", "100克/袋，共10袋", "19.9元10袋", 29.9, None, "同上", "半年", "常温", "脆爽/咸香", "拆开就吃", "48小时内", "西藏、新疆", "SC11137108200456", 500, "含大豆", "每人限拍3份"],
        [3, "小黄鱼干", "一斤", 88, 78, None, "浙江舟山", "180天", "冷冻", "骨头酥", "油煎", "48小时内", "无", None, 40, "鱼刺多，小孩当心", None],
        [4, "扇贝柱", "500", 96, 128, None, "大连长海", "12个月", "阴凉干燥", "颗粒大", "煮粥", "48小时内", "西藏", None, "约30包", None, None],
        [5, "冻带鱼段", "净重2斤，带冰2.6斤", "49.9/份", 69, 95, "舟山", "12个月", "-18度冷冻", "中段、去头去尾", "红烧", "每周三、周六发", "西藏、新疆、海南", "SC13133090200777", 66, None, "电话13912345678订货"],
        [6, "烤鱼片", "80g", "券后15.9", 25, None, "青岛", "8个月（开袋后3天内吃完）", "阴凉处", "薄、香、治失眠", "直接吃", "72小时内发出", "无", "办理中", "充足", None, None],
        [None, "合计", None, None, None, None, None, None, None, None, None, None, None, None, 846, None, None],
        ["全店满99元包邮，海南每单加8元；坏损签收12小时内联系，照价赔。"],
    ]
}
FISH_FACTS: dict[str, dict[str, Any]] = {
    "大虾皮": {"sku": "1", "net_weight_g": 500, "price_cny": 32.8, "list_price_cny": 45, "origin": "山东荣成", "shelf_life_days": 270, "storage": "干燥处密封", "selling_points": ["淡晒", "不咸"], "shipping_hours": 48, "excluded_regions": ["西藏", "新疆"], "certificates": ["SC11137108200456"], "stock": 210, "reminders": ["虾过敏的别吃", "吃前冲一下"]},
    "即食海带丝 100克×10袋": {"sku": "2", "net_weight_g": 1000, "price_cny": 19.9, "list_price_cny": 29.9, "origin": "山东荣成", "shelf_life_days": 180, "storage": "常温", "selling_points": ["脆爽", "咸香"], "shipping_hours": 48, "excluded_regions": ["西藏", "新疆"], "certificates": ["SC11137108200456"], "stock": 500, "reminders": ["含大豆"]},
    "小黄鱼干": {"sku": "3", "net_weight_g": 500, "price_cny": None, "list_price_cny": None, "origin": "浙江舟山", "shelf_life_days": 180, "storage": "冷冻", "selling_points": ["骨头酥"], "shipping_hours": 48, "excluded_regions": [], "certificates": [], "stock": 40, "reminders": ["鱼刺多，小孩当心"]},
    "扇贝柱": {"sku": "4", "net_weight_g": None, "price_cny": 96, "list_price_cny": 128, "origin": "大连长海", "shelf_life_days": 360, "storage": "阴凉干燥", "selling_points": ["颗粒大"], "shipping_hours": 48, "excluded_regions": ["西藏"], "certificates": [], "stock": 30, "reminders": []},
    "冻带鱼段": {"sku": "5", "net_weight_g": 1000, "price_cny": 49.9, "list_price_cny": 69, "origin": "舟山", "shelf_life_days": 360, "storage": "-18度冷冻", "selling_points": ["中段", "去头去尾"], "shipping_hours": None, "excluded_regions": ["西藏", "新疆", "海南"], "certificates": ["SC13133090200777"], "stock": 66, "reminders": []},
    "烤鱼片": {"sku": "6", "net_weight_g": 80, "price_cny": 15.9, "list_price_cny": 25, "origin": "青岛", "shelf_life_days": 240, "storage": "阴凉处", "selling_points": ["薄", "香"], "shipping_hours": 72, "excluded_regions": [], "certificates": [], "stock": None, "reminders": []},
}  # fmt: skip
FISH_PROBLEMS = {("渔获", 5, "今晚卖"), ("渔获", 6, "一份有多少"), ("渔获", 7, "补充"), ("渔获", 8, "好在哪"), ("渔获", 8, "有啥证"), ("渔获", 8, "还剩")}

GRAIN_DAY = date(2024, 12, 20)
GRAIN: dict[str, list[list[Any]]] = {
    "主粮": [
        ["编码", "产品", "规格(kg)", "零售价", "活动价", "产区", "生产日期", "保质(月)", "贮藏条件", "产品介绍", "配料表", "仓库余量(袋)", "过敏提示", "其他"],
        ["DM01", "稻花香大米", 5, 79, 59.9, "黑龙江五常市", "2024-10-20", 12, "避光、通风", "当年新米，米饭软糯", "粳稻", 300, None, None],
        ["DM02", "黑小米 2.5kg", 2.5, 45, "39.9元/袋，3袋110元", "山西沁县", "2024-11-02", 12, "同上", "粒粒金黄；熬粥出油", "小米", "1,280", None, "送量杯"],
        ["DM03", "高筋面粉", 5, 39, "#DIV/0!", "河南温县", "2024-11-30", 9, "阴凉干燥", "筋道", "小麦", 90, "含小麦", None],
        ["DM04", "藕粉", 0.5, 49, "三十五元", "湖北洪湖", "2025-03-01", 18, "干燥处", "0蔗糖、冲泡方便", "藕粉、白砂糖", 88, None, None],
        ["DM05", "五常长粒香", 10, 128, 99, "吉林梅河口", "2024-10-08", 12, "阴凉", "香", "稻谷", -3, None, None],
        ["DM06", "荞麦挂面 500g", 0.4, 15, 9.9, "甘肃定西", "2024-02-30", 12, "常温", "有嚼劲", "荞麦粉、小麦粉", 150, "含麸质", "预计1月8日起发货，预售"],
        ["DM07", None, 1, 20, 15, "山东", "2024-11-11", 12, "常温", "甜", None, 10, None, None],
        ["DM06", "莜麦面", 1, 29, 25, "内蒙古武川", "2024-11-11", 12, "常温", "耐饿", "莜麦", 75, "含麸质", None],
    ],
    "客服须知": [
        ["1、除新疆、西藏、青海外，全国发货。"],
        ["2、下单后24小时内安排发货（节假日顺延）"],
        ["3、收货7天内质量问题包退换"],
    ],
}
_RULED = {"shipping_hours": 24, "excluded_regions": ["新疆", "西藏", "青海"], "certificates": []}
GRAIN_FACTS: dict[str, dict[str, Any]] = {
    "稻花香大米": _RULED | {"sku": "DM01", "net_weight_g": 5000, "price_cny": 59.9, "list_price_cny": 79, "origin": "黑龙江五常市", "shelf_life_days": 360, "storage": "避光、通风", "selling_points": ["当年新米", "米饭软糯"], "stock": 300, "reminders": []},
    "黑小米 2.5kg": _RULED | {"sku": "DM02", "net_weight_g": 2500, "price_cny": 39.9, "list_price_cny": 45, "origin": "山西沁县", "shelf_life_days": 360, "storage": "避光、通风", "selling_points": ["粒粒金黄", "熬粥出油"], "stock": 1280, "reminders": []},
    "高筋面粉": _RULED | {"sku": "DM03", "net_weight_g": 5000, "price_cny": None, "list_price_cny": 39, "origin": "河南温县", "shelf_life_days": 270, "storage": "阴凉干燥", "selling_points": ["筋道"], "stock": 90, "reminders": ["含小麦"]},
    "藕粉": _RULED | {"sku": "DM04", "net_weight_g": 500, "price_cny": 35, "list_price_cny": 49, "origin": "湖北洪湖", "shelf_life_days": 540, "storage": "干燥处", "selling_points": ["冲泡方便"], "stock": 88, "reminders": []},
    "五常长粒香": _RULED | {"sku": "DM05", "net_weight_g": 10000, "price_cny": 99, "list_price_cny": 128, "origin": None, "shelf_life_days": 360, "storage": "阴凉", "selling_points": ["香"], "stock": None, "reminders": []},
    "荞麦挂面 500g": _RULED | {"sku": "DM06", "net_weight_g": None, "price_cny": 9.9, "list_price_cny": 15, "origin": "甘肃定西", "shelf_life_days": 360, "storage": "常温", "selling_points": ["有嚼劲"], "stock": 150, "shipping_hours": None, "reminders": ["含麸质"]},
    "莜麦面": _RULED | {"sku": "DM06", "net_weight_g": 1000, "price_cny": 25, "list_price_cny": 29, "origin": "内蒙古武川", "shelf_life_days": 360, "storage": "常温", "selling_points": ["耐饿"], "stock": 75, "reminders": ["含麸质"]},
}  # fmt: skip
GRAIN_PROBLEMS = {("主粮", 4, "活动价"), ("主粮", 5, "生产日期"), ("主粮", 5, "产品介绍"), ("主粮", 6, "产区"), ("主粮", 6, "仓库余量(袋)"), ("主粮", 7, "规格(kg)"), ("主粮", 7, "生产日期"), ("主粮", 8, "产品"), ("主粮", 9, "编码")}
