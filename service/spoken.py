"""What the hosts of a data folder know by heart: a folder of clauses a shop, erased with it."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable
from pathlib import Path

from anchor.speech.shelf import Shelf
from backends import choose
from backends.voices import BACKENDS
from core.settings import Voice
from core.weights import catalogue


def open_shelf(data: Path, shop: str, settings: Voice) -> Shelf:
    """The clauses of a shop in the settings' voice; blocking."""
    return Shelf(_folder(data, shop), model_of(settings))


def model_of(settings: Voice) -> str:
    """Names an engine and its weights: with others the same words sound otherwise."""
    sets = (catalogue()[name] for name in choose(BACKENDS, settings.backend).sets)
    weights = hashlib.sha256("".join(f.sha256 for each in sets for f in each.files).encode()).hexdigest()
    return " ".join((settings.backend, settings.model, settings.url, weights[:16]))


def erase(data: Path, shop: str) -> None:
    """Forget all that was learnt about a shop."""
    shutil.rmtree(_folder(data, shop), ignore_errors=True)


def sweep(data: Path, shops: Iterable[str]) -> None:
    """Forget shops that are no longer there."""
    held = {_folder(data, shop) for shop in shops}
    for folder in (data / "spoken").glob("*"):
        if folder not in held:
            shutil.rmtree(folder, ignore_errors=True)


def _folder(data: Path, shop: str) -> Path:
    # A shop may have any name, a folder may not.
    return data / "spoken" / hashlib.sha256(shop.encode()).hexdigest()[:24]
