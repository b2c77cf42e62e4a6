import shutil
from pathlib import Path

import pytest

from tools.run import page
from tools.run.settings import LOOPBACK, PORTS, ROOT, Settings


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return the settings of a run of a copied checkout."""
    shutil.copytree(ROOT / "web", tmp_path / "web")
    monkeypatch.setattr(page, "ROOT", tmp_path)
    (tmp_path / "run").mkdir()
    return Settings(LOOPBACK, LOOPBACK, PORTS, 1, tmp_path / "run", tmp_path)


def test_the_page_of_a_run_before_is_replaced(settings: Settings, tmp_path: Path) -> None:
    (settings.run_dir / "public").symlink_to(tmp_path / "web" / "public")  # as version 1.1.0 left it
    for _ in range(2):
        page.build_page(settings)
        assert (settings.run_dir / "public" / "page.js").is_file()
    assert not (settings.run_dir / "public").is_symlink()
    assert (tmp_path / "web" / "public" / "scripts" / "main.js").is_file()


def test_a_page_that_cannot_be_built_ends_the_start_with_one_message(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "web" / "public" / "scripts" / "new.js").touch()
    with pytest.raises(SystemExit, match=r"the page cannot be built.*new\.js is not in the list in web/build-page"):
        page.build_page(settings)
