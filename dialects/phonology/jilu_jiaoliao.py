"""Jilu and Jiaoliao Mandarin: r → l or y (人 yin), zh = z, initial n before e (恁, 俺), 白 bei, 喝 ha."""

from dialects.phonology import RETROFLEX, SoundSystem, mergers

SYSTEM = SoundSystem(
    "jilu_jiaoliao",
    mergers(f"{RETROFLEX}, r l:0.5, r 0:0.4, 0 n:0.5, x s:0.7, j z:0.7, q c:0.7"),
    mergers(
        "o e:0.3, uo e:0.4, uo o:0.2, e a:0.6, ai ei:0.4, iao ve:0.6, e ei:0.6, uei ei:0.5, "
        "ui ei:0.5, ui e:0.7, un en:0.6, ong eng:0.7, uan an:0.7, en in:0.7"
    ),
)
