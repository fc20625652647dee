"""A word that is talked about and claims nothing: struck out, told apart, warned of, part of a name.

:mod:`compliance.disclaimer` knows the speaker who keeps a distance; here the word itself is the subject
(排毒两个字剪掉了), or stands inside a longer word (长寿面). A turn (但是, 照样) takes it back; running others
down is never only mentioned. All functions look at folded text.
"""

from __future__ import annotations

import re
from functools import cache

from compliance.disclaimer import CLAUSE_END, TURNS
from compliance.rulebook import word_lists

_HERE = 24
"""Characters beside a match that may say what is done with it."""
_STOP = re.compile("[。！!；;\n]")
_TURN = re.compile(
    f"但(?!这话|这个?不|这不|不能|我们?不|咱不|不敢|没有?这)|{TURNS}|"
    "只(?:能|好)(?:意会|私)|您?自己(?:品|体会|去想)|心里有数|不敢(?:明|直)|换个(?:词|说法)|用过的都|吃过的都|喝过的都"
)
"""What brings the claim back, or winks at it."""

_QUOTES = "[”\"'’》」』]{0,2}"
_TERM = (
    "(?:的)?(?:这|那)?(?:[一几两二三四五六俩仨]个?|个|种|类|套|句|条|些|样|番|款)?"
    "(?:字样|字眼|字儿|字|词儿|词|话题|话|说法|讲法|叫法|写法|标题|口号|标语|广告词|话术|文案|宣传|招牌|标签|旧标|视频|短视频|的图|帖子|帖|梗|套路|培训班|培训课|"
    "问题|事儿|事|环节|业务|买卖|生意|好事|群|链接|消息|弹幕)"
)
_DROPPED = (
    "(?:删|划掉|划了|剪掉|剪了|抹掉|抹了|撕|涂掉|拿掉|去掉|改掉|改成|改叫|改了|改口|退回|打回|重印|重写|印错|写错|取消|停用|停了|停办|下架了|收回|召回|"
    "不用了|不(?:让|许|准|能|可以?|敢|该|应该|合适|合规|合法|好|便|兴|作数|算数|是真的|是我们|归我|归咱)|没(?:这|那)(?:回|个)?(?:事|说法|本事)|"
    "违规|违法|犯法|罚|骗人|骗子|忽悠|吹牛|冒充|盗|摆拍|假的|段子|反面|谣|迷信|踢了|拉黑|举报|屏蔽|禁|别(?![家人处的])|莫(?!过|得)|甭|少(?:来|提|信)|"
    "不用(?=[，,。！!；;]|$)|不干(?![净了])|不会(?:卖|做|干)|不文明|错的|假广告|反例|顺口溜|移出|听见就(?:走|躲|挂|跑)|退款难|消协|瞎[编扯掰]|当不起|担不起|没资格|"
    "没依据|没根据|没道理|没见过|没听过|不接|不聊|不提|不说|不讲|不写|不念|不喊|不信|不认|不答|不做|不搞|不拍|不玩|不收|不拉|不存在)"
)
_TERM_DROPPED = re.compile(
    f"^{_QUOTES}{_TERM}{_QUOTES}[^，,。！？!?；;]{{0,8}}?[，,]?[^，,。！？!?；;]{{0,8}}?{_DROPPED}"
)
_LISTED_DROPPED = re.compile(
    f"^(?:、[^，,。！？!?；;、]{{1,6}}){{0,3}}[，,](?:这|那)(?:些|几个|两个|种)?(?:词|话|字眼|说法)[^，,。！？!?；;]{{0,8}}?{_DROPPED}"
)
"""A list of words, and what became of them: 通便、助眠，这些词都划掉了."""
_QUOTED_DROPPED = re.compile(
    f"^[^，,。！？!?；;”\"'’》」』]{{0,4}}[”\"'’》」』][^。！？!?；;]{{0,14}}?(?:{_DROPPED}|店名|书名|片名|商标|厂名|名字)"
)
_SAID_TO_BE_NONE = re.compile(
    "^(?:这|那|的|种|个|套|类|事儿?|话|说法|生意|买卖|业务|活动|东西|我们|咱们?|店里|倒|真){0,4}(?:没有的?(?:事|好?事儿?)|没有|没那回事|没这回事|没得的?)(?=[，,。！!；;]|$)|"
    "^的?[，,](?:根本|那是)?(?:没有的事|没[这那]回事)|^(?:、|和|跟|包)[^，,。！？!?；;]{1,3}都没有(?=[，,。！!；;]|$)"
)
_ASKED_AND_DENIED = re.compile(
    f"^{_QUOTES}[^，,。！？!?]{{0,4}}[？?][^，,。！？!?]{{0,2}}?(?:不是(?!吹)|没有(?![治一比哪谁不人])|没那|没这|没的事|哪有|哪敢|不敢|不会|不卖|不搞|不兴|可别|快别|别(?![家人处])|话不能|"
    "[您你](?:问|听|看|想|认|记)?(?:歪|错|岔)|谁说|早停|早就?不|早就?没|就(?:是)?普通|普通|笼养|人工|养的|种的|圈养|买的|听错|看错)"
)
_ASKED = re.compile("(?:有没有|能不能|会不会|是不是|是否|问)[^，,。！？!?；;]{0,8}$")
_ANSWERED_NO = re.compile(
    "^[^，,。！？!?；;]{0,4}[，,？?]{1,2}(?:没有|没得|莫得|不能|不会|不行|不是|冇)(?=[，,。！!；;]|$)"
)
"""Asked, and a plain no at once, whatever follows: 能不能转运，不能，它就是片叶子."""
_APART = (
    "(?:没有?(?:什么|啥|半点|一点|半毛钱)?(?:关系|关联|瓜葛)|无关|不相干|不搭界|不沾边|不挨着|"
    "不是一(?:回事|码事)|是?两(?:回|码)事|各是各的)"
)
_ELSEWHERE_SAID = re.compile(
    "^[^。！？!?；;]{0,14}?[，,](?:[这那]?(?:个|些|事|话)?)(?:跟|和|与|同)(?:这|我们?|咱们?|本店|它|[^，,。]{0,3}(?:货|商品|东西|产品|卖|买|直播|人的?身体|吃什么|喝什么))"
    f"[^，,。！？!?；;]{{0,6}}?{_APART}"
)
"""A thing that happened, said to be no matter of the goods: 瘦了十斤是搬西瓜累的，跟吃什么没关系."""
_MEANS = re.compile(
    "^的?是?指(?![望点甲着给头定标])|^的?是(?![我咱])[^我咱，,。！？!?；;]{1,8}的事(?=[，,。！!；;]|$)|^[^。！；;]{0,12}?[，,]?(?:是指|指的是|说的是)(?=[^，,。]{0,6}(?:工序|工艺|机器|机子|肉|罐头|皮|木|车|树|苗|锈|包装|配料|里没加|不容易|不要))|"
    "^(?:的)?(?:是|本来是|不过是|为)[^我，,。！？!?；;]{0,9}?(?:名字|名称|店名|厂名|狗名|猫名|菜名|品名|路名|地名|山名|书名|片名|歌名|品种名?|学名|的?姓|词牌|叫法|商标|角色|宣传词|广告词|报纸标题|店训|匾|的字)(?=[，,。！!；;的上里]|$)"
)
_NOT_US = re.compile(
    "^[^。！？!?；;]{0,12}?[，,](?:可|并|但)?(?:没有?|不是|没给)(?:来|拍|采访|推荐|夸|提|给|说|评|选|认证|替|帮)?[^，,。]{0,3}(?:我们|咱|我家|本店)|"
    "^[^。！？!?；;]{0,12}?[，,](?:(?:我们|咱|本店)(?:这)?(?:小店|店)?(?:才(?:开|做|干)|没资格|不够格|够不上|只是卖)|担不起|只是参展)|"
    "^(?:是|在)(?:隔壁|邻[村镇县]|对门|别家|人家)"
)
"""Of whom others spoke well, and it was not us: 央视来拍过风景，没拍我们家."""
_DID_NOT = re.compile("(?:没有?|未|不曾)(?:来)?(?:采访|报道|拍|来|推荐|评|站台|背书|夸|指定|合作)")
_WITH = re.compile("(?:跟|和|与|同)[^，,。！？!?；;]{0,4}$")
_TOLD_APART = re.compile(f"^{_QUOTES}[^，,。！？!?；;]{{0,5}}?{_APART}")
_APART_FROM = re.compile(
    f"^{_QUOTES}[^，,。！？!?；;]{{0,3}}(?:跟|和|与|同)[^，,。！？!?；;]{{1,12}}?{_APART}"
)
_OVER = re.compile(
    "^(?:认证|产品|制度|商标)?[^，,。！？!?；;]{0,3}?(?:早就?|已经?|前年|去年|国家|前几年|[0-9]{2,4}年)[^，,。！？!?；;]{0,6}?(?:停|取消|废|不让|不准|不许|不算|不评|不用了)"
)
_WARNED = re.compile(
    "^[^。！!；;]{0,16}?(?:(?<!不会)(?<!没)(?<!怕)被骗|捂紧|看紧|馅饼|听听就|别光听|没一个真|先看(?:清|有没有|看?执照|合同)|先问问?(?:儿女|子女|家里)|听(?:一?句)?劝|纯骗|手机放下|走开|多半(?:是|有)(?:问题|假|骗)|伪造|帮不上|没[那这]个?本事|"
    "(?:出了(?:事|问题|岔子)|坏了|丢了)[，,]?[^，,。！？!?；;]{0,4}(?:没人|平台)[^，,。！？!?；;]{0,2}(?:管|认|赔)|禁[捕采]|不(?:准|许|让)(?:捞|采|挖|抓|捕|猎)|"
    "[，,](?:千万|可|都)?(?:别|不要|莫|勿|甭)(?:加|理|搭理|信|点|转|扫|付|给|接)(?=[，,。！!；;]|$)|冒充|骗子|诈骗|骗局|是骗人|中毒|有毒的?多|没保障|没有保障|出了事没人|坐牢|清退|留个心|多个心眼|提个醒|千万别$|"
    "(?:别|不要|莫|勿|甭)(?:上当|乱点|乱信|乱采|点(?:进|开|它|$)))|"
    "^[^，,。！？!?；;]{0,6}?(?:千万|可|都)?(?:别|不要|莫|勿|甭)(?:自己|再|往)?(?:乱|瞎|随便|借|点|碰|采|挖|信|跟|转|听|买|发|打(?!针)|加|扫|填|喝|吃(?!药)|这么)"
)
_SOMEONE = re.compile(
    "(?:凡是|有人|有的人|有位|有家人|谁|客人|客户|顾客|弹幕|评论|网上|外头|供货商|厂家|同行|稿子|脚本|海报|传单|宣传单|宣传页|标题|包装|培训|老师|短视频|剪辑)"
    "[^。！!；;]{0,10}$"
)
_REFUSED = re.compile(
    "^[^。！!；;]{0,16}?(?:多个心眼|当心(?!抢|错|没)|摇头|不能拿|快别|别信|莫信|别[传瞎乱]|打断|提醒|重印|打回|退回|收回|删|划掉|抹掉|张不开|我?不敢接|不接|当不起|担不起|吹牛|没见过|瞎|没这|没那|不是|踢|反面|印错|写错|不能当|当不得)"
)
_NOT_HERE = re.compile(
    "^[^，,。！？!?；;]{0,6}?(?:(?:去|到|问|看|找|归|听|按|交给)(?:正规|专业|当地)?[^，,。！？!?；;]{0,5}(?:银行(?![卡账])|信用社|医院|大夫|医生|药店|药房|药典|律师|民政|派出所|官方)|"
    "(?:卖不了|办不了|开不了|不在(?:这儿?|直播间|我们?)))"
)
_NO_SUCH = re.compile(
    "(?:哪有|哪来的?|哪里有|没有哪[个样种位罐瓶盒款]?|谁跟[你您]说有?[啥什]?么?|没见过|谁见过)[^，,。！？!?；;]{0,5}$"
)
_OF_THE_KIND = re.compile(
    "^[^，,。！？!?；;]{0,4}?(?:的(?:道理|事儿?|好事|买卖|生意|说法|活|东西)?)?(?=[，,。！!？?；;]|$)"
)
_OR = re.compile(
    "^(?:的)?(?:还是|或者?是)([^，,。！？!?；;的]{1,3}?)的?[？?，,]{1,2}[^，,。！？!?；;]{0,2}?\\1"
)
"""Asked which of two, and the other it is: 野生还是养的，养的."""
_PLACE_CALLED = re.compile(
    "(?:[村镇寨屯庄]子?|山|坡|岭|沟|河|湖|泉|桥|路|街|巷|水库|小学|中学|地方|地名|站名?)(?:的名字|的名称|名字)?"
    "(?:就|也|都|原来|从前|以前|老早)?(?:叫|叫做|叫作|名叫|名为|唤作)[“\"'《]?$"
)
_AT_A_PLACE = re.compile(
    "[一-鿿]{2,5}?(?:(?<![山农乡渔新老])村|镇|(?<!老)乡|(?<![一上出门财生活水赚])路|街|巷|小学|中学|大桥|水库)"
    "(?=[，,。！]|[的里口头边上东西南北那这附有拐]|[0-9零一二三四五六七八九十百]{1,4}号|$)"
)
_TO = re.compile("(?:住在?|在|到|去|从|过|路过|往|离|靠|沿)$")
"""Where somebody is or goes: 在富贵村口, 从康复路拐进来."""
_COMMON_WAY = re.compile(
    "(?:圈养|笼养|棚养|网箱养|塘里养|池塘养|大棚种|人工(?:种植|养殖|栽培|投喂)|普通种植|常规种植)(?:的|，|,|。|$)"
)
_OTHERWISE = re.compile(
    "不是|才不|没有|不像|不比|比不|哪里?是|拒绝|告别|别家|人家|外面|市面|超市|别人|散养|放养|野生|走地|跑山|山上|林下|有机|天然|纯|绝不"
)
_TITLE = re.compile("《[^》]{0,20}$")

