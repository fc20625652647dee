"""A line that keeps its distance from a word: refuses to say it, sends people elsewhere, lacks it.

Negation (:mod:`compliance.exempt`) is about the clause of the match; here what the rest of the sentence does
with it counts. A turn (但是, 反正, 照样) takes the distance back. All functions look at folded text.
"""

from __future__ import annotations

import re

_HERE = 30
"""Characters of the sentence after a match that may take distance from it."""
CLAUSE_END = re.compile("[，,。！？!?；;：:\n…]")
SENTENCE_END = re.compile("[。！？!?；;\n]")
TURNS = (
    "可是|不过(?!是)|其实|懂的|你懂|照样|还是要说|偏要|反正|可就是|就是(?:灵|好|管用|有用|有效)|不用说|不骗"
)
"""What takes any distance back: a pattern, but for 但, of which it depends on what the distance is from."""
_TURN = re.compile(f"但是?|{TURNS}|别说|不是吹|没得说")

_MODAL = "(?:敢|能|会|可以?|好|便|许|准|让|得|想|愿意?|太)?"
_LOOSELY = "(?:这么|这样|那么|那样|随便|随意|乱|瞎|轻易|胡乱|在这|跟[您你]|给[您你]|替[您你]|往外)?"
_SAYING = (
    "(?:说|讲|提|念|报(?![名警])|写|标|印|贴|叫|称|宣传|宣称|承诺|保证|担保|吹|夸(?!张)|答应|打包票|当真|评价|评|断言|下结论|掺和|接这个?话|应承|敢应|用[那这]个?[标牌]|挂[那这]个?[标牌])"
    "(?!多|了算|你|您|大家|人|价|的|究|错|实话|废话|漂亮|好听)"
)
_UNSAID = re.compile(
    f"(?:没那么|没有那么|别|莫|不要)夸张|(?:不|没|未|别|莫|勿|甭|休|无法|难以?){_MODAL}{_LOOSELY}{_SAYING}"
)
_UNSAYABLE = re.compile(
    "别问(?:我|主播|店主)|问我也?(?:没用|白问)|(?:说|讲|念|答|回答|叫|写|评|提|报|保证|承诺|称|算|谈|够|配|达|做|敢)不(?:了|出|准|好|得|上|清|到|起|来)"
)
_MORE = re.compile("(?:多|别|细|其他|再多)的?(?:我|咱)?(?:也|就|可)?(?:不|没法)多?(?:说|讲)")
"""What a hint leaves out takes nothing back: 多的我不说."""
_FORBIDDEN = re.compile(
    "(?:是|属于|就是|那是|都是|叫|算)(?:违法|违规|犯法|虚假|夸大|假话|谣言|骗人|忽悠|迷信)|不合法|不合规|不允许|被禁止|没有?(?:科学)?(?:依据|根据|证据)"
)
_HEARSAY = re.compile(
    "^[^，,。！？!?]{0,6}是(?:观众|顾客|买家|客人|粉丝|大家|网友|评论|您|你们?|人家)[^，,。！？!?]{0,3}(?:说|写|问|叫|起|传)的|"
    "^[^，,。！？!?]{0,3}(?:[那这]|都|就)(?:只|就|都|也)?是[^，,。！？!?]{0,8}(?:说法|传言|传说|老话|谣言|广告词|玩笑)|"
    "(?:都|就|那|全)?是(?:网友|网上|别人|人家|评论|弹幕|有人|外面|同行)[^，,。！？!?]{0,3}(?:说|传|编|写|讲)的|"
    "[，,](?:可|并|都)?不是(?:我们|咱们?|本店|我家)(?:家|店|的|这儿?)?(?=[，,。！]|$)|"
    "(?:跟|和|与|同)(?:我们|咱们?|本店|这[款个瓶包])[^，,。！？!?]{0,4}(?:没关系|无关|不搭界|重名|不是一家|两回事|两码事|不沾边)"
)
"""Somebody else's words, or about somebody else's goods."""
_BY_OTHERS = re.compile(
    "(?:[，,]|的(?:照片|视频|图|人|事|码|号)?)(?:都|可|并|也|通通|一律)?不是(?:我们|咱们?|本店|我家)(?:家|店|这儿|这里|这边|的人|官方)?(?:[发放干搞招拍]?的)?(?=[，,。！!；;]|$)"
)
"""Done by somebody else, the last words of the match included: 扫码领鸡蛋的不是我们发的."""
_ADDRESSED = re.compile(
    "^的?(?:朋友|人|姐妹|妹妹|姑娘|兄弟|大哥|宝妈|宝宝|叔叔|阿姨|老人家?|家人|顾客|患者|病人|期间|时候)们?[^，,。！？!?]{0,5}"
    "(?:看|查|问|注意|自己|慎|少|别|不要|不建议|不宜|按|听|掂量|参考|绕|抱歉|对不住)"
)
"""People with a condition, told to take care: 减肥的朋友看营养表再决定."""
_NOT_SO = re.compile("(?:并不是|(?<!是)不是|并非|算不上|不算|不叫|没说是?|没敢说|不敢说)$")
"""Right before a match that holds a denial itself: 不是无添加, 不敢说不打药."""
_CUSTOM = re.compile(
    "^[^，,。！？!?]{0,8}(?:是|算|图)个?[^，,。！？!?]{0,3}(?:习惯|风俗|习俗|民俗|讲究|传统|彩头|热闹|老例)"
)
_IMPOSSIBLE = re.compile(
    "(?<![离少错忘停跑受想免缺追])(?:拿|领|够|去|改|治|保证|代替|替代|取代|顶替|替|变|转|招|挡|降|减|补|帮|管|防|抗|祛|止|消|养|瘦|白|保|解决|缓解|改善|决定|影响|左右)不(?:了|到|得|成|来|好)(?!的)"
)

