"""TorchServe's settings are ones that TorchServe knows: it ignores others without a message."""

import functools
import importlib.util
import re
import zipfile
from pathlib import Path

from tests.unit.agreement.conftest import Launch
from tools.run.settings import LOOPBACK, PORTS


@functools.cache
def constants(class_name: str) -> set[str]:
    """Return the texts in the constant pool of one of TorchServe's classes."""
    spec = importlib.util.find_spec("ts")
    assert spec is not None
    assert spec.origin is not None
    with zipfile.ZipFile(Path(spec.origin).parent / "frontend" / "model-server.jar") as jar:
        code = jar.read(f"org/pytorch/serve/util/{class_name}.class")
    return {text.decode() for text in re.findall(rb"[A-Za-z_]{4,}", code)}


def test_torchserve_knows_every_key_of_its_configuration(properties: dict[str, str]) -> None:
    assert properties.keys() - constants("ConfigManager") == set()
    assert "NUM_WORKERS" not in constants("ConfigManager")


def test_torchserve_knows_every_variable_that_overrides_its_configuration(launch: Launch) -> None:
    names = {name.removeprefix("TS_").lower() for name in launch.environment if name.startswith("TS_")}
    assert {"inference_address", "metrics_address", "management_address", "default_workers_per_model"} <= names
    assert names - {"tmpdir"} - constants("ConfigManager") == set()


def test_default_ports_of_make_run_are_those_of_the_configuration(properties: dict[str, str]) -> None:
    assert properties["inference_address"] == f"http://{LOOPBACK}:{PORTS['TORCHSERVE_PORT']}"
    assert properties["metrics_address"] == f"http://{LOOPBACK}:{PORTS['METRICS_PORT']}"


def test_java_reads_the_configuration_with_the_overrides(launch: Launch, properties: dict[str, str]) -> None:
    assert properties["enable_envvars_config"] == "true"
    config = Path(launch.arguments[launch.arguments.index("-f") + 1])
    assert config.name == "config.properties"
    assert config.is_file()
