"""The check of a ledger: every byte of the chain, every signature, and that each signed line is there.

It needs the folders and the public key only, keeps memory constant in the number of events, and stops at the
first fault.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from compliance.ledger_heads import PublicKey, SignedHead
from compliance.ledger_references import References
from core import journal
from core.journal import GENESIS, Head, fault_of, segments

FAULTS = {
    "edited": "内容被改过",
    "order": "有记录被删掉、插入或者换了位置",
    "malformed": "不是一条完整的记录",
    "torn": "只写了半行，可能是断电，也可能被人截断；重新打开乡音会把它移开，之后请再查一次",
    "head": "和签过名的不一样，从这里往前被整段改写过",
    "cut": "后面的记录被人截掉了",
    "start": "前面的记录不见了，也没有到期删除的签名",
    "signature": "签名不对",
    "unsigned": "没有任何签名",
    "altered": "个人资料和当时记下的不一样",
    "missing": "个人资料不见了，又没有删除的记录",
}
"""Every fault by its name, in words for people."""

_MENTIONED = re.compile(rb'"pd:([0-9a-f]{64})"')


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """What :func:`verify` found: ``ok``, or the first ``fault`` (a key of :data:`FAULTS`).

    ``where`` is ``events``, ``heads`` or ``references``; ``segment`` and ``line`` (from 1) say the place.
    ``head`` is the last good line, ``sealed`` the highest signed number, ``erased`` counts erasures.
    """

    ok: bool
    head: Head
    first: int = 0
    heads: int = 0
    sealed: int = 0
    sealed_at: str = ""
    erased: int = 0
    fault: str = ""
    where: str = "events"
    segment: str = ""
    line: int = 0

    @property
    def unsealed(self) -> int:
        """Lines after the newest head: intact, but a cut among them would not show."""
        return max(0, self.head.seq - self.sealed)

    def sentence(self) -> str:
        """The report in plain Chinese."""
        if not self.ok:
            names = {"events": "记录", "heads": "签名记录", "references": "个人资料"}
            place = f" {self.segment}" if self.segment else ""
            line = f" 第 {self.line} 行" if self.line else ""
            good = f"前面到第 {self.head.seq} 条都是好的。" if self.head.seq else ""
            return f"有问题：{names[self.where]}{place}{line}，{FAULTS[self.fault]}。{good}"
        if not self.head.seq:
            return "完好：还没有记录。"
        count = self.head.seq - self.first + 1
        pruned = f"（更早的 {self.first - 1} 条已到期删除）" if self.first > 1 else ""
        tail = f"最后 {self.unsealed} 条还没签名。" if self.unsealed else ""
        erased = f"按要求删除过 {self.erased} 份个人资料。" if self.erased else ""
        return f"完好：{count} 条记录一条不少，没有改动{pruned}；{self.heads} 个签名都对。{tail}{erased}"


@dataclass(slots=True)
class _Pins:
    """What the signed heads demand: these lines with these hashes, and where the chain may begin."""

    lines: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    starts: dict[int, str] = field(default_factory=lambda: {0: GENESIS})
    count: int = 0
    sealed: int = 0
    sealed_at: str = ""


def verify(
    folder: Path, heads: Path, public_key: PublicKey, references: References | None = None
) -> LedgerReport:
    """Check the room's journal in ``folder`` against its signed ``heads``; with ``references`` the data too.

    Heads are read first, so a room that goes on writing meanwhile does not disturb the check.
    """
    pins = _pins(heads, public_key)
    if isinstance(pins, LedgerReport):
        return pins
    mentions = _Mentions() if references is not None else None
    report = _walk(folder, pins, mentions)
    if report.ok and references is not None and mentions is not None:
        report = mentions.judge(report, references)
    return report


def _pins(folder: Path, public_key: PublicKey) -> _Pins | LedgerReport:
    chain = journal.verify(folder)
    if not chain.ok:
        return LedgerReport(
            False, Head(0, GENESIS), fault=chain.fault, where="heads", segment=chain.segment, line=chain.line
        )
    pins, previous = _Pins(), ""
    for segment, number, line in _lines(folder):
        head = SignedHead.of(json.loads(line)["record"])
        if head is None or head.previous != previous or not public_key.signed(head.content(), head.signature):
            return LedgerReport(
                False,
                Head(0, GENESIS),
                fault="signature",
                where="heads",
                segment=segment.name,
                line=number,
            )
        previous = head.signature
        pins.count += 1
        if head.kind == "pruned":
            pins.starts[head.seq] = head.hash
        else:
            pins.lines[head.seq].add(head.hash)
            pins.sealed, pins.sealed_at = max(pins.sealed, head.seq), head.at
    return pins


def _lines(folder: Path) -> Iterator[tuple[Path, int, bytes]]:
    for segment in segments(folder):
        with open(segment, "rb") as lines:
            for number, line in enumerate(lines, 1):
                yield segment, number, line


class _Mentions:
    """References that the events mention and no act erased: 32 bytes each, as they may be many."""

    def __init__(self) -> None:
        self._named: set[bytes] = set()
        self.erased = 0

    def note(self, line: bytes) -> None:
        if b'"pd:' not in line:
            return
        found = _digests(line)
        if b'"kind":"erase"' in line:
            record = json.loads(line)["record"]
            if record.get("event") == "Act" and record.get("kind") == "erase":
                gone = _digests(json.dumps(record["detail"]).encode())
                self._named -= gone
                self.erased += len(gone)
                found -= gone
        self._named |= found

    def judge(self, report: LedgerReport, references: References) -> LedgerReport:
        report = replace(report, erased=self.erased)
        if altered := references.altered():
            return replace(report, ok=False, fault="altered", where="references", segment=altered)
        if lost := references.missing(f"pd:{digest.hex()}" for digest in self._named):
            return replace(report, ok=False, fault="missing", where="references", segment=lost)
        return report


def _digests(line: bytes) -> set[bytes]:
    return {bytes.fromhex(name.decode()) for name in _MENTIONED.findall(line)}


def _walk(folder: Path, pins: _Pins, mentions: _Mentions | None) -> LedgerReport:
    files = segments(folder)
    first = _number_of(files[0]) if files else 1
    seq, prev = first - 1, pins.starts.get(first - 1, "").encode()
    last, number = "", 0

    def report(fault: str = "", segment: str = "", line: int = 0) -> LedgerReport:
        return LedgerReport(
            not fault,
            Head(seq, prev.decode()),
            first,
            pins.count,
            pins.sealed,
            pins.sealed_at,
            fault=fault,
            segment=segment,
            line=line,
        )

    if not prev:
        seq, prev = 0, GENESIS.encode()
        return report("start", files[0].name, 1)
    for segment in files:
        last, number = segment.name, 0
        if _number_of(segment) != seq + 1:
            return report("order", last, 1)
        with open(segment, "rb") as lines:
            for number, line in enumerate(lines, 1):
                if fault := fault_of(line, seq + 1, prev):
                    return report(fault, last, number)
                if seq + 1 in pins.lines and pins.lines[seq + 1] != {line[9:73].decode()}:
                    return report("head", last, number)
                seq, prev = seq + 1, line[9:73]
                if mentions is not None:
                    mentions.note(line)
    if pins.sealed > seq:
        return report("cut", last, number)
    if seq and not pins.count:
        return report("unsigned", last, number)
    return report()


def _number_of(segment: Path) -> int:
    """The number of a segment's first line, from its name; -1 where the name says none."""
    text = segment.stem.removeprefix("segment-")
    return int(text) if text.isascii() and text.isdigit() else -1
