"""Southwestern Mandarin: n = l, zh = z, h before u = f, -n = -ng, 街 gai, 去 qie/ke, 勺 shao."""

from dialects.phonology import NASAL_FINALS, RETROFLEX, SoundSystem, mergers

SYSTEM = SoundSystem(
    "xinan",
    mergers(f"{RETROFLEX}, n l:0.2, f h:0.5, r n:0.8, r l:0.8, j g:0.8, q k:0.8, x h:0.8, 0 ng:0.3, r 0:0.8"),
    mergers(f"{NASAL_FINALS}, e o:0.4, e uo:0.4, o uo:0.2, e ai:0.6, ei e:0.5, ie e:0.8, ve io:0.5, ian iang:0.9"
            ", v i:0.6, uo v:0.9, iao io:0.8, ong eng:0.5, ang an:0.9, ai ei:0.8"),
)  # fmt: skip
