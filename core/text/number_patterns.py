"""The shapes amounts take in running text, as regular expressions over folded text.

Runs of numeral characters are bounded, so that matching stays linear on any input.
"""

from __future__ import annotations

import re
from decimal import Decimal

from core.text.numerals import DIGIT, SCALE
from core.text.units import UNITS

FOLD = {0xFF01 + i: 0x21 + i for i in range(94)} | {
    ord(a): b
    for a, b in zip(
        "￥　兩塊錢個萬億圓歲點鐘週時間隻條雙張顆雞包斤幾來餘與陸參貳％",
        "¥ 两块钱个万亿圆岁点钟周时间只条双张颗鸡包斤几来余与陆参贰%",
        strict=True,
    )
}
"""One character to one character: offsets stay."""

_D = DIGIT
_S = rf"(?:千(?!克|米|卡|焦)|[{SCALE.replace('千', '')}])"
_CN = rf"(?:两(?!两)|[{_D}几廿卅]|{_S})(?:[{_D}廿卅几]|{_S}|两(?=[{SCALE}])){{0,15}}+"
_ARABIC = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)"
_SCALED = rf"(?:(?:[十百千万亿](?!克|米|卡|焦|分之))+(?:[0-9]{{1,4}}千?|[{_D}{SCALE}]{{1,8}})?)"
NUM = rf"(?:{_ARABIC}{_SCALED}?|{_CN}(?:点[{_D}]{{1,8}}[万亿]?)?)"
_UNIT = (
    "(?:"
    + "|".join(
        re.escape(u) + (r"(?![A-Za-z])" if u.isascii() and u.isalpha() else "")
        for u in sorted(UNITS, key=len, reverse=True)
    )
    + ")"
)

TRIGGER = re.compile(rf"[0-9{_D}{SCALE}两几廿卅半对上近个块斤年天第¥俩仨]")
DIGIT_RUN = re.compile(r"[0-9]+(?:\.[0-9]+)*")
RANGE_WORD = re.compile(r"\s?(?:[-~—–至到]|——|--)\s?")
SPOKEN_RANGE = re.compile(r"[到至~]")
BELOW_ZERO = re.compile(r"(?:零下|负|(?<![0-9])-)$")
ABOUT = re.compile(r"(?:约|大概|差不多|将近|近|接近)$")
AFTER = re.compile(r"多(?![少了吃买])|左右|上下|出头|来钱|不到")

QUANTITY = re.compile(
    rf"(?P<n>{NUM})(?P<vague>[多来余把])?[ ]?"
    rf"(?:(?:[-~—–至到]|——)(?P<upper>{NUM})[多来余]?[ ]?)?(?P<unit>{_UNIT})"
)
BARE = re.compile(NUM)
COMPOUND = rf"[{SCALE}点].|.[{SCALE}]|[{_D}]{{3}}|几"
HALF_OF = re.compile(rf"半(?P<unit>{_UNIT})")
PRICED = re.compile(rf"(?:¥|人民币)[ ]?(?P<n>{NUM})(?:[ ]?元)?")

_YEAR = rf"(?:19|20)[0-9]{{2}}|(?:一九|二[零〇])[{_D}]{{2}}"
_SHORT = rf"(?:[0-9]{{1,2}}|[{_D}十廿卅]{{1,3}})"
DATE = re.compile(
    rf"(?:(?P<year>{_YEAR})年)?(?:(?P<month>{_SHORT})月(?![亮饼光经嫂子季球])(?:份|(?P<day>{_SHORT})[日号])?)?"
)
ISO_DATE = re.compile(
    r"(?P<year>(?:19|20)[0-9]{2})([-/.])(?P<month>[01]?[0-9])\2(?P<day>[0-3]?[0-9])(?![0-9.])"
)

