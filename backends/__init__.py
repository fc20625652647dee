"""One folder a port, one file an engine.

Each folder exports ``BACKENDS``: name → :class:`BackendSpec`. Specs are cheap to import; the engine behind
one is imported when it is loaded. :func:`equip` builds what a section of the settings names.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from pydantic import SecretStr

from core.errors import ConfigurationError
from core.settings import Engine
from core.weights import Weights

Port = TypeVar("Port")

SERVER = (("base_url", "url"), ("model", "model"), ("api_key", "api_key"), ("timeout", "timeout"))
"""What the clients of OpenAI-compatible servers take of the settings."""
OF_ENGINES = ("model", "url", "api_key", "timeout", "device")
"""Settings that only an engine can use; ``threads`` also limits the requests under way to a server."""


@dataclass(frozen=True, slots=True)
class BackendSpec(Generic[Port]):
    """One engine of a port.

    ``factory`` is ``module:callable``, called with the options of :func:`load`. ``extra`` is the extra of the
    distribution that brings its dependencies ("" where the base install does). ``weights`` pairs an option of
    the factory with the weights set whose folder it takes, ``settings`` an option with the setting it takes.
    """

    name: str
    factory: str
    extra: str
    capabilities: object
    weights: tuple[tuple[str, str], ...] = ()
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def sets(self) -> tuple[str, ...]:
        """Names of the weights sets the engine needs."""
        return tuple(name for _, name in self.weights)


def choose(backends: Mapping[str, BackendSpec[Port]], name: str) -> BackendSpec[Port]:
    """The spec called ``name``; ConfigurationError lists the choices where there is none."""
    if name not in backends:
        raise ConfigurationError(
            "backend.unknown", f"没有叫“{name}”的引擎。", f"可选：{'、'.join(sorted(backends))}。"
        )
    return backends[name]


def equip(backends: Mapping[str, BackendSpec[Port]], section: Engine, weights: Weights | None = None) -> Port:
    """Build the engine that a section of the settings names, with what the section says of it.

    ConfigurationError where a setting was changed that the engine has no use for, or one is missing;
    otherwise as :func:`load`.
    """
    spec = choose(backends, section.backend)
    _refuse_useless(spec, section)
    options: dict[str, Any] = {}
    for option, key in spec.settings:
        value = getattr(section, key)
        if isinstance(value, SecretStr):
            value = value.get_secret_value()
        if value != "":
            options[option] = Path(value).expanduser() if option == "folder" else value
    given = {option for option, _ in spec.weights} | options.keys()
    required = inspect.signature(_factory(spec)).parameters.values()
    for needed in (p.name for p in required if p.default is p.empty and p.name not in given):
        place = f"{_title(section)}.{dict(spec.settings)[needed]}"
        raise ConfigurationError("backend.unset", f"引擎“{spec.name}”要用 {place}。", f"请填 {place}。")
    return load(spec, weights, **options)


def _refuse_useless(spec: BackendSpec[Port], section: Engine) -> None:
    taken = [key for _, key in spec.settings]
    for key in OF_ENGINES:
        field = type(section).model_fields.get(key)
        if field is not None and key not in taken and getattr(section, key) != field.default:
            usable = f"它能用的有：{'、'.join(taken)}。" if taken else "它什么都不用设。"
            raise ConfigurationError(
                "backend.useless_setting", f"引擎“{spec.name}”用不到设置 {_title(section)}.{key}。", usable
            )


def _title(section: Engine) -> str:
    return type(section).__name__.lower()


def load(spec: BackendSpec[Port], weights: Weights | None = None, **options: Any) -> Port:
    """Build the engine of ``spec``, importing it now.

    Folders of weights that ``options`` does not name come from ``weights``. ConfigurationError where a
    dependency is missing or an option is unknown, ModelUnavailableError where weights are missing.
    """
    folders = {option: name for option, name in spec.weights if option not in options}
    if folders:
        store = weights or Weights()
        options |= {option: store.path(name) for option, name in folders.items()}
    build = _factory(spec)
    try:
        inspect.signature(build).bind(**options)
    except TypeError as error:
        raise ConfigurationError(
            "backend.bad_option", f"引擎“{spec.name}”的设置不对：{error}。", "请对照文档补上或删掉这一项。"
        ) from error
    return build(**options)


def _factory(spec: BackendSpec[Port]) -> Callable[..., Port]:
    module, _, factory = spec.factory.partition(":")
    try:
        engine = importlib.import_module(module)
    except ModuleNotFoundError as error:
        wanted = f'"xiangyin[{spec.extra}]"' if spec.extra else "xiangyin"
        raise ConfigurationError(
            "backend.not_installed",
            f"引擎“{spec.name}”缺少组件 {error.name}。",
            f"请运行：pip install {wanted}",
        ) from error
    return cast(Callable[..., Port], getattr(engine, factory))
