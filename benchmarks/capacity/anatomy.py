"""What a worker's start and memory are made of: `python - < anatomy.py` in the image, by standard input.

Does what TorchServe's worker does and prints for each step how long it took and what it added to the
resident memory.
"""

import json
import os
import sys
import tempfile
import time
import zipfile
from pathlib import Path

PAGE_MIB = os.sysconf("SC_PAGE_SIZE") / (1 << 20)
ARCHIVE = os.environ.get("ARCHIVE", "/opt/digits/model_store/digits.mar")

steps: list[dict[str, float | str]] = []
since_boot_s = float(Path("/proc/uptime").read_text().split()[0])
began_s = int(Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19]) / os.sysconf("SC_CLK_TCK")
mark_s, held_mib = time.perf_counter() - (since_boot_s - began_s), 0.0


def step(name: str) -> None:
    """Note what has happened since the last step."""
    global mark_s, held_mib
    now_s = time.perf_counter()
    now_mib = int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_MIB
    steps.append({"name": name, "seconds": round(now_s - mark_s, 3), "mib": round(now_mib - held_mib, 1)})
    mark_s, held_mib = now_s, now_mib


step("Python")
import numpy  # noqa: E402, F401

step("numpy")
import torch  # noqa: E402

torch.set_num_threads(1)
step("torch")
import PIL.Image  # noqa: E402, F401

step("Pillow")
import onnxruntime  # noqa: E402, F401

step("ONNX Runtime")
import ts.model_service_worker  # noqa: E402, F401

step("TorchServe's worker")
folder = Path(tempfile.mkdtemp())
with zipfile.ZipFile(ARCHIVE) as archive:
    archive.extractall(folder)
sys.path.insert(0, str(folder))
mark_s = time.perf_counter()
from handler.recognizer import Recognizer  # noqa: E402

recognizer = Recognizer(folder, "anatomy")
step("the model, with its golden digits")
print(json.dumps(steps))
