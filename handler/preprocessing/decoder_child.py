"""The child of `DecoderProcess`: it reads images from the socket that is its standard input, and writes pictures to it.

The kernel limits its memory, and the CPU time of each image. It ends when the other side closes the socket.
"""

import contextlib
import json
import resource
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from handler.errors import ApiError, ImageTooLarge
from handler.preprocessing.decoding import Opened, open_image
from handler.preprocessing.messages import DIGIT, ERROR, NUMBER, receive, send
from handler.preprocessing.normalization import SIZE, normalize
from handler.preprocessing.preparation import prepare, prepare_segments
from handler.preprocessing.segmentation.candidates import find_candidates

_READINGS: dict[bytes, Callable[[Opened], bytes]] = {
    DIGIT: lambda image: prepare(image).centered().to_bytes(),
    NUMBER: lambda image: prepare_segments(image).to_bytes(),
}


def serve(connection: socket.socket, max_cpu_s: float) -> None:
    """Answer each image by what it is read as, or by its error as JSON, until the other side ends.

    A message is one of the bytes of `handler.preprocessing.messages`, then the encoded image.

    The kernel ends this process with SIGPROF where an image takes more than `max_cpu_s` seconds of CPU time.
    """
    with contextlib.suppress(EOFError, ConnectionError):
        send(connection, b"")  # ready
        while True:
            data = receive(connection)
            signal.setitimer(signal.ITIMER_PROF, max_cpu_s)
            answer = _answer(data)
            signal.setitimer(signal.ITIMER_PROF, 0)
            send(connection, answer)


def _answer(data: bytes) -> bytes:
    try:
        return data[:1] + _READINGS[data[:1]](open_image(data[1:]))
    except ApiError as error:
        refusal: ApiError = error.as_result()
    except MemoryError:
        refusal = ImageTooLarge("The image takes too much memory to decode; send one with fewer pixels.")
    return ERROR + json.dumps(refusal.to_dict()).encode()


def _unused_address_space() -> int:
    """Return how many bytes this process has mapped but not used, above all by its libraries."""
    mapped, resident = (int(pages) for pages in Path("/proc/self/statm").read_text("ascii").split()[:2])
    return (mapped - resident) * resource.getpagesize()


def main() -> None:
    """Serve at standard input; the arguments are seconds of CPU time for one image, and bytes of memory."""
    max_cpu_s, max_bytes = float(sys.argv[1]), int(sys.argv[2])
    # Ctrl-C is for the parent; this process ends when the parent closes the socket.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Load now what the first image would load: Pillow's plugins, and the memory of OpenBLAS, which exits without it.
    Image.init()
    normalize(find_candidates(np.eye(4 * SIZE, dtype=np.uint8), is_plain=True).candidates[0].ink)
    cv2.setNumThreads(1)
    limit = max_bytes + _unused_address_space()
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # or images that crash a decoder could fill the disk
    serve(socket.socket(fileno=sys.stdin.fileno()), max_cpu_s)


if __name__ == "__main__":
    main()