_BOASTING = frozenset({"C1", "C6", "C12"})
"""Classes whose offences themselves say that there is none: 第二家没有, 添加剂没有."""
_NEVER = frozenset({"C9", "C10", "C11", "C15"})
_QUOTED = frozenset({"C10", "C11"})
"""Classes that nothing sets aside but quotation marks and a word against what they hold."""
_OPEN_QUOTE = re.compile("[“‘《「『][^”’》」』]{0,12}$")


def mentioned(text: str, start: int, end: int, kind: str) -> bool:
    """Whether a match of a rule of class ``kind`` is only talked about."""
    before = text[max(0, start - _HERE) : start]
    if kind in _NEVER:
        return kind in _QUOTED and bool(_quoted_and_dropped(before, _rest(text, end)))
    if _compound(text, start, end):
        return True
    if kind == "C2" and _DID_NOT.search(text[start:end]):
        return True
    if _PLACE_CALLED.search(before) or (_TO.search(before) and _AT_A_PLACE.match(text, start)):
        return True
    if kind == "C12" and _admitted(before, text[start:end], _rest(text, end)):
        return True
    if _TITLE.search(before) and "》" in text[start : end + 12]:
        return True
    # A match may reach beyond the word it hangs on, which has two to four characters.
    ends = {end, *(at for at in range(start + 2, start + 5) if at < end)}
    return any(_set_aside(before, _rest(text, at), kind) for at in sorted(ends))


