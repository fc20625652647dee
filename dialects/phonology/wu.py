"""Wu (Shanghai, Suzhou, Ningbo): voiced onsets, final glottal stops, as a Mandarin recogniser writes them."""

from __future__ import annotations

from dialects.phonology import RETROFLEX, SoundSystem, listed, mergers
from dialects.phonology.native import approximation, table

_INITIALS = table(
    """
    0=0 p=b ph=p b=b/p m=m f=f v=f/w t=d th=t d=d/t n=n l=l ts=z/zh tsh=c/ch s=s/sh z=s/z/sh c=j ch=q j=j/q
    gn=n/y sh=x zh=x k=g kh=k g=g ng=0/w/n h=h gh=0/h/w
    """
)
_FINALS = table(
    """
    a=a/ia aq=a/e o=o/u/a e=ei/ai/e oe=uan/ei/e eu=ou/e au=ao i=i u=u/uo/ou y=v yy=i ia=ia/ie iau=iao
    ieu=iu ie=ie/ian iq=ie/i oq=o/u/uo eq=e/a iaq=ia/ve ieq=ie/i ioq=ve/iu an=ang/an aon=ang en=en/eng
    in=in/ing on=ong ian=iang ion=iong uan=uang/ang uen=un/en ua=ua/uai ue=ui/uai ueq=uo yeq=ve
    """
)

SYSTEM = SoundSystem(
    "wu",
    mergers(
        f"{RETROFLEX}, n l:0.4, f h:0.6, b p:0.6, d t:0.6, g k:0.6, z c:0.5, zh z:0.2, 0 h:0.6, "
        "r n:0.6, j z:0.6, q c:0.6, x s:0.6, 0 w:0.3"
    ),
    mergers(
        "in ing:0.1, en eng:0.1, ang an:0.5, iang ian:0.6, uo o:0.2, e o:0.4, uo e:0.4, ai ei:0.4, "
        "ai e:0.5, ei e:0.5, an ai:0.6, ian ie:0.6, ian i:0.6, uan uo:0.7, ao o:0.6, ou e:0.6, "
        "u o:0.6, u uo:0.6, v i:0.6, ong eng:0.6"
    ),
    native=listed("wu"),
    approximate=approximation(_INITIALS, _FINALS, table("m=mu/wu ng=wu/en")),
)
