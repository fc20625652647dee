"""The one root error and its coded families.

Every error a user can cause carries a stable ``code``, one sentence that says what and where, and a
``hint`` that says how to mend it. User-facing text is simplified Chinese.
"""

from __future__ import annotations

import errno


class XiangyinError(Exception):
    """Root of every error this program raises on purpose.

    ``code`` is a stable dotted identifier such as ``input.empty_file``; ``message`` is one sentence for a
    person; ``hint`` says how to mend it and may be empty.
    """

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}{self.hint and ' ' + self.hint}"

    def record(self) -> dict[str, str]:
        """The error as JSON-ready keys, as the batch commands and the HTTP service print it."""
        return {"code": self.code, "message": self.message} | ({"hint": self.hint} if self.hint else {})


class ConfigurationError(XiangyinError):
    """A setting, data file or extra is wrong or missing."""


class InputError(XiangyinError):
    """What the user handed in cannot be used; the message names file, sheet, row, column where known."""


class ModelUnavailableError(XiangyinError):
    """Weights or a model server are missing or do not answer."""


class RefusedError(XiangyinError):
    """A policy forbids what was asked."""


class OverloadedError(XiangyinError):
    """No capacity now; a normal answer, not a fault."""


class StorageError(XiangyinError):
    """The disk is full, a folder cannot be written, or a journal is damaged or in use."""


_CAUSES = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EISDIR: "这是一个文件夹",
    errno.ENOTDIR: "路径当中有一段不是文件夹",
    errno.EEXIST: "已经有了",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘是只读的",
    errno.ENOSPC: "磁盘满了",
    errno.EDQUOT: "磁盘的份额用完了",
    errno.ENAMETOOLONG: "名字太长",
    errno.EMFILE: "打开的文件太多",
    errno.EIO: "磁盘出了故障",
}


def cause(error: OSError) -> str:
    """Why the system refused, in Chinese where the reason is a usual one."""
    return _CAUSES.get(error.errno or 0) or error.strerror or str(error)
