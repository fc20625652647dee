"""Southern Min (Hokkien, Teochew): literary and colloquial sounds as a Mandarin recogniser writes them.

Characters whose sound lies far from the Mandarin reading are listed in ``data/native.tsv``: final stops are
dropped, voiced b and g come out as m or b and g, nasal vowels lose their nasality.
"""

from __future__ import annotations

from dialects.phonology import NASAL_FINALS, RETROFLEX, SoundSystem, listed, mergers
from dialects.phonology.native import approximation, table

_INITIALS = table(
    """
    0=0 b=b/m/w p=b ph=p m=m t=d th=t n=n l=l/n k=g kh=k g=g/0/w ng=0/n h=h ts=z/zh tsh=c/ch s=s/sh j=r/l/z
    """
)
_FINALS = table(
    """
    a=a/ia ah=a/ia ai=ai ainn=ai ak=a/e am=an an=an ang=ang ann=an/a ap=a at=a au=ao/ou e=ei/e/ai eh=ei/e
    enn=ei/e i=i ia=ia/ie iah=ia/ie iam=ian ian=ian iang=iang iann=ia/iang iau=iao ik=i ih=i im=in in=in
    ing=ing/in inn=i ip=i it=i io=iu/iao ioh=iu/iao iok=iu/ve iong=iong/iang iu=iu iunn=iu iat=ie
    ng=eng/ang/ong o=o/e/uo oh=o/e/uo ok=o/uo ong=ong/ang oo=ou/u/o u=u/v ua=ua/a/uo uah=ua/a/uo uan=uan
    uann=ua/uan uai=uai ue=ui/ei/uo ueh=ui/ei/uo ui=ui/ei un=un/en ut=u
    """
)

SYSTEM = SoundSystem(
    "minnan",
    mergers(
        f"{RETROFLEX}, n l:0.3, f h:0.4, r l:0.4, r 0:0.5, b m:0.5, g 0:0.5, j z:0.4, q c:0.4, "
        "x s:0.4, j zh:0.4, q ch:0.4, x sh:0.4"
    ),
    mergers(
        f"{NASAL_FINALS}, uo o:0.2, e o:0.3, uo e:0.3, ang an:0.4, iang ian:0.4, ong ang:0.6, "
        "ou o:0.4, ou uo:0.5, ian in:0.6, ui i:0.6, ei ai:0.5"
    ),
    native=listed("minnan"),
    approximate=approximation(_INITIALS, _FINALS, table("m=mu/wu/en")),
)