def _admitted(before: str, said: str, after: str) -> bool:
    """Whether the sentence says itself that the goods are raised or grown as others are: 圈养的，喂玉米."""
    stops = list(_STOP.finditer(before))
    own = (before[stops[-1].end() :] if stops else before) + said + after
    return bool(_COMMON_WAY.search(own)) and not _OTHERWISE.search(own)


def _rest(text: str, at: int) -> str:
    after = text[at : at + _HERE]
    stop = _STOP.search(after)
    return after[: stop.start()] if stop else after


def _set_aside(before: str, after: str, kind: str) -> bool:
    """Whether the words beside a word set it aside, and no turn takes it up again."""
    if _TURN.search(after):
        return False
    stops = list(CLAUSE_END.finditer(before))
    clause = before[stops[-1].end() :] if stops else before
    if _dropped(before, after, kind) or _apart(clause, after, kind) or _MEANS.match(after):
        return True
    if kind == "C2" and _NOT_US.match(after):
        return True
    if kind not in _BOASTING and _NO_SUCH.search(clause) and _OF_THE_KIND.match(after):
        return True
    return bool(_OR.match(after) or (_SOMEONE.search(before) and _REFUSED.match(after)))


def _dropped(before: str, after: str, kind: str) -> bool:
    """Struck out, out of use, denied as soon as it is named, warned of."""
    if _TERM_DROPPED.match(after) or _OVER.match(after) or _ASKED_AND_DENIED.match(after):
        return True
    if _LISTED_DROPPED.match(after) or _quoted_and_dropped(before, after):
        return True
    if kind not in _BOASTING and _denied_at_once(before, after):
        return True
    return bool(_WARNED.match(after) or _NOT_HERE.match(after))


def _quoted_and_dropped(before: str, after: str) -> bool:
    opened = before[-1:] in {*"\"'"} or bool(_OPEN_QUOTE.search(before))
    return opened and bool(_QUOTED_DROPPED.match(after))


def _denied_at_once(before: str, after: str) -> bool:
    return bool(_SAID_TO_BE_NONE.match(after) or (_ASKED.search(before) and _ANSWERED_NO.match(after)))


def _apart(clause: str, after: str, kind: str) -> bool:
    """Told apart from what is sold: 跟补血没有关系, 和有机认证是两回事."""
    if _WITH.search(clause) and _TOLD_APART.match(after):
        return True
    return kind != "C6" and bool(_APART_FROM.match(after) or _ELSEWHERE_SAID.match(after))


def _compound(text: str, start: int, end: int) -> bool:
    """Whether the match begins inside a longer word that claims nothing: 长寿面, 车厘子."""
    near = max(0, start - 4)
    return any(
        hit.start() <= start < hit.end() and hit.end() > min(start + 1, end - 1)
        for hit in _compounds().finditer(text, near, end + 4)
    )


@cache
def _compounds() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, word_lists()["compounds"])))
