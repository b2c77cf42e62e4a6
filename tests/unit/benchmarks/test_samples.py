import json
from pathlib import Path

from benchmarks.samples import batch_body, drawings, works
from benchmarks.servers import Server, in_json
from handler.preprocessing.formats.png import PlainPng
from tests import served_model


def test_two_drawings_of_each_digit_have_the_form_that_the_page_sends_and_are_recognized() -> None:
    digits, images = [digit for digit, _ in drawings()], [image for _, image in drawings()]
    assert digits == [*range(10), *range(10)]
    assert len(set(images)) == 20
    for image in images:
        plain = PlainPng.parse(image)
        assert plain is not None
        assert max(plain.width, plain.height) == 84
    [answers] = served_model.recognizer().recognize([images])
    assert [answer["digit"] for answer in answers if isinstance(answer, dict)] == digits


def test_a_server_is_sent_the_bodies_that_it_takes(tmp_path: Path) -> None:
    single = Server("one", "http://127.0.0.1/one", body=in_json)
    found = works(single, tmp_path)
    assert found.keys() == {"page"}
    assert found["page"].content_type == "application/json"
    assert [path.read_bytes() for path in found["page"].bodies] == [in_json(image) for _, image in drawings()]


def test_a_batch_has_its_size(tmp_path: Path) -> None:
    assert len(json.loads(batch_body(256))["instances"]) == 256
    found = works(Server("both", "http://127.0.0.1/one", "http://127.0.0.1/many"), tmp_path)
    assert found.keys() == {"page", "batch of 32", "batch of 256"}
    assert [path.read_bytes() for path in found["batch of 32"].bodies] == [batch_body(32)]
