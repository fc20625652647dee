"""Central Plains Mandarin: sh before u = f, zh = z, -n nasalised, 药 yue/yo, 白 bei, initial ng."""

from dialects.phonology import NASAL_FINALS, RETROFLEX, SoundSystem, mergers

SYSTEM = SoundSystem(
    "zhongyuan",
    mergers(f"{RETROFLEX}, sh f:0.6, n l:0.6, 0 n:0.6, f h:0.6"),
    mergers(
        f"{NASAL_FINALS}, e o:0.4, uo o:0.2, uo e:0.4, ai ei:0.4, e ei:0.6, iao ve:0.5, ie ia:0.7, "
        "ong eng:0.7, uo ve:0.6"
    ),
)