_MINUTE = rf"半|整|钟|一刻|三刻|零[{_D}]分(?!钟)|[一二三四五]?十[{_D}]?分?|[0-5]?[0-9]分|[{_D}]分(?!钟)"
CLOCK = re.compile(
    rf"(?P<hour>[0-9]{{1,2}}|两|十?[{_D}]|二?十[一二三四]?)点(?P<minute>{_MINUTE})?"
    r"(?P<mark>钟|准时|开播|之?前|之?后|见|左右)?(?![0-9])"
)
COLON_CLOCK = re.compile(r"(?P<hour>[0-2]?[0-9]):(?P<minute>[0-5][0-9])(?P<mark>)(?:\:[0-5][0-9])?(?![0-9:])")
TIME_OF_DAY = re.compile(
    r"(?:早上|上午|中午|下午|晚上|凌晨|今晚|明晚|明早|傍晚|每晚|半夜|每天|明天|今天|早晨)$"
)
AFTERNOON = re.compile(r"(?:下午|晚上|今晚|明晚|傍晚|每晚)$")
MINUTES = {"": Decimal(0), "整": Decimal(0), "钟": Decimal(0), "半": Decimal(30)} | {
    "一刻": Decimal(15),
    "三刻": Decimal(45),
}

PER_HUNDRED = re.compile(rf"百分(?P<whole>之?百(?![{_D}分]))|[百千]分之(?P<n>{NUM})")
HALF_PRICE = re.compile(r"对折|半价")
DISCOUNT = re.compile(r"(?P<n>[一二三四五六七八九]{2}|[1-9][0-9]?)折(?![叠扇腾])")
ORDINAL = re.compile(
    rf"第(?P<n>{NUM})(?P<mark>名|位|个|天|次|款|代|季|年|件|单|条|步|期|层|集)?|(?P<m>{NUM})号(?![码称召令])"
)

_VAGUE_UNIT = rf"(?P<unit>{_UNIT})?"
VAGUE = [
    (re.compile(rf"[上近](?=百|千)百[来把]?{_VAGUE_UNIT}"), Decimal(100), None),
    (re.compile(rf"[上近]千{_VAGUE_UNIT}"), Decimal(1000), None),
    (re.compile(rf"[上近]万(?!一){_VAGUE_UNIT}"), Decimal(10_000), None),
    (re.compile(rf"百[来把](?P<unit>{_UNIT})"), Decimal(100), None),
    (re.compile(rf"百八十(?P<unit>{_UNIT})"), Decimal(80), Decimal(100)),
    (re.compile(rf"百十来?(?P<unit>{_UNIT})"), Decimal(110), None),
    (re.compile(r"个把(?=月|小时|钟头|星期|礼拜)(?P<unit>月|小时|钟头|星期|礼拜)"), Decimal(1), None),
    (re.compile(r"(?P<unit>斤|块|年|天)把(?=重|左右|钱|时间)钱?"), Decimal(1), None),
    (re.compile(rf"一两(?P<unit>(?!两){_UNIT})"), Decimal(1), Decimal(2)),
    (re.compile(rf"三两(?P<unit>(?!两){_UNIT})"), Decimal(2), Decimal(3)),
]
"""Amounts that name no number, with the least (and greatest) value they mean."""

_MEASURED = rf"(?:[十百千万]|{_UNIT}|[.0-9])"
_NEXT_PRICE = rf"(?!{_MEASURED})|(?=包[邮运退换赔甜熟好教])|(?=两{_UNIT})"
_END = rf"(?:{_NEXT_PRICE})"
_ANY = rf"[1-9{_D[1:].replace('〇', '')}]"
_HAN = rf"[{_D[2:]}]"
_FEN = rf"(?P<hundredth>{_ANY})(?:分钱?|{_END})"
_APART = "(?!一(?:起|共|同|样|定|直|并|律|道|总|齐|般|次))"
TAILS = {
    "元": re.compile(
        rf"{_APART}(?:[零〇0]?(?P<tenth>[2两]|{_ANY})[毛角](?:{_FEN})?钱?"
        rf"|[零〇0](?P<hundredth2>{_ANY})(?:分钱?|{_END})"
        rf"|(?P<tenth3>{_ANY})(?P<hundredth3>{_ANY}){_END}"
        rf"|(?P<tenth4>{_ANY}){_END}"
        rf"|(?P<half>半)(?!{_UNIT}|价))"
    ),
    "角": re.compile(rf"{_APART}{_FEN}"),
    "斤": re.compile(rf"{_APART}(?P<tenth>[{_D[2:]}])(?:两(?P<half>半)?|{_END})|(?P<half2>半)(?!{_UNIT}|价)"),
}
"""What may follow a unit without a unit of its own: 三块五, 三斤二; 两斤一共 is two 斤."""
NUMBERED_WORD = re.compile(
    r"五(?:花|香|谷|仁|常|味|黑|彩)|三(?:文鱼|黄|七|鲜|角)|八(?:角|宝|珍)|百(?:合|香)|四(?:季|喜)|九(?:层|制|节)"
    r"|千层|六安|七(?:彩|星)|二(?:荆条|锅头)"
)
"""Goods whose name begins with a numeral: 两斤五花 is two 斤."""
HALF_TAIL = re.compile(rf"(?P<half>半)(?!{_UNIT}|[价成夜路道])")

