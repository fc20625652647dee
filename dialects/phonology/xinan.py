"""Southwestern Mandarin: n = l, zh = z, h before u = f, -n = -ng, 街 gai, 去 qie/ke, 勺 shao."""

from dialects.phonology import NASAL_FINALS, RETROFLEX, SoundSystem, mergers

SYSTEM = SoundSystem(
    "xinan",
    mergers(f"{RETROFLEX}, n l:0.2, f h:0.5, 0 ng:0.3"),
    mergers(
        f"{NASAL_FINALS}, e o:0.4, e uo:0.4, o uo:0.2, e ai:0.6, ei e:0.5, ve io:0.5, v i:0.6, ong eng:0.5"
    ),
)
