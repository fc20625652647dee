"""Hakka (Meixian, Taiwan): its own sounds as a Mandarin recogniser writes them."""

from __future__ import annotations

from dialects.phonology import NASAL_FINALS, RETROFLEX, SoundSystem, mergers, spelled

_READINGS = """
ai 𠊎𫢗涯 ya 𠊎 nga 𠊎 ngai 𠊎 en 恩你恁 wu 唔毋 m 唔毋 mu 毋 mao 冇 mo 冇 mou 冇 mang 吂唔 he 系 hei 系 hai 系 xi 系 mai 脉乜 ma 嘛嫲脉 mak 脉 mi 乜 yang 样 niang 样 jiong 样 an 恁按 gan 咁敢
ge 个 gei 个 jia 个 ji 渠佢 qu 渠佢 gi 渠佢 ki 渠 sheng 承 liao 寮聊 pu 晡 bu 晡 bo 晡 lu 晡 am 暗 an 暗 tian 天 gong 光 ngit 日 ni 日 yi 日 li 日 ri 日 shui 水 sui 水
lok 落 lo 落 lao 老落 moi 妹 mei 妹 mao 妹 zii 子 zai 子仔仔 e 仔 ban 粄 ban 板 pan 粄 fan 番 nin 银人 yin 银印 ngiun 银 mun 文 wen 文 man 文蚊 cun 春 tsun 春 chun 春 ma 嫲 ke 客 ka 客 hak 客 sek 食 shi 食 se 食 shit 食
zo 做 zuo 做 zi 制 de 得 det 得 su 粟 sok 粟 xiu 粟 fun 分 fen 分 bun 分 ben 分 sei 细 se 细 xi 细 ngin 人 lai 赖来 loi 来 he 去 hi 去 qi 去 xi 去 huo 火 fo 火 zong 庄 dong 当 liang 靓 jiang 靓 guai 乖 jian 见 ket 极 ngiet 热 nie 热
ha 下 ka 脚 gok 角 ko 靠 tai 大 thai 大 jin 斤 gin 斤 kon 看 kan 看 ton 断 tuan 断 bet 北 pak 白 pa 白 ho 好 hao 好 do 多 to 多 zang 正 jiang 正 fung 风 bit 毕 ngo 饿 ngu 五牛 fa 话 wa 话 va 话 wo 屋 vuk 屋 wu 屋 lui 类 diam 点 sam 三 mien 面
"""

SYSTEM = SoundSystem(
    "kejia",
    mergers(f"{RETROFLEX}, n l:0.3, f h:0.3, b p:0.6, d t:0.6, g k:0.6, j g:0.5, q k:0.5, x h:0.5, j z:0.4, q c:0.4, x s:0.4, r 0:0.4, 0 n:0.6"),
    mergers(f"{NASAL_FINALS}, uo o:0.2, e o:0.4, uo e:0.3, v i:0.3, ang an:0.6, ong ang:0.6, ao o:0.5, ai oi:0.4, ou u:0.5, ei e:0.4, ei i:0.6, ai ei:0.6, iu u:0.6"),
    readings=spelled(_READINGS),
)  # fmt: skip
