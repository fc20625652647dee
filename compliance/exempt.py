"""When a banned word is no offence: denied, asked and refused, quoted in a warning, compared at home.

The cases follow the guide on absolute terms in advertising (国家市场监督管理总局 2023 年第 6 号, §5 to §7).
All functions look at a folded text around the span of a match.
"""

from __future__ import annotations

import re

from compliance.disclaimer import CLAUSE_END, SENTENCE_END, disclaimed, only_viewed
from compliance.match import Match
from compliance.mention import mentioned
from knowledge_graph.ingest.places import is_place, provinces_in

_REACH = 40

_NEGATORS = (
    "哪个敢(?:说|讲)|哪敢(?:说|讲)|不是|不包|不收|不接|哪来的|不招|不谈|不治|并非|没有|沒|没得|没|不能|不会|不敢(?:说|讲|叫|称|标|写|保证)|没资格|不配|不许|不准|不让|不保证|不承诺|不说|不讲|不宣传|不宣称|不吹|不要信|别信|莫信|"
    "不信|莫听|别听|不听|不代表|不等于|不具备|不含|不存在|从不|从来不|绝不|决不|不做|不搞|不玩|不得|禁止|严禁|不可以|不可|谈不上|"
    "称不上|算不上|说不上|不算|不叫|不属于|没听过|没听说|没见过|不应该|不该|请勿|切勿|不要|别|勿|莫|拒绝|反对|不支持|"
    "不提供|不参与|不靠|不卖|无法|冇|唔系|唔好|唔会|唔敢|唔可以|唔|无需|没必要|用不着|不必|不需要|不用|何必|哪有什么|哪里是|未"
)
_NEGATED = re.compile(f"(?:{_NEGATORS})(?:[^，,。！？!?；;：:\n就还都又却但而能])" + "{0,6}$")
_BARE = re.compile("(?:不|没|未|非|无|别|莫|勿|冇|唔|甭|休)$")
_BOAST = re.compile(
    "不是我?(?:吹|夸|自夸|说大话)|没有不|没得说|没话说|不得不|不愧|不瞒|没骗|不骗|没有(?:比|哪|谁(?!$)|一家)|不用(?:说|怀疑|想)|不吹不黑|没别的|别(?:人|家|的|处)|毫无疑问|无疑|不买|不要错过|不容错过|别错过|别犹豫|不用犹豫|不只|不止|不仅|不光|不但|莫得说|没毛病|别看|莫看|([是能会要有可])[不没]\\1"
)
_DOUBLE = re.compile(
    "^[^，,。！？!?]{0,3}[，,]?(?:我|我们|咱)?(?:不卖|不上|不拿|不要钱|不端|不播|不推|不好意思|你?退|砸|剁|赔|倒贴)"
)
_REFUSED = re.compile(
    "没听过|没听说|不敢说|不敢讲|不敢保证|不保证|谈不上|说不上|算不上|答不了|回答不了|不能说|不能讲|不好说|不好讲|不可以说|不让说|不能念|"
    "讲不得|讲唔得|不清楚|(?<!还)不知道|(?<!还)不晓得|不懂|没有依据|没依据|没有证据|没证据|"
    "不承诺|不存在|不能保证|不好保证|保证不了|不方便|不评价|不比较|问医生|请医生|看医生|去医院|找医生|遵医嘱|不能乱|乱讲|不乱说|乱说|乱报|"
    "我没有|我们没有|没有这|不能照做|不能答应|办不到|做不到|不是夸|不敢乱|不接茬|别在这(?:儿|里)?(?:讲|说|刷)|这话不对|没这回事|没那回事|没这种|不是这样|不是的|"
    "不归我|不做宣传|不宣传|不作承诺|不做承诺|说不准|讲不准|唔清楚|唔知|讲唔准|不敢当|说了不算|不作数|不搞|不用这|我们不用|不这么说|不这样说|夸张了|言过其实|没有的事|不准卖|不许卖|保护动物|不要骂|文明发言|"
    "没有别的说法|没有这个?说法|我不懂|我们不懂|不太懂|不敢用|不能随便说|不能乱说|说法不对|说法没有|没法保证|没法说|不跟风|不包(?!邮|赔|换|退)|跟人没关系|才能说|才能用|才可以说|问银行|问农技|问律师|"
    "一律不|领不到|说错了|讲错了|口误|更正|纠正|规矩不(?:许|让|准)|不合规矩|我不能(?:做|编|答应|说)|不能编|编不出|不兴编|不会算|不会看|看不出来?|分不清|判断不了|鉴定不了|因人而异|得看(?:您|你|自己|天|各人|个人)|看各人|别误会|没那么神|没有那么|不算数|不能当真|别当真|当个?乐子|开玩笑|不作为|不是(?:说|指|讲)(?:这|我们|咱|它|本|我家|是)|我们不卖|我们不做|不做那个|不做这个|没有参加|不参加|都不通过|不等于|不代表|不是这个意思"
)
_DISTRUSTED = re.compile(
    "(?<!不)是假的|不可信|别信|莫信|不要信|不要相信|别相信|那是骗|是骗子|骗人|别理|别上当|小心被骗"
)
"""Distrust lifts a claim that is quoted; said of somebody else's goods it is part of the offence."""
_DISOWNED = re.compile(
    "^[^，,。！？!?我咱俺们]{0,3}(?:不卖|没卖过|不是卖的)|^[^，,。！？!?]{0,4}(?:是|归|属于)(?:隔壁|人家|别人|邻居|对门|对面|旁边|同行|房东)[^，,。！？!?]{0,6}(?:的|家|店)(?:[，,。！!]|$)|"
    "^[^，,。！？!?]{0,3}[，,]?(?:[这那它](?:个|些|款|种)?)?(?:都|可)?(?:不是我们|跟我们没关系|跟我们无关|是别家|是人家的)"
)
"""Said to be somebody else's; a clause about another thing disowns only that (有专利，仿款不是我们的)."""
_CONTRAST = re.compile(
    "(?:我们?|咱们?|我家)(?:都|就|可|绝|从来?|这里)?(?:没有|不卖|不做|不用|不搞|不这样|不敢用)[^，,。！？!?]*"
)
"""What the speaker does not do himself takes nothing back of what he says of others."""
_NONE = re.compile(
    "^(?:的)?[，,]?(?:我|咱|店里|这儿|这里)[^，,。！？!?]{0,4}(?:没有|没得)(?:[，,。！!]|$)|^(?:我们|咱|暂时|现在|目前)?(?:也|都|还)?(?:没有|没得|没办|没拿|没做|冇)(?:[，,。！!]|$)"
)
"""What is said to be missing right after: 有机认证没有，就是普通菜。"""
_REFUSED_WITHIN = re.compile(
    "没有(?:什么)?(?:收益|回报)|没有?分红|不(?:算|是)投资|不懂|没关系|不搭界|不包(?:回收|收购|销|活)|不回收|不收购|不说|不讲|不宣传|不宣称|不承诺|不敢说|不敢讲|不保证|不评价|别想着|别指望|别信|莫信|不信这|不图(?!挣|赚|钱|利)|不谈|不是用来|问银行|问医生|去问|看水肥|说不准|没法保证|没法说|"
    "不能代替|不能替代|不能说|不能讲|没有这回事|没有这种说法|谈不上|说不上|算不上"
)
"""Refusals that stand inside a long match: 风水这些我不懂，您摆着看。"""
_NOTICE = re.compile(
    "广告法|违禁词|违规词|极限词|敏感词|不让说|不许说|不允许说|不得宣传|不能宣传|虚假宣传|骗子|诈骗|骗局|骗术|谨防|警惕|当心被骗|小心上当|反诈|举报|"
    "未成年人|请勿|仅供参考|以标签为准|按平台规则"
)
_NO_DRUG = re.compile("(?:不是|不能|不可|不得|并非)[^，,。！？!?]{0,4}(?:代替|替代|药)")
"""It takes back the healing of its own clause, not the effect that was claimed in the one before."""
_CAUTION = re.compile(
    "[^。！？!?]{0,8}(?:少(?:喝|吃|用|放|买)|热量(?:高|不低)|掂量着|(?:别|不要|不能|勿)(?:喝|吃(?!药|亏)|用|空腹|贪|多)|不建议|不适合|不宜|慎用|慎食|忌口|"
    "问(?:一下|一?问|过|下)?(?:医生|大夫)|遵医嘱|去医院|看医生)(?![^，,。]{0,4}(?:别家|别的|药|其他))"
)
"""A warning about health is no promise: 胃不舒服的少喝一点."""
_TURN = re.compile("但是?|可是|不过|就是|其实|懂的|你懂|照样|还是要说|偏要")
_WISH = re.compile(
    "(?:注意|小心|当心|祝|愿|希望|盼|争取|努力|力争|目标|追求|[想要]把?[^，,。]{0,6}做到|尽量|尽力)[^，,。！？]{0,10}$"
)
_HOME = re.compile(
    "[两二三四五六七八九十几0-9]+(?:款|种|个|样|只|罐|瓶|袋|箱|包)(?:里面?|里头|中|当中|之间)"
    "|(?:我们?|咱们?|俺们?|我哋|自己?)(?:家|店|自己)?(?:的|里|店|铺)?[^，,。！？]{0,4}(?:[几两二三四五六七八九十百0-9]+|这些|所有)(?:款|种|个|样|只|罐|瓶|袋|类|条)"
    "|店里|我们店|我哋店|咱们?店|本店|全店|小黄车|购物车|链接(?:里|中)|链接之?间|这几款|这几个|这几种|这几样|这三款|这两款|系列里|系列中|自家(?:几|产品|的)|今天上的|(?:我们|咱们?|俺们?)家(?:产品|最[大小长短宽高厚重轻多少浓淡深浅早贵便辣甜酸咸硬软])|同(?:一)?(?:系列|品牌)"
)
_WIDE = re.compile(
    "全国|全网|全球|世界|史上|历史|天下|行业|业界|市面|市场|全省|全县|全市|平台|同行|别家|国内|中国|宇宙|世间|哪家|外面"
)


