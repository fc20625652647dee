"""Central Plains Mandarin: sh before u = f, zh = z, -n nasalised, 药 yue/yo, 白 bei, initial ng."""

from dialects.phonology import NASAL_FINALS, RETROFLEX, SoundSystem, mergers

SYSTEM = SoundSystem(
    "zhongyuan",
    mergers(f"{RETROFLEX}, sh f:0.6, ch f:0.9, n l:0.6, r l:0.8, 0 n:0.6, x s:0.8, j z:0.8, q c:0.8, f h:0.6"
            ", q k:0.9, d t:0.9, b p:0.9, g j:0.8, t d:0.9"),
    mergers(f"{NASAL_FINALS}, e o:0.4, uo o:0.2, uo e:0.4, ai ei:0.4, e ei:0.6, iao ve:0.5, ie ia:0.7, u v:0.8"
            ", ie e:0.8, ong eng:0.7, e i:0.9, iu u:0.9, a e:0.8, uo ve:0.6, en in:0.8, o u:0.9"),
)  # fmt: skip
