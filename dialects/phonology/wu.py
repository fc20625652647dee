"""Wu (Shanghai, Suzhou, Ningbo): voiced onsets, final glottal stops, as a Mandarin recogniser writes them."""

from __future__ import annotations

from dialects.phonology import NASAL_FINALS, RETROFLEX, SoundSystem, mergers, spelled

_READINGS = """
nong 侬 nen 侬 a 阿啊鸭 la 拉 ala 阿 ge 个搿葛 gai 该个 ga 介搿 ka 揩 jia 介 yi 伊 fe 弗勿 wu 勿呒唔 fo 勿弗 fu 弗 mo 没 m 呒唔 mu 呒 fen 朆 fiao 覅 yao 覅 nai 覅
ze 侪则 cai 侪 zai 侪 she 啥 sa 啥 sha 啥 le 勒 lei 勒来 lai 来 ji 几鸡 di 钿田 dian 钿 da 汏大 du 大 do 大 te 忒 tei 忒 tui 忒 xiang 相 shang 向 xia 下 ho 下 wu 下
ba 白 bo 白 bei 白 ko 困 kun 睏 hao 好 ho 好 qie 吃 qi 吃 qia 吃 cuo 错 yang 样 nin 人 ning 人 ni 倷你二日 na 倷 nei 倷 nue 囡 noe 囡 nou 囡 nan 囡 kang 囥 ng 唔五 en 唔
duo 笃多 do 笃 ji 阶 ga 阶街解 gang 讲 jing 今 zao 早朝 zo 昨朝 se 色 sai 啥 men 闷 nie 热 ye 夜 ya 夜 kuai 快 ku 快 di 点 li 里 xiang 浪向 lang 浪 sang 生 san 生
yao 要 ai 要爱 de 得 zhe 着 sak 煞 sa 煞 shi 是 zi 是 fang 放 lou 落 lo 落 luo 落 yu 雨 xi 死戏 xu 雪 lao 老 xue 雪 se 雪 dao 到 dou 头 deu 头 to 头 mei 米 meu 亩 gu 古过 ku 苦
zhuo 捉 suo 缩 xia 蟹 ha 蟹 jiao 脚 zang 张 an 晏 e 晏 ye 也 a 也 hai 还 e 还 wei 还会 ngo 我 wo 我 ngu 我 gou 狗 niu 牛 gnoe 愿 di 地 loe 乱 luan 卵
"""

SYSTEM = SoundSystem(
    "wu",
    mergers(f"{RETROFLEX}, n l:0.4, f h:0.6, b p:0.6, d t:0.6, g k:0.6, z c:0.5, zh z:0.2, 0 h:0.6, r n:0.6, j z:0.6, q c:0.6, x s:0.6, 0 w:0.3"),
    mergers("in ing:0.1, en eng:0.1, ang an:0.5, iang ian:0.6, uo o:0.2, e o:0.4, uo e:0.4, ai ei:0.4, ai e:0.5, ei e:0.5, an ai:0.6, ian ie:0.6, ian i:0.6, uan uo:0.7, ao o:0.6, ou e:0.6, u o:0.6, u uo:0.6, v i:0.6, ong eng:0.6"),
    readings=spelled(_READINGS),
)  # fmt: skip
