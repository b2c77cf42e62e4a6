"""The committed model as it is served: packed, and unpacked into a folder that a worker would start in."""

import atexit
import functools
import shutil
import tempfile
import zipfile
from pathlib import Path

import handler
from handler.recognizer import Recognizer
from train.archive import build
from train.model_store import MODEL_STORE


@functools.cache
def archive() -> Path:
    """Pack the committed weights, once for the whole run."""
    folder = Path(tempfile.mkdtemp(prefix="digits-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    target = folder / "digits.mar"
    build(MODEL_STORE, target)
    return target


@functools.cache
def folder() -> Path:
    """Unpack the archive as TorchServe does."""
    target = archive().parent / "unpacked"
    with zipfile.ZipFile(archive()) as members:
        members.extractall(target)
    return target


@functools.cache
def recognizer() -> Recognizer:
    """Load the core from the unpacked archive."""
    return Recognizer(folder(), handler.__version__)
