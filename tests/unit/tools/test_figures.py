import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tools.figures import comparison, experiments, markdown, pages

# Numbers with a unit that are settings, not measurements → the file that states them.
STATED = {
    "95%": "train/evaluation/metrics.py",
    "2 to 38%": "train/synthesis/training_set.py",
    "5%": "benchmarks/capacity/knee.py",
    "1%": "benchmarks/capacity/soak.py",
    "70%": "benchmarks/capacity/sizing.py",
    "200 ms": "web/public/scripts/recognition_flow.js",
    "1 ms": "handler/model-config.yaml",
    "2 seconds": "web/nginx/readiness.conf",
    "3 seconds": "web/nginx/small.conf",
    "18 s": "locustfile.py",
    "60 s": "locustfile.py",
    "90 s": "locustfile.py",
    "120 s": "locustfile.py",
    "1 MiB": "handler/preprocessing/decoding.py",
    "8 MiB": "web/nginx/site.conf",
    "175 MiB": "web/nginx/site.conf",
    "256 MiB": "web/nginx/site.conf",
    "300 MiB": "web/nginx/limits.conf",
    "8 KiB": "web/nginx/limits.conf",
    "16 KiB": "web/nginx/limits.conf",
    "20 MiB": "tools/run/logs.py",
    "30 minutes": "tools/run/supervision.py",
}
UNITS = r"percent|points|m?s|µs|seconds|minutes|hours|/s|requests/s|[kKMG]i?B"
QUANTITY = re.compile(rf"(?<![\w.,])\d[\d.,]*(?: to \d[\d.,]*)?(?:%| ?(?:{UNITS})\b)")
MEASURED: dict[str, Any] = {"speed": {"rate": 4699.4, "rounds": [{"p99_ms": 41.46}], "front end": 0.5}}
PROSE = [page for pattern in ("README.md", "docs/*.md") for page in sorted(pages.ROOT.glob(pattern))]
ALL = [page for pattern in pages.PAGES for page in sorted(pages.ROOT.glob(pattern))]


def prose(text: str) -> str:
    """Return a page's text without generated figures, code and link targets."""
    for pattern in (pages.SPAN.pattern, r"```.*?```", r"`[^`]*`", r"\]\([^)]*\)"):
        text = re.sub(pattern, "", text, flags=re.DOTALL)
    return text


def name(page: Path) -> str:
    return str(page.relative_to(pages.ROOT))


def test_every_page_has_the_figures_that_were_measured() -> None:
    outdated = [name(page) for page, text in pages.write_all().items() if page.read_text("utf-8") != text]
    assert outdated == [], "run `make figures`"


def test_every_figure_is_on_a_page() -> None:
    used = {span[2] for page in ALL for span in pages.SPAN.finditer(page.read_text("utf-8"))}
    assert pages.FIGURES.keys() - used == set()


@pytest.mark.parametrize("page", ALL, ids=name)
def test_every_marker_is_closed_and_rendered_as_text(page: Path) -> None:
    text = page.read_text("utf-8")
    spans = list(pages.SPAN.finditer(text))
    assert len(spans) == text.count("<!-- figure ") == text.count("<!-- /figure -->")
    for span in spans:
        # A comment at the start of a line makes the rest of that line HTML.
        begins_a_line = text[: span.start()].endswith("\n")
        assert begins_a_line == ("\n" in span[0]), span[0]


@pytest.mark.parametrize("page", PROSE, ids=name)
def test_numbers_with_a_unit_are_generated_or_stated_settings(page: Path) -> None:
    assert set(QUANTITY.findall(prose(page.read_text("utf-8")))) - STATED.keys() == set()


def test_every_stated_setting_is_on_a_page_and_in_a_file() -> None:
    everything = "".join(prose(page.read_text("utf-8")) for page in PROSE)
    assert STATED.keys() - set(QUANTITY.findall(everything)) == set()
    assert [file for file in STATED.values() if not (pages.ROOT / file).exists()] == []


@pytest.mark.parametrize(
    "text", ["99.64%", "4,699 requests/s", "1.4 ms", "83 KB", "12 minutes", "0.4 points", "3,289/s"]
)
def test_a_number_with_a_unit_is_found_in_prose(text: str) -> None:
    assert QUANTITY.findall(prose(f"It takes {text} here.")) == [text]