def clause(text: str, start: int) -> str:
    """What stands before ``start`` in its clause, at most 40 characters."""
    window = text[max(0, start - _REACH) : start]
    ends = list(CLAUSE_END.finditer(window))
    return window[ends[-1].end() :] if ends else window


def rest(text: str, end: int) -> str:
    """What follows ``end`` in its sentence, at most 40 characters."""
    window = text[end : end + _REACH]
    stop = SENTENCE_END.search(window)
    return window[: stop.start()] if stop else window


def _sentence(text: str, start: int, end: int) -> str:
    window = text[max(0, start - _REACH) : start]
    ends = list(SENTENCE_END.finditer(window))
    return (window[ends[-1].end() :] if ends else window) + text[start:end] + rest(text, end)


_RELATIVE = re.compile("[没未冇](?!有)[^，,]+的$")
"""What was not done to a thing, said of the thing: in 没喷过药的有机菜 nothing denies 有机."""


def _denied(before: str) -> bool:
    """Whether a negator governs what follows; one that belongs to a boast ("不是我吹") does not."""
    boasts = [m.span() for m in _BOAST.finditer(before)]
    at = 0
    while found := (_NEGATED.search(before, at) or _BARE.search(before, at)):
        inside = next((end for start, end in boasts if start <= found.start() < end), None)
        if inside is None and not _RELATIVE.match(found[0]):
            return True
        at = inside or found.end()
    return False


