"""What a person does on the page and reads from it, in the page's own terms."""

from collections.abc import Callable, Sequence

from playwright.sync_api import Page

from tests.browser.handwriting import Point, Stroke

# Strokes that need no data file, in shares of the sheet's side.
ONE: list[Stroke] = [[(0.5, 0.2 + 0.1 * i) for i in range(7)]]
SEVEN: list[Stroke] = [
    [(0.3 + 0.1 * i, 0.25) for i in range(5)] + [(0.7 - 0.05 * i, 0.25 + 0.1 * i) for i in range(1, 6)]
]

# From a copy: reading the page's own canvas again and again would change how Chromium draws it.
MEASURE_INK = """async (part) => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const canvas = document.getElementById("canvas");
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(...part.map((share) => Math.round(share * canvas.width)));
    let inked = 0;
    let brightness = 0;
    for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3] < 128) continue;
        inked += 1;
        brightness += data[i];
    }
    return [inked, inked ? brightness / inked : 0];
}"""

SETTLED = "digit", "unsure", "not_a_digit", "failure"


class DigitPage:
    """One open page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.canvas = page.locator("#canvas")
        self.answer = page.locator("#answer")

    def place(self, point: Point) -> Point:
        """Return where on the screen a point of the sheet is."""
        box = self.canvas.bounding_box()
        assert box is not None
        return box["x"] + point[0] * box["width"], box["y"] + point[1] * box["height"]

    def draw(self, strokes: Sequence[Stroke]) -> None:
        """Draw with the mouse."""
        for stroke in strokes:
            self.page.mouse.move(*self.place(stroke[0]))
            self.page.mouse.down()
            for point in stroke[1:]:
                self.page.mouse.move(*self.place(point))
            self.page.mouse.up()

    def press(self, name: str) -> None:
        """Press the button of this name."""
        self.page.get_by_role("button", name=name).click()

    def wait_for(self, *states: str, timeout_ms: int = 10_000) -> str:
        """Wait until the answer is in one of these states, and return in which."""
        self.page.wait_for_selector(",".join(f'#answer[data-state="{state}"]' for state in states), timeout=timeout_ms)
        return self.state

    def wait_until(self, condition: Callable[[], bool], timeout_ms: int = 5000) -> None:
        """Look again and again until it is so."""
        for _ in range(timeout_ms // 50):
            if condition():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"still not so after {timeout_ms} ms")

    def read(self) -> str:
        """Wait for an answer or a failure and return its headline and detail as a person reads them."""
        self.wait_for(*SETTLED)
        return f"{self.text('headline')} {self.text('detail')}"

    @property
    def state(self) -> str:
        return self.answer.get_attribute("data-state") or ""

    def text(self, part: str) -> str:
        return self.page.locator(f"#{part}").inner_text()

    @property
    def top_digit(self) -> str:
        """The digit written large, the first of two if the page is unsure."""
        return self.page.locator("#numeral .glyph").first.inner_text()

    def ink_in(self, left: float, top: float, width: float, height: float) -> int:
        """Return how many of the canvas's pixels have ink, in a part of it given in shares of its side."""
        return int(self.page.evaluate(MEASURE_INK, [left, top, width, height])[0])

    @property
    def ink(self) -> int:
        """How many of the canvas's pixels have ink on them."""
        return self.ink_in(0, 0, 1, 1)

    @property
    def ink_brightness(self) -> float:
        """How bright the ink's red is, from 0 to 255."""
        return float(self.page.evaluate(MEASURE_INK, [0, 0, 1, 1])[1])

    def announcement(self) -> str:
        """Return what a screen reader is told once the page has come to rest."""
        self.page.wait_for_timeout(700)
        return self.page.get_by_role("status").inner_text()
