"""Numbers and names that two files must agree on, read from the files."""

import importlib.util
import json
import re
import zipfile
from pathlib import Path

import yaml

from handler import errors
from handler.payload import IMAGE_TYPES, JSON_TYPE, MAX_INSTANCES
from handler.preprocessing.decoding import MAX_BYTES, MAX_PIXELS
from tools.stack import PORTS, ROOT

NGINX = ROOT / "web" / "nginx"
OPENAPI = json.loads((ROOT / "web" / "public" / "openapi.json").read_text())
CARD = json.loads((ROOT / "model_store" / "digits.json").read_text())
MODEL_CONFIG = yaml.safe_load((ROOT / "handler" / "model-config.yaml").read_text())
UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20}


def conf(name: str) -> str:
    """Return one of nginx's files without its comments."""
    return re.sub(r"^\s*#.*$", "", (NGINX / name).read_text(), flags=re.MULTILINE)


def properties() -> dict[str, str]:
    """Return TorchServe's configuration."""
    lines = (ROOT / "torchserve" / "config.properties").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def location(name: str) -> str:
    """Return the inside of a location of site.conf."""
    found = re.search(rf"^location (?:= )?{re.escape(name)} {{(.*?)^}}", conf("site.conf"), re.MULTILINE | re.DOTALL)
    assert found is not None, name
    return found[1]


def size(directive: str, text: str) -> int:
    """Return the bytes that a directive of nginx's gives."""
    found = re.search(rf"\b{directive} (\d+)([km]?);", text)
    assert found is not None, directive
    return int(found[1]) * UNITS[found[2]]


def seconds(directive: str, text: str) -> int:
    """Return the seconds that a directive of nginx's gives."""
    found = re.search(rf"\b{directive} (\d+)s;", text)
    assert found is not None, directive
    return int(found[1])


def constants(class_name: str) -> set[str]:
    """Return every text in the constant pool of one of TorchServe's classes."""
    spec = importlib.util.find_spec("ts")
    assert spec is not None
    assert spec.origin is not None
    with zipfile.ZipFile(Path(spec.origin).parent / "frontend" / "model-server.jar") as jar:
        code = jar.read(f"org/pytorch/serve/util/{class_name}.class")
    return {text.decode() for text in re.findall(rb"[A-Za-z_]{4,}", code)}


def test_torchserve_knows_every_key_of_its_configuration() -> None:
    assert properties().keys() - constants("ConfigManager") == set()
    assert "NUM_WORKERS" not in constants("ConfigManager")


def test_environment_overrides_are_of_keys_that_torchserve_knows() -> None:
    script = (ROOT / "tools" / "run").read_text() + (ROOT / "torchserve" / "entrypoint").read_text()
    names = set(re.findall(r"\bTS_[A-Z_]+\b", script)) - {"TS_TMPDIR", "TS_"}
    assert {name.removeprefix("TS_").lower() for name in names} - constants("ConfigManager") == set()
    assert len(names) >= 6


def test_model_is_called_digits_everywhere() -> None:
    assert CARD["name"] == "digits"
    assert properties()["load_models"] == "digits=digits.mar"
    assert "default /predictions/digits/@VERSION@;" in (ROOT / "web" / "local" / "deployment.conf").read_text()
    assert {"/predictions/digits", "/v1/models/digits", "/v1/models/digits:predict"} <= OPENAPI["paths"].keys()


def test_every_route_of_nginx_is_described_and_the_other_way_round() -> None:
    routes = set(re.findall(r"^location = (\S+) {", conf("site.conf"), re.MULTILINE)) - {"/error"}
    assert routes == OPENAPI["paths"].keys()


def test_methods_of_nginx_are_those_described() -> None:
    allowed = dict(re.findall(r'^\s+(/\S+)\s+"(.*)";', conf("requests.conf"), re.MULTILINE))
    for path, operations in OPENAPI["paths"].items():
        methods = sorted(name.upper() for name in operations)
        assert methods == allowed.get(path, "GET, HEAD").split(", "), path


def test_content_types_of_nginx_the_handler_and_the_description_are_the_same() -> None:
    described = OPENAPI["paths"]["/predictions/digits"]["post"]["requestBody"]["content"].keys()
    assert set(described) == {*IMAGE_TYPES, JSON_TYPE}
    patterns = re.findall(r'"~\*(\^(?:application|image).*?)"', conf("requests.conf"))
    for media_type in described:
        assert any(re.search(pattern, media_type) for pattern in patterns), media_type


