"""Hakka (Meixian, Taiwan): its own sounds as a Mandarin recogniser writes them."""

from __future__ import annotations

from dialects.phonology import NASAL_FINALS, RETROFLEX, SoundSystem, listed, mergers
from dialects.phonology.native import approximation, table

_INITIALS = table(
    """
    0=0 b=b p=p m=m f=f v=w/f d=d t=t n=n l=l g=g k=k ng=0/n h=h/x z=z/zh c=c/ch s=s/sh y=y gn=n/y
    """
)
_FINALS = table(
    """
    a=a ai=ai au=ao e=ei/e eu=ou/e i=i ia=ia iau=iao iu=iu o=uo/o/ao oi=ai/ui u=u uai=uai ui=ui yy=i am=an
    an=an ang=ang en=en in=in/ing im=in iam=ian ian=ian ien=ian iang=iang iong=iong/iang iung=iong iun=vn/in
    on=uan/an ong=ong/ang ung=ong un=un/en ap=a ak=a/e et=e it=i ip=i iet=ie iok=ve iuk=iu/u ok=uo/o uk=u ut=u
    """
)

SYSTEM = SoundSystem(
    "kejia",
    mergers(
        f"{RETROFLEX}, n l:0.3, f h:0.3, b p:0.6, d t:0.6, g k:0.6, j g:0.5, q k:0.5, x h:0.5, "
        "j z:0.4, q c:0.4, x s:0.4, r 0:0.4, 0 n:0.6"
    ),
    mergers(
        f"{NASAL_FINALS}, uo o:0.2, e o:0.4, uo e:0.3, v i:0.3, ang an:0.6, ong ang:0.6, ao o:0.5, "
        "ai oi:0.4, ou u:0.5, ei e:0.4, ei i:0.6, ai ei:0.6, iu u:0.6"
    ),
    native=listed("kejia"),
    approximate=approximation(_INITIALS, _FINALS, table("m=wu/mu ng=wu/en/ni")),
)
