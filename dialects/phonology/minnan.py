"""Southern Min (Hokkien, Teochew): literary and colloquial sounds as a Mandarin recogniser writes them.

Only characters whose sound lies far from the Mandarin reading are listed; final stops are dropped, voiced b and
g come out as m/b and g, nasal vowels lose their nasality.
"""

from __future__ import annotations

from dialects.phonology import NASAL_FINALS, RETROFLEX, SoundSystem, mergers, spelled

_READINGS = """
jia 食呷遮 xia 食遐虾 jie 即这 mu 毋唔姆呣 m 毋唔 wu 毋唔有 bei 袂买卖未 mei 袂欲未糜妹卖 wei 袂话 shui 媠水 sui 媠水 mei 媠
bo 无 mo 无 me 无 mou 无某 ga 甲佮教 ka 较脚 gao 甲够狗 hu 予雨 hou 予厚雨后 yi 伊 di 佇猪箸 li 汝佇你 de 咧地着 lei 咧
long 拢 kang 囥 pai 歹拍曝 pa 拍曝打 pan 芳 pang 芳 hei 彼黑迄 xi 彼死鱼是 hi 彼 ye 也 gun 阮 wen 阮 ruan 阮 lin 恁啉人 nin 恁 cuo 厝 chu 厝
bian 边爿 bing 爿 ji 墘一钱记 jin 真今紧 gan 囝囡干敢 nan 囡 gin 今囡 yin 囡今银因 mou 某 bu 某 za 查昨早 zha 查早 ang 翁红 ying 影 zai 知 zai 栽
yang 影 min 眠明面 diao 着 diu 着 duo 着佗多 tiao 着 diao 掉 mai 莫糜 du 拄 chui 喙炊 cui 喙炊 lin 啉 tang 通糖汤 ting 停 mian 免 jing 惊 jia 惊 gia 惊行囝
pai 歹 sei 穑 xi 穑 sai 穑使 tan 趁 ge 搁阁个 gei 搁鸡 guo 搁阁 da 呾逐 dan 呾等 niu 量 ai 爱 mang 望网 qi 去饲起 ki 去 ku 去 ren 人银 yin 银 lang 人侬
kuai 快 kua 看快 gia 行 zao 走 jiao 走 zai 走 dui 对 deng 转 tui 退 ze 坐 zei 坐 kun 睏困 huan 烦 gong 讲 guang 讲 dai 代 bian 便 miang 命 mi 物 mei 物
an 按安暗 zua 怎 zhua 怎 dou 佗 do 佗 ui 位 sha 啥 xia 啥 e 兮个的会 a 仔矣啊 ya 矣也 xia 遐 heng 遐 bo 薄 be 薄白 tao 头 tou 头投 dao 昼到 bo 晡 bu 晡 po 晡
e 下鞋 ai 下 jia 正 xiong 上 xiu 上 xiang 上 siu 想 zan 赞 ou 乌芋后 wu 乌 hua 花 huei 花 hai 海 kou 箍口 ko 箍 ke 科课 bai 摆白 mai 昧 yao 夭犹 go 五 gou 猴五
dng 长转 deng 长 bng 饭 beng 饭 bong 饭 qing 清生 cei 青 ci 青 cai 菜 bi 米 bei 米白 ba 肉 hi 鱼 hui 火灰 he 火货 hong 风 hou 雨 jit 日 ri 日 li 日 suan 山 sua 山
lou 路老 lo 路 qia 车 xin 新身 bao 饱 pao 饱 ciu 手 qiu 手树 ka 脚 tou 肚 du 肚 hi 耳 xi 耳 mia 名 ni 年 gu 久古牛 gou 狗 lao 老 gui 几 gui 贵 bui 肥 ta 焦 gao 猴九 qiao 巧笑 zui 水多 jie 姊 zi 姊 hiann 兄 xia 兄
"""

SYSTEM = SoundSystem(
    "minnan",
    mergers(f"{RETROFLEX}, n l:0.3, f h:0.4, r l:0.4, r 0:0.5, b m:0.5, g 0:0.5, j z:0.4, q c:0.4, x s:0.4, j zh:0.4, q ch:0.4, x sh:0.4"),
    mergers(f"{NASAL_FINALS}, uo o:0.2, e o:0.3, uo e:0.3, ang an:0.4, iang ian:0.4, ong ang:0.6, ou o:0.4, ou uo:0.5, ian in:0.6, ui i:0.6, ei ai:0.5"),
    readings=spelled(_READINGS),
)  # fmt: skip
