"""Cantonese: its own readings (Jyutping), and the Mandarin syllables a recogniser writes for them.

A recogniser that knows no Cantonese writes 唔 m4 as 五 or 无, 系 hai6 as 嗨, 睇 tai2 as 太: the Jyutping
syllable is approximated by the nearest Mandarin ones. One that knows some writes a character of the same
Cantonese sound (食 sik6 as 识): the Jyutping syllables are compared themselves.
"""

from __future__ import annotations

from dialects.phonology import NASAL_FINALS, RETROFLEX, SoundSystem, mergers, native_table
from dialects.phonology.native import approximation, table

_INITIALS = table(
    """
    0=0 b=b p=p m=m f=f d=d t=t n=n/l l=l g=g/j k=k/q ng=0/w h=h/x gw=gu/g kw=ku/k w=w z=z/zh/j
    c=c/ch/q s=s/sh/x j=y
    """
)
_FINALS = table(
    """
    aa=a/ia aai=ai aau=ao/iao aam=an aan=an aang=ang/an aap=a aat=a aak=a ai=ai/ei au=ou/ao/iu
    am=an/in/en an=en/in/an ang=eng/ang/en ap=a/e at=a/e ak=a/e e=e/ie ei=ei/i eng=eng/ing/iang
    ek=e/i i=i iu=iao/iu im=ian/in in=ian/in ing=ing/in ip=ie/i it=i/ie ik=i/e o=uo/o/e oi=ai/uai
    ou=ao/ou/u on=an/ang ong=ang/ong ot=e/uo ok=uo/o/e u=u ui=ui/ei un=un/uan ung=ong ut=u/uo
    uk=u/uo oe=ve/uo oeng=iang/ang oek=ve/uo eoi=ui/v/u eon=un/en eot=u/ve yu=v/u yun=van/un
    yut=ve m=u/en ng=u/en em=en ep=ie
    """
)
approximate = approximation(_INITIALS, _FINALS, table("m=wu/en/mu ng=wu/en/mu"))
"""Mandarin syllables (without tone) in which a Jyutping syllable is heard."""

SYSTEM = SoundSystem(
    "yue",
    mergers(f"{RETROFLEX}, n l:0.2, 0 w:0.4"),
    mergers(f"{NASAL_FINALS}, uo o:0.2, e o:0.3, uo e:0.3"),
    native=native_table("jyutping.tsv", {"n": "l", "ng": "", "gwo": "go", "gwok": "gok"}),
    approximate=approximate,
)
