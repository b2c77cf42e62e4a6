import pytest

from benchmarks.profiling import shares

SERVED = "<module> (ts/worker.py:1);Service.predict (ts/service.py:9)"


def test_samples_are_sorted_by_the_outermost_step_that_is_known() -> None:
    handled = f"{SERVED};DigitHandler.handle (digit_handler.py:7)"
    samples = "\n".join(
        [
            "<module> (ts/worker.py:1);retrieve_msg (ts/otf.py:3);ReadAhead._fill (handler/frames.py:5) 500",
            "<module> (ts/worker.py:1);retrieve_msg (ts/otf.py:3);ReadAhead.__call__ (handler/frames.py:5) 10",
            f"{handled};DigitHandler.inference (digit_handler.py:9);Session.run (ort.py:1) 50",
            f"{handled};DigitHandler.postprocess (digit_handler.py:9);decode (codecs.py:1) 20",
            f"{handled} 15",
            f"{SERVED};create_predict_response (ts/otf.py:3) 5",
        ]
    )
    assert shares(samples) == {
        "TorchServe's frames": pytest.approx(0.15),
        "fields and JSON": pytest.approx(0.2),
        "network": pytest.approx(0.5),
        "rest of the worker": pytest.approx(0.15),
    }
