import ast
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.profiling import STEPS, WAITING, shares
from tools.stack import ROOT

SERVED = "<module> (ts/worker.py:1);Service.predict (ts/service.py:9)"


def functions(tree: ast.AST, prefix: str = "") -> Iterator[str]:
    """Yield the qualified name of each function and method."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            if isinstance(node, ast.FunctionDef):
                yield prefix + node.name
            yield from functions(node, f"{prefix}{node.name}." if isinstance(node, ast.ClassDef) else prefix)


def test_a_sample_counts_for_the_first_step_on_its_stack() -> None:
    handled = f"{SERVED};DigitHandler.handle (digit_handler.py:7)"
    samples = "\n".join(
        [
            "<module> (ts/worker.py:1);retrieve_msg (ts/otf.py:3);ReadAhead._fill (ts/protocol/frames.py:5) 500",
            "<module> (ts/worker.py:1);retrieve_msg (ts/otf.py:3);ReadAhead.__call__ (ts/protocol/frames.py:5) 10",
            f"{handled};DigitHandler.inference (digit_handler.py:9);Session.run (ort.py:1) 50",
            f"{handled};DigitHandler.postprocess (digit_handler.py:9);decode (codecs.py:1) 20",
            f"{handled} 15",
            f"{SERVED};create_predict_response (ts/otf.py:3) 5",
        ]
    )
    assert shares(samples) == {
        "TorchServe's frames": pytest.approx(0.15),
        "fields and JSON": pytest.approx(0.2),
        "network": pytest.approx(0.5),
        "rest of the worker": pytest.approx(0.15),
    }


def test_every_function_that_a_step_is_known_by_exists() -> None:
    packages = [importlib.util.find_spec(name) for name in ("ts", "onnxruntime.capi")]
    folders = [ROOT / "handler", ROOT / "torchserve"]
    folders += [Path(place) for spec in packages if spec for place in spec.submodule_search_locations or []]
    sources = [path for folder in folders for path in folder.rglob("*.py")]
    found = {name for path in sources for name in functions(ast.parse(path.read_text(encoding="utf-8")))}
    assert {*STEPS, WAITING} - found - {"Session.run"} == set()