def test_body_limit_of_a_single_image_holds_1_mib_as_base64_and_little_more() -> None:
    base64_url = 4 * -(-MAX_BYTES // 3) + len('{"image": "data:image/jpeg;base64,"}')
    for name in ("/predictions/digits", "@single"):
        assert base64_url < size("client_max_body_size", location(name)) < base64_url * 1.05
    assert size("client_body_buffer_size", location("@single")) >= size("client_max_body_size", location("@single"))
    assert MAX_BYTES == 1 << 20


def test_torchserve_takes_exactly_the_largest_batch_that_nginx_lets_through() -> None:
    largest = size("client_max_body_size", location("/v1/models/digits:predict"))
    assert largest == size("client_max_body_size", location("@batch")) == 8 << 20
    assert size("client_body_buffer_size", location("@batch")) >= largest
    assert int(properties()["max_request_size"]) == largest


def test_java_has_the_memory_for_every_body_that_can_wait() -> None:
    entrypoint = (ROOT / "torchserve" / "entrypoint").read_text()
    [heap] = re.findall(r"-Xmx(\d+)m", entrypoint)
    [direct] = re.findall(r"-XX:MaxDirectMemorySize=(\d+)m", entrypoint)
    slots = [
        int(slots) for slots in re.findall(r"max_conns=(\d+)", (ROOT / "web" / "local" / "deployment.conf").read_text())
    ]
    singles = MODEL_CONFIG["jobQueueSize"] * size("client_max_body_size", location("@single"))
    batches = sum(slots) * size("client_max_body_size", location("@batch"))
    [workers] = re.findall(r"MOST_WORKERS = (\d+)", (ROOT / "tools" / "run").read_text())
    in_frames = int(workers) * MODEL_CONFIG["batchSize"] - sum(slots)
    frame = batches + in_frames * size("client_max_body_size", location("@single"))
    assert len(slots) == 2
    assert singles + batches + 2 * frame < int(heap) << 20
    assert batches + 2 * frame < int(direct) << 20


def test_limits_in_words_are_those_in_force() -> None:
    width = round(MAX_PIXELS**0.5)
    assert width * width == MAX_PIXELS
    assert f"{width}x{width}" in conf("errors.conf")
    assert f"{width}×{width}" in OPENAPI["paths"]["/predictions/digits"]["post"]["description"]
    instances = OPENAPI["components"]["schemas"]["BatchRequest"]["properties"]["instances"]
    assert (instances["minItems"], instances["maxItems"]) == (1, MAX_INSTANCES)


def test_timeouts_end_from_the_inside_out() -> None:
    prediction = conf("prediction.conf")
    assert MODEL_CONFIG["responseTimeout"] < seconds("proxy_read_timeout", prediction)
    # A request whose worker did not answer in time is not tried again.
    assert seconds("proxy_next_upstream_timeout", prediction) < MODEL_CONFIG["responseTimeout"]
    assert seconds("proxy_connect_timeout", conf("torchserve.conf")) < seconds(
        "proxy_next_upstream_timeout", prediction
    )
    [start_timeout] = re.findall(r"START_TIMEOUT_S = (\d+)", (ROOT / "tools" / "run").read_text())
    assert int(start_timeout) > MODEL_CONFIG["startupTimeout"]


def test_ports_of_local_run_are_torchserves_own() -> None:
    script = (ROOT / "tools" / "run").read_text()
    defaults = {name: int(port) for name, port in re.findall(r'^    "(\w+)": (\d+),$', script, re.MULTILINE)}
    assert tuple(defaults) == PORTS
    keys = {
        "inference_address": "TORCHSERVE_PORT",
        "management_address": "MANAGEMENT_PORT",
        "metrics_address": "METRICS_PORT",
    }
    for key, name in keys.items():
        assert properties()[key] == f"http://127.0.0.1:{defaults[name]}"
    assert int(properties()["grpc_inference_port"]) == defaults["GRPC_INFERENCE_PORT"]
    assert int(properties()["grpc_management_port"]) == defaults["GRPC_MANAGEMENT_PORT"]


def test_error_types_are_described_one_and_all() -> None:
    described = set(OPENAPI["components"]["schemas"]["Error"]["properties"]["type"]["enum"])
    ours = {name for name in vars(errors) if not name.startswith("_") and name not in ("ApiError", "ClientError")}
    [nginx_types] = re.findall(r"map \$status \$error_type {(.*?)}", conf("errors.conf"), re.DOTALL)
    assert described == ours | set(re.findall(r'"(\w+)"', nginx_types))


def test_every_message_of_nginx_is_json_when_it_is_sent() -> None:
    messages = re.findall(r"""^\s+(?:default|json|\d+)\s+(["'])([A-Z].*)\1;$""", conf("errors.conf"), re.MULTILINE)
    assert len(messages) >= 12
    for _, message in messages:
        sent = re.sub(r"\\(.)", r"\1", message)
        assert isinstance(json.loads(f'"{sent}"'), str)


def test_every_error_code_that_nginx_words_has_a_page() -> None:
    [worded] = re.findall(r"map \$status \$error_type {(.*?)}", conf("errors.conf"), re.DOTALL)
    pages = re.findall(r"error_page ([\d ]+)(?:=(\d+) )?[@/]error;", conf("site.conf"))
    paged = {code for codes, to in pages for code in ([to] if to else codes.split())}
    assert set(re.findall(r"^\s+(\d{3})\s", worded, re.MULTILINE)) | {"500"} == paged


def test_no_location_has_headers_of_its_own() -> None:
    for name in {path.name for path in (ROOT / "web" / "nginx").iterdir()} - {"responses.conf"}:
        assert "add_header" not in conf(name), f"add_header in {name} drops those of responses.conf"
