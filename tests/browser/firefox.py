"""A real Firefox, driven by WebDriver BiDi: Playwright drives only a Firefox of its own, which nobody uses."""

import json
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import websocket

from tests.browser.handwriting import Stroke
from tools.stack import free_ports

START_TIMEOUT_S = 60
KEYS = {"Escape": "\ue00c", "ArrowUp": "\ue013", "ArrowDown": "\ue015", "Space": " "}


class Firefox:
    """One tab with the page."""

    def __init__(self, connection: websocket.WebSocket, url: str) -> None:
        self.log: list[str] = []
        self._connection = connection
        self._sent = 0
        self._call("session.new", capabilities={})
        self._call("session.subscribe", events=["log.entryAdded"])
        self._tab = self._call("browsingContext.getTree")["contexts"][0]["context"]
        self._call("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        self._sent += 1
        self._connection.send(json.dumps({"id": self._sent, "method": method, "params": params}))
        while True:
            message = json.loads(self._connection.recv())
            if message.get("method") == "log.entryAdded":
                self.log.append(message["params"]["text"])
            if message.get("id") == self._sent:
                assert message["type"] == "success", message
                result: dict[str, Any] = message["result"]
                return result

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression that JSON can hold."""
        result = self._call(
            "script.evaluate",
            expression=f"JSON.stringify({expression})",
            target={"context": self._tab},
            awaitPromise=True,
        )
        return json.loads(result["result"]["value"])

    def draw(self, stroke: Stroke) -> None:
        """Draw with the mouse; points are in fractions of the canvas side."""
        left, top, side = self.evaluate("(({left, top, width}) => [left, top, width])(canvas.getBoundingClientRect())")
        moves = [
            {"type": "pointerMove", "x": round(left + x * side), "y": round(top + y * side), "duration": 20}
            for x, y in stroke
        ]
        down, up = ({"type": type_, "button": 0} for type_ in ("pointerDown", "pointerUp"))
        self._act("pointer", [moves[0], down, *moves[1:], up])

    def press(self, keys: Sequence[str]) -> None:
        """Press keys one after the other."""
        self._act("key", [{"type": type_, "value": KEYS[key]} for key in keys for type_ in ("keyDown", "keyUp")])

    def open_file(self, path: Path) -> None:
        """Choose a file in the file dialog."""
        found = self._call("browsingContext.locateNodes", context=self._tab, locator={"type": "css", "value": "#image"})
        element = {"sharedId": found["nodes"][0]["sharedId"]}
        self._call("input.setFiles", context=self._tab, element=element, files=[str(path)])

    def _act(self, type_: str, actions: list[dict[str, Any]]) -> None:
        self._call(
            "input.performActions", context=self._tab, actions=[{"type": type_, "id": type_, "actions": actions}]
        )

    def wait_for(self, expression: str, expected: object) -> None:
        """Wait until an expression has this value."""
        for _ in range(300):
            if (value := self.evaluate(expression)) == expected:
                return
            time.sleep(0.1)
        raise AssertionError(f"{expression} is still {value}")


@contextmanager
def firefox(executable: str, url: str, profile: Path, preferences: dict[str, object]) -> Iterator[Firefox]:
    """Open the page in a new profile with these preferences."""
    lines = [f'user_pref("{name}", {json.dumps(value)});' for name, value in preferences.items()]
    (profile / "user.js").write_text("\n".join(lines))
    port = next(iter(free_ports().values()))
    process = subprocess.Popen(
        [executable, "--headless", "--no-remote", "--profile", profile, f"--remote-debugging-port={port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with closing(_connect(f"ws://127.0.0.1:{port}/session")) as connection:
            yield Firefox(connection, url)
    finally:
        process.terminate()
        process.wait()


def _connect(url: str) -> websocket.WebSocket:
    began = time.monotonic()
    while True:
        try:
            return websocket.create_connection(url, timeout=60, suppress_origin=True)
        except (OSError, websocket.WebSocketException):
            assert time.monotonic() - began < START_TIMEOUT_S, "Firefox does not start"
            time.sleep(0.2)