_NEVER_DONE = re.compile(
    "(?:我|俺|主播)们?(?:自己|也|都|还|可|是|从来|从){0,2}(?:没有?|未|不会|不能)(?:吃|喝|尝|用|试|去|种|穿|参|见|到|养|味|舌|嘴|家|手|鼻)"
)
"""An AI that says it has not: 我没吃过，念两条买家评价."""


def negated(text: str, start: int, end: int, slander: bool = False) -> bool:
    """Denied in its own clause ("没有减肥作用"), or refused right after ("顶级我没听过").

    ``slander``: the match runs somebody down, so that distrust ("别上当") belongs to it.
    """
    before = clause(text, start)
    if _REFUSED_WITHIN.search(text[start:end]) or _NEVER_DONE.match(text[start:end]):
        return True
    if _denied(before) and not _DOUBLE.match(text[end : end + 12]):
        return True
    after = rest(text, end)
    if not slander and _near(_DISTRUSTED, after):
        return True
    if _NONE.match(after) or _DISOWNED.match(after):
        return True
    after = _CONTRAST.sub("", after) if slander else after
    return _near(_REFUSED, after) or _near(_REFUSED, text[max(start, end - 2) : end] + after)


def _near(pattern: re.Pattern[str], after: str) -> bool:
    found = pattern.search(after)
    return bool(found and found.start() <= 14 and not _TURN.search(after[: found.start()]))


