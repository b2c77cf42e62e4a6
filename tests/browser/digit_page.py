"""Page object: what a user does on the page and reads from it."""

from collections.abc import Callable, Sequence

from playwright.sync_api import FilePayload, Page

from tests.browser.handwriting import Point, Stroke

# Strokes that need no data file, in fractions of the canvas side.
ONE: list[Stroke] = [[(0.5, 0.2 + 0.1 * i) for i in range(7)]]
SEVEN: list[Stroke] = [
    [(0.3 + 0.1 * i, 0.25) for i in range(5)] + [(0.7 - 0.05 * i, 0.25 + 0.1 * i) for i in range(1, 6)]
]
Rectangle = tuple[float, float, float, float]  # left, top, right, bottom
SETTLED = ("digit", "unsure", "not_a_digit", "number", "failure")
TIMEOUT_MS = 30_000

# Two frames later everything that was requested before is drawn. The pixels come from a copy: reading the page's own
# canvas repeatedly would change how Chromium draws it.
MEASURE_INK = """async (part) => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const canvas = document.getElementById("canvas");
    const { width, height } = canvas;
    const copy = Object.assign(document.createElement("canvas"), { width, height });
    const context = copy.getContext("2d", { willReadFrequently: true });
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(...part.map((fraction) => Math.round(fraction * canvas.width)));
    let inked = 0;
    let brightness = 0;
    for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3] < 128) continue;
        inked += 1;
        brightness += data[i];
    }
    return [inked, inked ? brightness / inked : 0];
}"""

FIND_BOXES = """() => [...document.querySelectorAll("#found-boxes rect")]
    .map((rect) => rect.getBoundingClientRect())
    .map(({ left, top, right, bottom }) => [left, top, right, bottom])"""

# Reads headline and detail in the same task in which the state is reached: a retry may replace them soon after.
READ_ANSWER = """([states, timeout]) => new Promise((resolve, reject) => {
    const answer = document.getElementById("answer");
    const textOf = (id) => document.getElementById(id).innerText;
    const resolveIfReached = () => {
        if (!states.includes(answer.dataset.state)) return;
        observer.disconnect();
        resolve(`${textOf("headline")} ${textOf("detail")}`);
    };
    const observer = new MutationObserver(resolveIfReached);
    observer.observe(answer, { attributes: true, attributeFilter: ["data-state"] });
    AbortSignal.timeout(timeout).addEventListener("abort", () => reject(`the answer is still ${answer.dataset.state}`));
    resolveIfReached();
})"""


class DigitPage:
    """One open page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.canvas = page.locator("#canvas")
        self.answer = page.locator("#answer")

    def to_screen(self, point: Point) -> Point:
        """Return where on the screen a point of the canvas is."""
        box = self.canvas.bounding_box()
        assert box is not None
        return box["x"] + point[0] * box["width"], box["y"] + point[1] * box["height"]

    def draw(self, strokes: Sequence[Stroke]) -> None:
        """Draw with the mouse."""
        for stroke in strokes:
            self.begin(stroke)
            self.page.mouse.up()

    def begin(self, stroke: Stroke) -> None:
        """Draw a stroke with the mouse, and leave the pen down."""
        self.page.mouse.move(*self.to_screen(stroke[0]))
        self.page.mouse.down()
        self.go_on(stroke[1:])

    def go_on(self, points: Stroke) -> None:
        """Draw more of the stroke."""
        for point in points:
            self.page.mouse.move(*self.to_screen(point))

    def open_image(self, content: bytes, name: str = "picture.png", mime_type: str = "image/png") -> None:
        """Choose a file in the file dialog."""
        self.page.set_input_files("#image", FilePayload(name=name, mimeType=mime_type, buffer=content))

    def press(self, name: str) -> None:
        """Press the button with this name."""
        self.page.get_by_role("button", name=name).click()

    def wait_for(self, *states: str) -> str:
        """Wait until the answer is in one of these states, and return it."""
        selector = ",".join(f'#answer[data-state="{state}"]' for state in states)
        self.page.wait_for_selector(selector, timeout=TIMEOUT_MS)
        return self.state

    def wait_until(self, condition: Callable[[], bool], timeout_ms: int = TIMEOUT_MS) -> None:
        """Check a condition every 50 ms until it holds."""
        for _ in range(timeout_ms // 50):
            if condition():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"the condition does not hold after {timeout_ms} ms")

    def wait_for_announcement(self, text: str) -> None:
        """Wait until the live region, which a screen reader reads, has this text in it."""
        self.page.get_by_role("status").filter(has_text=text).wait_for(state="attached", timeout=TIMEOUT_MS)

    def read(self, *states: str) -> str:
        """Wait for an answer or a failure and return its headline and detail."""
        return str(self.page.evaluate(READ_ANSWER, [states or SETTLED, TIMEOUT_MS]))

    @property
    def state(self) -> str:
        return self.answer.get_attribute("data-state") or ""

    def text(self, id_: str) -> str:
        return self.page.locator(f"#{id_}").inner_text()

    @property
    def boxes(self) -> list[Rectangle]:
        """Left, top, right and bottom of the boxes on the sheet, in fractions of the canvas side, in their order."""
        canvas = self.canvas.bounding_box()
        assert canvas is not None
        found: list[list[float]] = self.page.evaluate(FIND_BOXES)
        left, top, side = canvas["x"], canvas["y"], canvas["width"]
        return [((a - left) / side, (b - top) / side, (c - left) / side, (d - top) / side) for a, b, c, d in found]

    @property
    def top_digit(self) -> str:
        """The digit in large type, without its "?" and the first of two if the page is unsure."""
        return self.page.locator("#numeral .glyph").first.inner_text()[:1]

    def ink_in(self, left: float, top: float, width: float, height: float) -> int:
        """Return how many pixels have ink in a part of the canvas, given in fractions of its side."""
        return int(self.page.evaluate(MEASURE_INK, [left, top, width, height])[0])

    @property
    def ink(self) -> int:
        """The number of canvas pixels with ink."""
        return self.ink_in(0, 0, 1, 1)

    @property
    def ink_brightness(self) -> float:
        """The mean brightness of the ink's red channel, 0 to 255."""
        return float(self.page.evaluate(MEASURE_INK, [0, 0, 1, 1])[1])
