import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from benchmarks import record
from tools.stack import ROOT


def published(name: str) -> dict[str, Any]:
    return record.read(ROOT / "docs" / f"{name}.json")


@pytest.mark.parametrize("name", ["benchmarks", "costs", "capacity"])
def test_a_published_record_says_where_when_and_how_it_was_measured(name: str) -> None:
    found = published(name)
    assert found["machine"].keys() == {"cpu", "cores", "kernel"}
    assert {"python", "java", "nginx", *record.SERVING} <= found["versions"].keys()
    measurements = [found] if "command" in found else [found[part] for part in ("knee", "soak", "replica", "halves")]
    for measured in measurements:
        assert measured["command"].startswith(f"python -m benchmarks{'' if name == 'benchmarks' else '.' + name}")
        datetime.fromisoformat(measured["date"].removesuffix(" UTC"))
        assert measured["load_average"] >= 0
        assert {"seconds", "step_seconds", "minutes"} & measured.keys()


def test_a_new_record_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["costs.py", "--seconds", "2"])
    found = record.origin("benchmarks.costs")
    assert found["command"] == "python -m benchmarks.costs --seconds 2"
    assert found.keys() <= published("costs").keys()
    assert record.machine().keys() == published("costs")["machine"].keys()
    assert record.versions().keys() <= published("costs")["versions"].keys()


def test_a_record_is_written_completely_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "new" / "record.json"
    record.write(path, {"rounds": 1})
    with pytest.raises(TypeError):
        record.write(path, {"rounds": object()})
    assert record.read(path) == json.loads(path.read_text()) == {"rounds": 1}
    assert record.read(tmp_path / "none.json") == {}
