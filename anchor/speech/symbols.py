"""Figures, letters and symbols as Mandarin speakers say them, in characters that any voice knows."""

from __future__ import annotations

DIGITS = "零一二三四五六七八九"

LETTERS = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "诶 必 西 弟 衣 艾弗 记 艾尺 爱 杰 开 艾勒 艾姆"
        " 恩 欧 皮 丘 阿尔 艾丝 踢 优 威 达不溜 艾克斯 歪 贼".split(),
        strict=True,
    )
)

SYMBOLS = (
    dict.fromkeys("(（〔[【)）〕]】|→,", "，")
    | dict.fromkeys("·~～#*\\", "")
    | dict(zip(";!?:.", "；！？：。", strict=True))
    | {"+": "加", "＋": "加", "=": "等于", "＝": "等于", "±": "正负", "≈": "大约", "\t": " "}
    | {"≥": "不少于", "≤": "不超过", ">": "大于", "<": "小于", "&": "和", "＆": "和", "√": "对"}
    | {"%": "百分号", "℃": "摄氏度", "℉": "华氏度", "°": "度"}
)
"""What a symbol becomes that no amount, code or relation has used up: a word, a pause or nothing."""