_LACKING = re.compile(
    "(?:备案|标签|配料表|证书|批文|包装|吊牌|说明书)(?:里|上)?(?:面)?(?:都|也|可|并)?没|"
    "(?<!前人)没(?:有)?(?:上过|推荐|续|换证|年检|过审|拿|办|下来|批|评|申请|申报|认证|送检|检测|检过|做过|得过|获|请过|来过|参加|参评|签|测|检|"
    "资格|通过|到手|写|标|印|打上|加入|备案|注册)|未(?:获|通过|经|申请|取得|批|备案)|"
    "(?:断货|卖完|卖光|售罄|下架|没货|到期|过期|失效|作废)(?:了|的)?(?=[，,。]|$)|"
    "(?:还|正)?在(?:申请|申报|办理?|评审|审核|排队|走流程)|(?:还没|尚未|暂未)(?:有|办|批|拿|下|评|做|测|申|到手|取|认证|$)|没有这"
)
"""The document, the tester, the praise is missing: 专家没推荐过, 有机证书还在办."""
_URGING = frozenset({"C6", "C7", "C8", "C13"})
"""Classes whose offences themselves say that things run out: 最后三单，卖完下架."""
_NOT_OURS = re.compile(
    "^[^，,。！？!?]{0,12}[，,](?:我们?|咱们?|我家|这(?!话|事|句)[个瓶款批包罐盒种些袋箱]?|它|本店|店里|现在|暂时|目前|新的|链接里)"
    "[^，,。！？!?]{0,3}(?:没有|没得|没办|没拿|没测|没做|没写|没标|不是|不属于|不算|不能叫|不带|不含|不具备)(?![一半点只光仅])"
)
"""Said of the goods in the next clause: 美白得有特证，这瓶没有."""
_OUR_OWN = re.compile(
    "(?:我们|咱们?|我家|本店|这[款瓶个]?)(?:都|也|就|是)?(?:有|办了|拿了|齐全)(?!人|没有|的)"
)
_REQUIRED = re.compile(
    "^[^，,。]{0,4}(?:得|要|需要?|必须|都得|才)(?:先|是)?(?:有|看|凭|办|拿|经过?|做)[^，,。]{0,6}"
    "(?:证|检测|报告|批文|备案|认证|注册|审批|审定|标签|说明|数)"
)
_ELSEWHERE = re.compile(
    "(?:去|到|找|问|看|听|请教|咨询|交给|归|该|由|以)(?:一下|过|您|你|体检的|专业的?|正规的?|当地的?)?"
    "(?:药店|医院|医生|大夫|药师|牙医|产科|皮肤科|专科|营养师|兽医|银行|证券|律师|农技|植保|监管)|"
    "(?:找|选|买|认|看)[^，,。]{0,4}(?:特证|批文|蓝帽|国药准字|备案号|注册号)"
)
_SENT_OFF = re.compile(
    "(?:不用|不必|不需|无需|用不着|不要|别|没|甭|省得|省去|再不|再也|少|何必|懒得|不)[^，,。]{0,3}$"
)
_WARNED = re.compile(
    "^[^，,。！？!?]{0,6}(?:都|也|千万|一律|统统|可|就)?(?:别|不要|莫|勿)(?:理|信|点|加|回|转|上当|当真|急)"
)
_MEDICINE = re.compile(
    "(?:吃|服|用|打|开)(?:着|了|过)?[^，,。]{0,5}(?:药|针|胰岛素|抗生素|头孢)(?:的|时|期间|那|以后|后|，|,)"
)
_ABSTAIN = re.compile("(?:别|不要|不能|不可|勿|先别|先不|不建议|不适合|暂停|错开|问(?:过|问)?医生|谨慎|慎)")
_LAW = re.compile(
    "(?:法|法律|法规|条例|规定|规范|平台|规则|监管|标准|国家)[^，,。]{0,4}(?:不让|不许|不准|不允许|禁止|不能|明令|规定)"
)
_OFFICIAL = re.compile(
    "(?:局|部|委|署|厅|官方|政府|监管|备案|标准|学信|裁判)[^，,。]{0,4}(?:网站|官网|网上|系统|平台)"
)
_VIEWED = re.compile("(?:看|查|搜|核|溯|验真|追踪|登记|报修|激活|取件|核销)")
_LURED = re.compile("加|微信|返|领|私|便宜|下单|优惠|联系|进群|福利|订")


