"""nginx, openapi.json and the handler have the same routes, methods, content types and errors."""

import json
import re

import handler
from handler import errors
from handler.digit_handler import BULK
from handler.payload import IMAGE_TYPES, JSON_TYPE
from handler.routes import EXPLAIN, NUMBERS, READY, V1, V2
from tests.nginx_configuration import Directive, look_up, unescaped
from tools.run import torchserve
from tools.run.settings import ROOT

OPENAPI = json.loads((ROOT / "web" / "public" / "openapi.json").read_text())
CARD = json.loads((ROOT / "model_store" / "digits.json").read_text())


def example(path: str) -> str:
    """Return a path that is an example of one in openapi.json."""
    return str(path.replace("{version}", handler.__version__))


def test_every_route_of_the_handler_is_named_by_nginx(http: Directive) -> None:
    named = set(http.table("$uri", "$handler_route").values()) - {""}
    assert named == {READY, V1, EXPLAIN, NUMBERS, *V2}


def test_model_has_the_same_names_everywhere(http: Directive, site: Directive, properties: dict[str, str]) -> None:
    assert CARD["name"] == "digits"
    assert properties["load_models"] == f"digits=digits.mar,{BULK}=digits.mar"
    assert torchserve.POOLS == ("digits", BULK)
    assert http.table("$host", "$model_version") == {"default": f"/{handler.__version__}"}
    assert http.table("$size_class", "$model") == {"default": BULK, "small": "digits"}
    for name, model in (
        ("@small", "digits"),
        ("@retry", "$model"),
        ("@medium", BULK),
        ("@large", BULK),
    ):
        [url] = site.one("location", name).one("proxy_pass").arguments
        assert url.endswith(f"/predictions/{model}$model_version")
    assert {"/predictions/digits", "/v1/models/digits", "/v1/models/digits:predict"} <= OPENAPI["paths"].keys()


def test_openapi_describes_the_routes_of_nginx_and_no_others(site: Directive) -> None:
    routes = {location.arguments[1] for location in site.all("location", "=") if not location.all("internal")}
    patterns = {location.arguments[1] for location in site.all("location", "~")}
    assert routes <= OPENAPI["paths"].keys()
    found = [
        [pattern for pattern in patterns if re.search(pattern, example(path))]
        for path in OPENAPI["paths"].keys() - routes
    ]
    assert all(len(matching) == 1 for matching in found)
    assert {pattern for [pattern] in found} == patterns


def test_openapi_describes_the_methods_that_nginx_allows(http: Directive) -> None:
    allowed = http.table("$uri", "$allowed_methods")
    for path, operations in OPENAPI["paths"].items():
        methods = sorted(name.upper() for name in operations)
        assert methods == look_up(allowed, example(path)).split(", "), path


def test_openapi_describes_429_for_the_routes_that_nginx_limits(http: Directive) -> None:
    limited = http.table("$uri", "$limited_client")
    assert limited["default"] == ""
    assert set(limited.values()) == {"", "$client"}
    for path, operations in OPENAPI["paths"].items():
        is_described = any("429" in operation["responses"] for operation in operations.values())
        assert is_described == (look_up(limited, example(path)) == "$client"), path


def test_nginx_the_handler_and_openapi_accept_the_same_content_types(http: Directive) -> None:
    for path in ("/predictions/digits", "/predictions/numbers"):
        described = OPENAPI["paths"][path]["post"]["requestBody"]["content"].keys()
        assert set(described) == {*IMAGE_TYPES, JSON_TYPE}, path
    accepted = http.table("$content_type", "$is_image_or_json") | http.table("$content_type", "$is_json")
    patterns = [unescaped(name).removeprefix("~*") for name in accepted if name.startswith("~*")]
    for media_type in described:
        assert any(re.search(pattern, media_type, re.IGNORECASE) for pattern in patterns), media_type


def test_openapi_describes_the_headers_that_nginx_reads_and_other_origins_may_send_them() -> None:
    described = {one["name"] for one in OPENAPI["components"]["parameters"].values() if one["in"] == "header"}
    requests, cors = ((ROOT / "web" / "nginx" / name).read_text() for name in ("requests.conf", "cors.conf"))
    read = set(re.findall(r"^map \$http_(x_\w+|traceparent) ", requests, re.MULTILINE))
    assert len(read) == 3
    assert read <= {name.lower().replace("-", "_") for name in described}
    [allowed] = re.findall(r'\$cors_headers \{\s*1\s+"([^"]+)"', cors)
    assert described <= set(allowed.split(", "))


def test_openapi_describes_every_error_type(http: Directive) -> None:
    described = set(OPENAPI["components"]["schemas"]["Error"]["properties"]["type"]["enum"])
    classes = [kind for kind in vars(errors).values() if isinstance(kind, type) and kind.__module__ == errors.__name__]
    ours = {kind.__name__ for kind in classes} - {"ApiError", "ClientError", "NotSmall"}  # nginx acts on the last
    assert described == ours | set(http.table("$status", "$error_type").values())


def test_every_message_of_nginx_is_valid_in_json(http: Directive) -> None:
    messages = [
        *http.table("$status", "$error_message").values(),
        *http.table("$allowed_content", "$expected_content_type").values(),
        *http.table("$uri", "$where_paths_are").values(),
        *http.table("$uri", "$right_method").values(),
        *http.table("$type_is_allowed", "$expected_content").values(),
    ]
    sent = [json.loads(f'"{unescaped(message)}"') for message in messages if not message.startswith("$")]
    assert len(sent) >= 12
    assert all(message[0].isupper() and message[-1] == "." for message in sent)


def test_every_status_that_nginx_has_words_for_leads_to_the_error_page(http: Directive, site: Directive) -> None:
    paged: set[str] = set()
    for page in site.all("error_page"):
        *codes, target = page.arguments
        assert target in ("@error", "@too_large", "/error")
        paged |= {codes[-1][1:]} if codes[-1].startswith("=") else set(codes)
    assert http.table("$status", "$error_type").keys() - {"default"} | {"500"} == paged


def test_headers_are_added_in_one_place(http: Directive, site: Directive) -> None:
    assert http.all("add_header")
    assert [directive for directive in site.walk() if directive.name == "add_header"] == []
