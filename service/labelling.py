"""The implicit AIGC label in every file of sound that the program makes, where the provider is registered."""

from __future__ import annotations

import sys
from pathlib import Path

from compliance import labels
from core.settings import Label as Codes

UNLABELLED = (
    "注意：生成的声音文件里没有写 AIGC 标识，因为还没有填服务提供者编码。"
    "请把登记得到的 27 位编码填在设置 label.producer 里（编码不能自己编），以后就会自动写上。"
)


class Labelling:
    """Labels generated files with the codes of the settings; says once where there are none.

    Raises :class:`ConfigurationError` (``label.bad_code``) before anything is generated.
    """

    def __init__(self, codes: Codes) -> None:
        self._codes = codes
        self._told = False
        if codes.producer:
            self._label()

    def mark(self, path: Path) -> str | None:
        """Write the label into ``path`` and read it back: its content id, or None where no code is set."""
        if not self._codes.producer:
            if not self._told:
                print(UNLABELLED, file=sys.stderr)
            self._told = True
            return None
        label = self._label()
        labels.write(path, label)  # it reads back what it wrote
        return label.produce_id

    def _label(self) -> labels.Label:
        return labels.Label.of(self._codes.producer, self._codes.propagator)