_ASKED = re.compile(
    "有人刷|有人发|刷屏|弹幕|那位|能不能|是不是|有没有|会不会|可不可以|算不算|治不治|要不要|系唔系|有冇|可唔可以|是否|能否|有人问|您问|你问|大家问|问的|有人说|有人叫|有人让|您说|你说|评论说|弹幕说|评论里|听说|传言|网上说|宣传页|所谓"
)
_NO = re.compile("(?:^|[，,：:。？?])(?:我们?|咱们?|这个|这款|其实)?(?:不|没|别|未|唔|冇|哪有|哪来)")


def asked(text: str, start: int, end: int) -> bool:
    """Asked or quoted by somebody, and not affirmed: followed by a refusal or a plain no."""
    if _WHETHER.search(text[start:end]) and not _RHETORICAL.search(text[start : end + 12]):
        return True
    before = text[max(0, start - 16) : start]
    if not _ASKED.search(before):
        return False
    after = text[end : end + 30]
    refused = _REFUSED.search(after) or _DISTRUSTED.search(after) or _NO.search(after)
    return bool(refused) and not _TURN.search(after)


_INTERROGATIVE = re.compile(
    "(?:吗|么|(?<![都也就还并从决])不|咩|吧|有[^，,。！？!?]{1,8}没有?|[过了]没有?|多少|几多|几[个盒箱斤瓶袋件包单]|什么|啥|咋样|怎么样|哪[里个儿种]|还是[^，,。！？!?]{1,6})"
    "[呀啊哦哈嘛]?[？?]?$"
)
_A_NOT_A = re.compile("是不是|有没有|能不能|会不会|可不可以|算不算|是否|能否")
_WHETHER = re.compile("([一-鿿])[没不]\\1(?!了)")
_CHOICE = re.compile("是[^，,。！？!?]{1,8}还是[^，,。！？!?]{0,2}$")
_RHETORICAL = re.compile(
    "([慌怕香值气亏甜贵牛绝狠颤馋惨难苦疼])不\\1|([一-鿿])不\\2[^，,。]{0,3}(?:都|照样|也)|"
    "还有[^，,。]{0,6}比|难道|想不想|要不要|愿不愿|谁|哪家|哪里(?:还|去)|还不|何不|凭什么|(?:见|吃|喝|用|尝|买)过[^，,。]{0,12}吗|"
    "这么|不是吗|对不对|好不好|是吧|知道(?:为什么|吗)|良心|你[看说讲]|大家[看说讲]|家人们|(?:[了的好人]|[看买拍试来囤冲抢吃喝带单][^，,。]{0,2})吧[？?]?$|"
    "[要好香信想算宜动]不[？?]?$"
)


def questioned(text: str, start: int, end: int) -> bool:
    """A question nobody answers here (枸杞补肾不), a choice of two (是散养还是圈养, 加没加糖).

    A rhetorical question is a claim, and so is one that is answered in the same breath.
    """
    before = clause(text, start)
    undecided = text[start] in "没不未" and before[-1:] == text[start + 1 : start + 2]
    if undecided or _CHOICE.search(before):
        return True
    if _WHETHER.search(text[start:end]) and not _RHETORICAL.search(text[start : end + 12]):
        return True
    asking = (before + text[start:end] + text[end : end + _REACH]).rstrip("。 ")
    if end + _REACH < len(text) or CLAUSE_END.search(asking.rstrip("？?"), len(before)):
        return False
    return bool(
        _INTERROGATIVE.search(asking) or _A_NOT_A.search(before + text[start : start + 2])
    ) and not _RHETORICAL.search(asking)


def noticed(text: str, start: int, end: int) -> bool:
    """Said inside a legal notice or a warning, and not taken back in the same breath."""
    if _CAUTION.match(rest(text, end)) or _CAUTION.search(text[start:end]):
        return True
    own = clause(text, start) + text[start:end] + CLAUSE_END.split(rest(text, end))[0]
    sentence = _sentence(text, start, end)
    return bool(_NOTICE.search(sentence) or _NO_DRUG.search(own)) and not _TURN.search(sentence)