@pytest.mark.parametrize(
    "text", ["Debian 12", "28×28", "port 8000", "`--cpus 1`", "280 px", "<!-- figure x -->5%<!-- /figure -->"]
)
def test_other_numbers_are_not(text: str) -> None:
    assert QUANTITY.findall(prose(f"It takes {text} here.")) == []


@pytest.mark.parametrize(
    ("marker", "expected"),
    [("speed.rate:,.0f", "4,699"), ("speed.rounds.0.p99_ms:.1f", "41.5"), ("speed.front end:.0%", "50%")],
)
def test_a_marker_gives_the_value_at_its_path_in_its_format(marker: str, expected: str) -> None:
    text = f"At <!-- figure {marker} -->old<!-- /figure --> it ends."
    assert pages.write(text, MEASURED) == f"At <!-- figure {marker} -->{expected}<!-- /figure --> it ends."


@pytest.mark.parametrize("marker", ["nothing", "speed.height", "speed.rounds.7", "speed.rate.more"])
def test_a_marker_that_names_nothing_is_an_error(marker: str) -> None:
    with pytest.raises(LookupError, match=re.escape(marker)):
        pages.write(f"<!-- figure {marker} --><!-- /figure -->", MEASURED)


def test_check_fails_for_an_outdated_page_and_the_command_then_writes_it(tmp_path: Path) -> None:
    for folder in ("docs", "research", "model_store", "tools/figures"):
        shutil.copytree(
            pages.ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("*.png", "*.svg", "*.mar")
        )
    page = tmp_path / "README.md"
    page.write_text("<!-- figure digits.parameters --><!-- /figure -->", encoding="utf-8")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tools.figures", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    checked = run("--check")
    assert checked.returncode == 1
    assert "README.md" in checked.stderr
    assert run().returncode == 0
    assert re.search(r"-->\d+<!--", page.read_text("utf-8"))
    assert run("--check").returncode == 0


def test_a_share_is_written_with_its_interval() -> None:
    assert markdown.share({"percent": 99.6, "low": 99.5, "high": 99.741}) == "99.60% (99.50–99.74)"


def test_throughput_is_relative_to_this_service_and_a_dash_where_nothing_was_measured() -> None:
    medians = {
        comparison.OURS: {work: {load: {"per_second": 200.0}} for work, load in comparison.BATCHES},
        "another": {"batch of 32": {"1 client": {"per_second": 50.0}}},
    }
    assert comparison.throughput(medians).splitlines()[2:] == [
        "| this service | – | – | – | – | 1.00 | 1.00 |",
        "| another | – | – | – | – | 0.25 | – |",
    ]


def test_latency_at_a_constant_rate_counts_failures() -> None:
    at_rate = {"p50_ms": 1.24, "p99_ms": 30.0, "errors": 2124}
    medians = {comparison.OURS: {"page": {"8 clients": at_rate, "400/s": at_rate}}}
    assert comparison.latency(medians, constant_rate=True).splitlines()[2:] == [
        "| this service | 1.2 / 30.0, 2,124 failed |"
    ]


def test_an_experiment_with_several_networks_shows_their_mean() -> None:
    figures = dict.fromkeys(experiments.COLUMNS, 98.0)
    row = experiments.table("network", {"twin": [figures, dict.fromkeys(experiments.COLUMNS, 99.0)]}).splitlines()[2]
    assert row.startswith("| twin (n = 2) | 98.50 |")


def test_costs_of_a_forward_pass_are_ratios_to_the_first_variant_on_the_same_processor() -> None:
    costs = {"cold": 100.0, "1": 60.0, "32": 50.0, "256": 50.0}
    small = {"multiplications": 1_194_560, **costs, "32": 25.0}
    measured = {
        "AVX2": {"committed": {**costs, "32": 100.0}, "small": small},
        "AVX-512": {"committed": costs, "int8": costs, "small": small},
    }
    assert experiments.forward_pass(measured).splitlines()[3:] == [
        "| int8 | – | 1.00 | 1.00 | 1.00 | 1.00 | – | – | – | – |",
        "| small | 1.19 M | 1.00 | 1.00 | 0.50 | 1.00 | 1.00 | 1.00 | 0.25 | 1.00 |",
    ]