def _sentence(text: str, start: int, end: int) -> tuple[str, str]:
    """What stands before and after ``[start, end)`` in its sentence, near it."""
    before = text[max(0, start - _HERE) : start]
    stops = list(SENTENCE_END.finditer(before))
    after = text[end : end + _HERE]
    stop = SENTENCE_END.search(after)
    return before[stops[-1].end() :] if stops else before, after[: stop.start()] if stop else after


def _last_clause(before: str) -> str:
    stops = list(CLAUSE_END.finditer(before))
    return before[stops[-1].end() :] if stops else before


def _found(pattern: re.Pattern[str], after: str, reach: int) -> bool:
    """Whether the pattern comes within ``reach`` characters, before anything turns the sentence round."""
    hit = pattern.search(after)
    return bool(hit and hit.start() <= reach and not _TURN.search(after))


def disclaimed(text: str, start: int, end: int, kind: str = "") -> bool:
    """Mentioned and not claimed: the speaker will not say it, cannot, must not, or lacks what it takes.

    ``kind`` is the class of the rule: an endorsement (C2) is denied inside the match (专家没推荐过).
    """
    before, after = _sentence(text, start, end)
    after = _MORE.sub("", after)
    said, clause = text[start:end], _last_clause(before)
    if _NOT_SO.search(clause) or (kind == "C12" and _UNSAID.match(said)):
        return True
    unsaid = _UNSAID.search(clause) or _UNSAYABLE.search(clause)
    if unsaid and not _TURN.search(clause + after):
        return True
    tail = said[-3:] + after
    if _found(_UNSAID, tail, 16) or _found(_UNSAYABLE, after, 12) or _found(_FORBIDDEN, after, 8):
        return True
    if _IMPOSSIBLE.search(said) or _found(_IMPOSSIBLE, tail, 7) or _IMPOSSIBLE.search(clause[-8:]):
        return True
    if kind == "C5" and (_CUSTOM.search(said) or _CUSTOM.match(after)):
        return True
    if (kind == "C2" and _LACKING.search(said)) or _BY_OTHERS.search(said[-8:] + after):
        return True
    if _HEARSAY.search(after) or (_ADDRESSED.match(after) and not _TURN.search(after)):
        return True
    lacking = kind not in _URGING and _lacking(after)
    return lacking or _sent_elsewhere(before, after) or _taking_medicine(text, start, end)


def _lacking(after: str) -> bool:
    if _REQUIRED.match(after):
        return not _OUR_OWN.search(after)
    if _NOT_OURS.match(after):
        return not _TURN.search(after)
    return _found(_LACKING, after, 6)


def _sent_elsewhere(before: str, after: str) -> bool:
    """To a doctor, a pharmacy, a bank, the law; not when the sentence says that nobody needs to go there."""
    law = _LAW.search(before)
    if (law and not _TURN.search(before, law.end())) or _WARNED.match(after):
        return True
    hit = _ELSEWHERE.search(after)
    return bool(hit and not _SENT_OFF.search(after[: hit.start()]) and not _TURN.search(after))


def _taking_medicine(text: str, start: int, end: int) -> bool:
    """A warning to people under treatment: 正吃消炎药的朋友，这瓶酒别拍."""
    before, after = _sentence(text, start, end)
    near = _last_clause(before) + text[start:end] + after
    taking = _MEDICINE.search(near)
    return bool(taking and _ABSTAIN.search(near, taking.end()) and not _TURN.search(near))


def only_viewed(text: str, start: int, end: int) -> bool:
    """A code that is there to be looked up, not to lead people away: 溯源码扫一下能看到批次."""
    before, after = _sentence(text, start, end)
    near = _last_clause(before) + text[start:end] + after[:12]
    return (
        ("码" in near or bool(_OFFICIAL.search(near)))
        and bool(_VIEWED.search(near))
        and not _LURED.search(re.sub("不是加[^，,。]*|不用加[^，,。]*|不用关注", "", near))
    )
