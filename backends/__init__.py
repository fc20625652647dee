"""One folder a port, one file an engine.

Each folder exports ``BACKENDS``: name → :class:`BackendSpec`. Specs are cheap to import; the engine behind
one is imported when it is loaded.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from core.errors import ConfigurationError
from core.weights import Weights

Port = TypeVar("Port")


@dataclass(frozen=True, slots=True)
class BackendSpec(Generic[Port]):
    """One engine of a port.

    ``factory`` is ``module:callable``, called with the options of :func:`load`. ``extra`` is the extra of the
    distribution that brings its dependencies ("" where the base install does). ``weights`` pairs an option of
    the factory with the weights set whose folder it takes.
    """

    name: str
    factory: str
    extra: str
    capabilities: object
    weights: tuple[tuple[str, str], ...] = ()

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