_FOR_PEOPLE = re.compile(
    "(?:顾客|客户|客人|用户|消费者|诚信|信誉|信用|安全|服务|人品|良心|友谊)(?:永远|始终|一直|都|是|要|得|放|摆|排|在|的事|我们|咱们?|就|必须|才)*$"
)
"""What is put first is no product: 顾客永远排在第一."""
_PRUDENT = re.compile("最(?:实在|稳妥|保险|放心|安心|省心|省事|方便|准|合适)")
_ADVICE = re.compile("(?:看|问|按|照|称|量|查|听|选|用)[^，,。！？!?]{1,8}$")
"""What is wise to do is no property: 看净重最实在."""
_GREETING = re.compile(
    "拜年|拜个|祝(?:您|你|大家|大伙|家人|各位|诸位|咱|新老|全国|所有|福)|恭喜|新年好|节日快乐|愿(?:您|大家|你|各位)|贺"
)
_THING = re.compile("摆|挂|戴|佩|供|请一|请个|贴|这|买|带回|手串|送一")


def wished(text: str, start: int, end: int) -> bool:
    """An attitude, a wish or a goal, not a statement about goods."""
    before = clause(text, start)
    advised = _PRUDENT.match(text, start) and _ADVICE.search(before)
    if advised or _WISH.search(before) or _FOR_PEOPLE.search(before):
        return True
    sentence = _sentence(text, start, end)
    return bool(_GREETING.search(sentence)) and not _THING.search(sentence)


_PLACE = re.compile(
    "(?:车上|仓库里?|地里|田里|树上|棚里|筐里|冰箱里?|家里|屋里|架子上|柜台上|厂里|圈里|后备箱里?|店里)[^，,。！？!?]{0,4}$"
)
_URGING = re.compile("抢|快|手慢|赶紧|赶快|抓紧|错过|没了|拍|下单|上车|捡漏|涨|秒|要的")


def placed(text: str, start: int, end: int) -> bool:
    """What is left at a place, told without urging: 车上就剩最后一箱了，装完收工."""
    return bool(_PLACE.search(clause(text, start))) and not _URGING.search(_sentence(text, start, end))


_VOUCHER = re.compile("券|订单|未付款|不付款|没付款|红包|积分|预售|尾款|运费险")
_OWN_FAULT = re.compile(
    "自己(?:摔|磕|碰|弄|洗|烫|剪|改|拆|养|种|煮|泡|存)|人为|自行|逾期|超过|拆(?:了|过)?封|用过|穿过|洗过|移栽|"
    "(?:浇|施|晒|泡|冻|煮|洗|剪)(?:多|过|重|坏|死)|少浇水|没(?:及时|当天)?(?:冷藏|冷冻|开箱|签收)"
)
_PRESSING = re.compile(
    "抢|手慢|赶紧|赶快|抓紧|快(?:下单|拍|冲|囤|点)|错过|涨|秒|捡漏|再不|后悔|最后|一律|一概|概不|恢复"
)


def on_terms(text: str, start: int, end: int) -> bool:
    """A term of the sale told without urging: until when a coupon holds, what the buyer broke himself."""
    sentence = _sentence(text, start, end)
    told = _VOUCHER.search(sentence) or _OWN_FAULT.search(sentence)
    return bool(told) and not _PRESSING.search(sentence)


_PLACE_NAMED = re.compile(
    "^(?:关|村|镇|乡|屯|寨|湾|坡|路|街|巷|胡同|站|桥|庄|沟)(?=的|是|东|西|南|北|边|附近|那|号|也|在)"
)
_NAMED = re.compile(
    "^[^，,。！？!?]{0,3}(?:是|只是|就是|不过是|作为)[^，,。！？!?]{0,4}(?:名字|名称|商标|店名|品名|牌名|地名|村名|歌名|书名|称呼|外号|小名|网名|昵称|音译)"
)
_CALLED = re.compile(
    "(?:虽然|习惯上?|俗话|老辈|民间|当地|我们这儿?)?(?:品种|名字|商标|店名|店|牌子|村|公司|网名|昵称|歌|书|号|路|街|小区)(?:名)?(?:就|也|本来|习惯|俗|都)?(?:叫|叫做|叫作|名叫|取名|起名|为)[“\"'《]?$"
    "|(?:虽然?|习惯上?|一般|俗话)[^，,。！？!?]{0,4}(?:叫|称|喊)(?:作|做|它)?$"
)