AND_HALF = re.compile(rf"(?P<n>{NUM})个半(?P<unit>月|小时|钟头|星期|礼拜)")
YUAN_AND = re.compile(rf"块(?P<n>[二三四五六七八九2-9]){_END}(?=[^\u4e00-\u9fff]|[一每的就卖]|$)")
SAYS_PRICE = "卖才就要只共收花价是"
IDIOM = re.compile(
    r"十分(?!之)(?!钟)|[万千百]分(?!之)(?!百)|一块(?:儿|来|去|吃|走|玩|干|做活|过|聊|看|住|生活|上|努力)"
    r"|半斤八两|一部分|一个劲|一把手|一口气|一门心思|一会|一点(?![钟半整零一二三四五六七八九十])|上下|上个|近[年日些期]|百分点|个个|天天|年年|块块"
    r"|万一|千万(?![个元块斤只亩件人])|一对一|一家人|一边|一本正经|一条龙|成千上万|八角(?!钱)|三角|五角星|四川|三亚|九寨|五粮液|三只松鼠"
)
BEFORE_IDIOM = re.compile(r"(?:[唯统专]|星期|礼拜|初)$")
PIECE_NOUN = re.compile(
    r"(?:大|小|老|新|鲜)?(?:肉|豆腐|地|布|糖|饼|姜|石|木|砖|板|表|肥皂|香皂|蛋糕|面包|玉|骨|毛巾|牌|电池|田|钢|铁|瓦|红糖"
    r"|腊肉|五花|排骨|年糕|糍粑|月饼|巧克力|茶|墨|抹布|屏|手表|头|儿)"
)
JIAO = re.compile(rf"钱|[分{_D}]|\W|$")

_CLASHES = {
    "包": "邮运退换赔甜熟教",
    "成": "本熟年人功为了就员语分果立品色交都",
    "升": "级起值",
    "克": "服隆",
    "米": "饭粉线",
    "毛": "病巾衣线豆笔重孩肚血尖",
    "元": "旦素宝",
    "折": "叠扇腾",
    "位": "置于",
    "条": "件",
    "层": "次",
    "户": "外",
    "代": "表言购",
    "级": "别",
    "道": "理德",
    "只": "要有能是好",
    "个": "别性",
    "天": "然气",
    "片": "面",
    "种": "植",
    "类": "似",
    "度": "假过",
    "把": "握",
    "批": "发",
    "套": "路",
    "单": "独",
    "对": "于面",
    "项": "链目",
    "根": "本",
    "台": "湾",
    "排": "队骨",
    "枚": "举",
    "本": "来地身",
    "里": "面边头",
    "年": "轻级",
    "口": "感味碑",
    "封": "口",
    "头": "发",
    "门": "口",
    "顶": "呱",
    "串": "通",
    "件": "事",
    "节": "约日",
    "饼": "干铛店皮",
}
"""Characters that, after a unit, make another word of it: 九块九包邮."""


def clashes(text: str, end: int, spelling: str) -> bool:
    """Whether the unit ``spelling`` that ends at ``end`` is really the head of another word."""
    return end < len(text) and text[end] in _CLASHES.get(spelling, "")
