"""What the garbage collector of a worker has to look through, and how often."""

import gc

from handler.digit_handler import DigitHandler
from tests import drawings
from tests.unit.handler.batches import V1, ask, image, v1

SEVEN = drawings.seven()


def test_batch_with_errors_leaves_nothing_to_the_garbage_collector(handler: DigitHandler) -> None:
    """A traceback refers to the images of its batch: a cycle would keep all of them in memory."""
    large = drawings.encoded(drawings.drawing(drawings.SEVEN).resize((1024, 1024)))
    rows = [
        (b"broken", image()),
        (SEVEN[:-40], image()),
        (drawings.blank(), image()),
        (v1(b"broken", "no base64 at all!", large[:-1000], SEVEN), V1),
        (b"{}", V1),
    ]
    ask(handler, *rows)
    gc.collect()
    gc.disable()
    try:
        bodies, _ = ask(handler, *rows)
        del bodies, _
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_libraries_are_not_looked_through_for_garbage(handler: DigitHandler) -> None:
    assert gc.get_freeze_count() > len(gc.get_objects())


def test_thousands_of_objects_that_a_worker_keeps_start_no_collection(handler: DigitHandler) -> None:
    begun: list[str] = []
    gc.collect()
    gc.callbacks.append(lambda phase, _: begun.append(phase))
    try:
        kept: list[list[int]] = [[] for _ in range(10_000)]
    finally:
        gc.callbacks.pop()
    assert len(kept) == 10_000
    assert begun == []
