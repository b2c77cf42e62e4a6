"""The child of `DecoderProcess`: it reads images from the socket that is its standard input, and writes pictures to it.

The kernel limits its memory, and the CPU time of each image. It ends when the other side closes the socket.
"""

import contextlib
import json
import resource
import signal
import socket
import sys

import numpy as np
from PIL import Image

from handler.errors import ApiError, ImageTooLarge
from handler.preprocessing.decoding import decode, is_lossy, open_image
from handler.preprocessing.ink import find_ink
from handler.preprocessing.messages import receive, send
from handler.preprocessing.normalization import SIZE, normalize


def serve(connection: socket.socket, max_cpu_s: float) -> None:
    """Answer each image by the bytes of its picture, or by its error as JSON, until the other side ends.

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
        image = open_image(data)
        return normalize(find_ink(decode(image), lossy=is_lossy(image))).tobytes()
    except ApiError as error:
        refusal = error
    except MemoryError:
        refusal = ImageTooLarge("The image takes too much memory to decode; send one with fewer pixels.")
    return json.dumps(refusal.to_dict()).encode()


def main() -> None:
    """Serve at standard input; the arguments are seconds of CPU time for one image, and bytes of address space."""
    max_cpu_s, max_bytes = float(sys.argv[1]), int(sys.argv[2])
    # Ctrl-C is for the parent; this process ends when the parent closes the socket.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Load now what the first image would load: Pillow's plugins, and the memory of OpenBLAS, which exits without it.
    Image.init()
    normalize(np.eye(SIZE, dtype=np.uint8))
    resource.setrlimit(resource.RLIMIT_AS, (max_bytes, max_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # or images that crash a decoder could fill the disk
    serve(socket.socket(fileno=sys.stdin.fileno()), max_cpu_s)


if __name__ == "__main__":
    main()