def named(text: str, start: int, end: int) -> bool:
    """A name is meant, not a property: 第一香是品种的名字."""
    return bool(
        _PLACE_NAMED.match(text[end:]) or _NAMED.match(rest(text, end)) or _CALLED.search(clause(text, start))
    )


_TO_A_PLACE = re.compile("(?:在|到|从|自|去|往|产地|老家)$")


def on_the_map(text: str, start: int, end: int) -> bool:
    """The match is a place and the words beside it say so: 湖南益阳 helps nobody's yang."""
    if not is_place(text[start:end]):
        return False
    return bool(
        provinces_in(text[max(0, start - 3) : start])
        or _TO_A_PLACE.search(text[:start])
        or text[end : end + 1] in {*"市县区州镇"}
        or is_place(text[end : end + 2])
    )


_SUPPOSED = re.compile("^[^，,。！？!?]{0,2}的话")


def supposed(text: str, start: int, end: int) -> bool:
    """Only supposed: 不打蜡的话会有白霜."""
    return bool(_SUPPOSED.match(text[max(start, end - 1) : end + 6]))


def at_home(text: str, start: int, end: int) -> bool:
    """A comparison among the shop's own goods, with no wider scope in sight."""
    around = text[max(0, start - 24) : end + 12]
    return bool(_HOME.search(around)) and not _WIDE.search(around)


_TOLD = re.compile(
    "(?<!是)(?:店主|老板|老板娘|掌柜|主家|东家|厂家|农户|果农|茶农|菜农|蜂农|渔民|老乡|手艺人|匠人|绣娘|工人|村民|乡亲|农民|师傅|卖家|商家|供货商|合作社|顾客|买家|客人|有位|她|他|大爷|阿姨|大姐|种植户|养殖户)"
    "(?:们|自己|本人|家|那边)?[^,，。！？!?]{0,4}(?:说|讲|告诉|介绍|自家|自己|写|留言|反馈|提到|刚才说|$)"
)


def attributed(text: str, start: int, end: int) -> bool:
    """Somebody else's experience, and said to be theirs."""
    return bool(_TOLD.search(clause(text, start)) or _TOLD.search(text[max(0, start - 12) : start]))


_SLANDERS = frozenset({"C10", "C11"})
_CHECKS = {
    "attributed": (attributed, "转述店主等人的经历，说明了来源"),
    "negation": (negated, "否定或拒答"),
    "question": (asked, "转述别人的问题并拒绝"),
    "asking": (questioned, "只是在问，没有说有"),
    "terms": (on_terms, "交易条件，没有催人"),
    "placed": (placed, "说的是手头还有多少，没有催人"),
    "quotation": (asked, "引述别人的话并否定"),
    "notice": (noticed, "法定提示或提醒"),
    "name": (named, "是名字，不是说商品"),
    "supposed": (supposed, "只是假设"),
    "wish": (wished, "态度或祝愿，不是说商品"),
    "self": (at_home, "自家商品之间比较"),
}


def exemption(text: str, match: Match) -> str:
    """Why the match is no offence; empty when it is one."""
    rule = match.rule
    for name in sorted(rule.exempt):
        holds, why = _CHECKS[name]
        if name == "negation" and rule.kind in _SLANDERS:
            if negated(text, match.start, match.end, slander=True):
                return why
            continue
        if holds(text, match.start, match.end):
            return why
    if rule.kind not in _SLANDERS and disclaimed(text, match.start, match.end, rule.kind):
        return "只是提到，没有这样宣传"
    if mentioned(text, match.start, match.end, rule.kind):
        return "说的是这个词，不是这样宣传"
    if rule.kind != "C9" and on_the_map(text, match.start, match.end):
        return "是地名"
    if rule.kind == "C7" and only_viewed(text, match.start, match.end):
        return "码是用来查看的"
    return ""
