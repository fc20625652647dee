"""Northeastern Mandarin: zh = z, r → y or l, o → e (波 be), e = a in enclitics (疙瘩 gada)."""

from dialects.phonology import RETROFLEX, SoundSystem, mergers

SYSTEM = SoundSystem(
    "dongbei",
    mergers(f"{RETROFLEX}, r 0:0.5, r l:0.6, 0 n:0.6"),
    mergers("o e:0.3, uo e:0.6, uo o:0.2, e a:0.6, iao ve:0.6"),
)
