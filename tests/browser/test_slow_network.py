"""A page that arrives in pieces."""

import http.server
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.test_start import COUNT_SHIFTS
from tools.stack import ROOT

PIECE_BYTES, PAUSE_S = 400, 0.03
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}


class PiecewiseHandler(http.server.BaseHTTPRequestHandler):
    """Serves a folder; sends the body of the page in pieces."""

    folder: Path

    def do_GET(self) -> None:
        path = self.folder / (self.path.lstrip("/") or "index.html")
        if not path.is_file():
            return self.send_error(404)
        self.send_response(200)
        self.send_header("Content-Type", f"{TYPES.get(path.suffix, 'application/octet-stream')}; charset=utf-8")
        self.end_headers()
        content = path.read_bytes()
        size = PIECE_BYTES if path.suffix == ".html" else len(content)
        for start in range(0, len(content), size):
            self.wfile.write(content[start : start + size])
            time.sleep(PAUSE_S)
        return None

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def slow_address(tmp_path: Path) -> Iterator[str]:
    """Serve the page in pieces and return its address."""
    subprocess.run([ROOT / "web" / "build-page", tmp_path], check=True)
    handler = type("Handler", (PiecewiseHandler,), {"folder": tmp_path / "public"})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


@pytest.mark.parametrize("size", [(390, 844), (724, 325), (1280, 800)])
def test_nothing_moves_while_the_page_arrives_in_pieces(
    browser: Browser, slow_address: str, size: tuple[int, int]
) -> None:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.add_init_script(COUNT_SHIFTS)
    page.goto(slow_address)
    page.get_by_text("Nothing drawn yet").wait_for()
    page.wait_for_timeout(200)  # the browser reports a shift after the frame
    assert page.evaluate("window.shifts") == []
    page.close()
