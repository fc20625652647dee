"""AI labels: what people see and hear, and the implicit ``AIGC`` label inside a file.

The file label is metadata that machines read: exactly one a file, written and read back. Sources:
《人工智能生成合成内容标识办法》 art. 4 and 5, GB 45438-2025 §5, §6.1 and appendix E,
TC260-PG-20252A (provider codes), 20257A, 202510A and 20259A (video, audio and image files).
"""

from compliance.labels.files import FORMATS, check, read, values, write
from compliance.labels.label import Label
from compliance.labels.shown import TEXT, names_both, rhythm, text_height

__all__ = [
    "FORMATS",
    "TEXT",
    "Label",
    "check",
    "names_both",
    "read",
    "rhythm",
    "text_height",
    "values",
    "write",
]
