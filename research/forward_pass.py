"""`python -m research.forward_pass`: what a forward pass costs, with other arithmetic, runtimes and networks.

All variants take turns in one process on one core, and the CPU time of each is divided by that of the first, so that
other programs disturb the result little. Networks that were not trained have random weights. OpenVINO is measured if it
is installed. `--avx2` measures a copy of ONNX Runtime that does not see AVX-512. Both write `forward_pass.json`.
"""

import argparse
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from onnxruntime.quantization import CalibrationDataReader, QuantType, quantize_static
from torch import Tensor, nn

from handler.calibration import CLASSES, Logits
from handler.onnx_model import OnnxModel
from handler.preprocessing import SIZE, Pixels
from tools.figures import experiments
from train.data.folder import DEFAULT_FOLDER
from train.data.mnist import load_mnist
from train.export import export_onnx
from train.model_store import MODEL_STORE, read_model

RESULTS = Path(__file__).with_name("forward_pass.json")
COMMITTED = "committed"
INT8 = {8: "int8", 7: "int8, weights of 7 bits"}
# Outputs of each convolution, 3×3 unless 5x stands before; s: stride 2, p: padded, d: depthwise, then 1×1.
# pool+ rounds the size up.
NETWORKS = (
    "16 16s 32 32sp 64p 64",
    "8 16s 32 32sp 64 64p",
    "5x16s 32 32sp 64 64p",
    "16 16s 32d 32d pool 64d 64d",
    "16 pool 16 32s 64p 64",
    "16 pool 16 32 pool+ 64p 64",
    "16 pool 16 32 pool 64p 64",
)
BATCHES = (1, 32, 256)
SECONDS = 0.15  # for each variant and batch
CACHES = 1 << 20  # float64: 8 MiB, read before each pass of one picture with cold caches
AVX2 = "ONNX_RUNTIME_WITHOUT_AVX512"

Run = Callable[[Pixels], Logits]


class Network(nn.Module):
    """A network like `DigitNet`, of other layers."""

    def __init__(self, layers: str) -> None:
        super().__init__()
        channels, features = 1, list[nn.Module]()
        for layer in layers.split():
            if not (parts := re.fullmatch(r"(5x)?(\d+)([spd]*)", layer)):
                features.append(nn.MaxPool2d(2, ceil_mode=layer == "pool+"))
                continue
            outputs, flags = int(parts[2]), parts[3]
            if "d" in flags:
                depthwise = nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False)
                features += [depthwise, nn.BatchNorm2d(channels), nn.Conv2d(channels, outputs, 1, bias=False)]
            else:
                kernel, stride, padding = 5 if parts[1] else 3, 2 if "s" in flags else 1, int("p" in flags)
                features.append(nn.Conv2d(channels, outputs, kernel, stride, padding, bias=False))
            features += [nn.BatchNorm2d(outputs), nn.ReLU()]
            channels = outputs
        self.features = nn.Sequential(*features)
        self.head = nn.LazyLinear(CLASSES + 1)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return the logits, as `DigitNet.forward` does."""
        logits: Tensor = self.head(self.features(pictures.float().div(255).unsqueeze(1)).flatten(1))
        return logits


def measure(runs: dict[str, Run]) -> dict[str, dict[str, float]]:
    """Return the CPU microseconds a picture of each variant: with cold caches, and for each batch."""
    cold = np.ones(CACHES)
    measured: dict[str, dict[str, float]] = {name: {} for name in runs}
    for count, evict in ((1, True), *((count, False) for count in BATCHES)):
        pictures = np.random.default_rng(0).integers(0, 256, (count, SIZE, SIZE), dtype=np.uint8)
        seconds: dict[str, list[float]] = {name: [] for name in runs}
        end = time.process_time() + SECONDS * len(runs)
        while time.process_time() < end:
            for name, run in runs.items():
                for _ in range(1 if evict or count > 1 else 20):
                    if evict:
                        cold.sum()
                    began = time.process_time()
                    run(pictures)
                    seconds[name].append(time.process_time() - began)
        for name, values in seconds.items():
            key = "cold" if evict else str(count)
            measured[name][key] = 1e6 * float(np.percentile(values, 10)) / count  # the rest was disturbed
    return measured


def quantized(source: Path, target: Path, calibration: Pixels, *, bits: int) -> Run:
    """Return a network of which the arithmetic, too, has 8 bits and the weights `bits`, 7 or 8."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    options.optimized_model_filepath = str(target)  # the weights are float32 in it
    onnxruntime.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])

    class Reader(CalibrationDataReader):  # type: ignore[misc]
        batches: Iterator[Pixels] = iter(np.split(calibration, 16))

        def get_next(self) -> dict[str, Pixels] | None:
            batch = next(self.batches, None)
            return None if batch is None else {"pictures": batch}

    types = {"activation_type": QuantType.QUInt8, "weight_type": QuantType.QInt8}
    quantize_static(str(target), str(target), Reader(), per_channel=True, reduce_range=bits == 7, **types)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(target), options, providers=["CPUExecutionProvider"])
    return lambda pictures: session.run(["logits"], {"pictures": pictures})[0]


def openvino(path: Path) -> Run:
    """Return a network in OpenVINO, compiled for each number of pictures, which is faster than for any number."""
    core = importlib.import_module("openvino").Core()
    requests = {}
    for count in BATCHES:
        model = core.read_model(path)
        model.reshape([count, SIZE, SIZE])
        threads = {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1, "PERFORMANCE_HINT": "LATENCY"}
        compiled = core.compile_model(model, "CPU", {**threads, "INFERENCE_PRECISION_HINT": "f32"})
        requests[count] = compiled.create_infer_request()

    def run(pictures: Pixels) -> Logits:
        request = requests[len(pictures)]
        request.infer({0: pictures}, share_inputs=True)
        return np.array(request.get_output_tensor(0).data)

    return run


def variants(folder: Path, calibration: Pixels) -> tuple[dict[str, Run], dict[str, int]]:
    """Return how to run each variant, and how many multiplications each network takes."""
    committed, _ = read_model(MODEL_STORE)
    path = folder / "committed.onnx"
    export_onnx(committed, path)
    runs: dict[str, Run] = {COMMITTED: OnnxModel(path).logits}
    sizes = {COMMITTED: multiplications(committed)}
    for bits, name in INT8.items():
        runs[name] = quantized(path, folder / f"{bits}.onnx", calibration, bits=bits)
    for name in NETWORKS:
        net = Network(name).eval()
        net(torch.zeros(1, SIZE, SIZE))  # which tells the head its inputs
        sizes[name] = multiplications(net)
        export_onnx(net, folder / "random.onnx")
        runs[name] = OnnxModel(folder / "random.onnx").logits
    return runs, sizes


def multiplications(net: nn.Module) -> int:
    """Count the multiplications for one picture."""
    counts = []

    def count(layer: nn.Module, _: tuple[Tensor, ...], output: Tensor) -> None:
        counts.append(next(layer.parameters())[0].numel() * output[0].numel())

    for layer in net.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            layer.register_forward_hook(count)
    net(torch.zeros(1, SIZE, SIZE))
    return sum(counts)


def without_avx512(folder: Path) -> None:
    """Copy ONNX Runtime to a folder, with AVX-512 cleared from what the operating system says it supports."""
    package = Path(onnxruntime.__file__).parent
    shutil.copytree(package, folder / package.name)
    [library] = (folder / package.name / "capi").glob("onnxruntime_pybind11_state*.so")
    xgetbv, clear = b"\x0f\x01\xd0", b"\x24\x1f"  # … and al, 0x1f, in place of mov eax, eax
    library.write_bytes(library.read_bytes().replace(xgetbv + b"\x89\xc0", xgetbv + clear))


def main() -> None:
    """Measure all variants and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="folder of MNIST/")
    parser.add_argument("--avx2", action="store_true", help="without AVX-512")
    arguments = parser.parse_args()
    if arguments.avx2 and AVX2 not in os.environ:
        with tempfile.TemporaryDirectory() as folder:
            without_avx512(Path(folder))
            environment = {**os.environ, AVX2: "yes", "PYTHONPATH": folder}
            raise SystemExit(
                subprocess.call([sys.executable, "-m", "research.forward_pass", *sys.argv[1:]], env=environment)
            )
    mnist = load_mnist(arguments.data)
    digits = mnist["validation"]
    with tempfile.TemporaryDirectory() as folder:
        runs, sizes = variants(Path(folder), mnist["train"].pictures[:512])
        measured = measure(runs)
        if importlib.util.find_spec("openvino") and not arguments.avx2:
            rivals = {"OpenVINO": "committed.onnx", "OpenVINO, int8": "8.onnx"}
            # Apart from the others, whose turns its waiting threads would disturb.
            apart = measure({COMMITTED: runs[COMMITTED], **{x: openvino(Path(folder) / rivals[x]) for x in rivals}})
            for rival in rivals:
                costs = {key: us / apart[COMMITTED][key] for key, us in apart[rival].items()}
                measured[rival] = {key: ratio * measured[COMMITTED][key] for key, ratio in costs.items()}
    for name, size in sizes.items():
        measured[name]["multiplications"] = size
    for name in (COMMITTED, *INT8.values()):
        right = runs[name](digits.pictures)[:, :CLASSES].argmax(axis=1) == digits.labels
        measured[name]["mnist"] = round(100 * float(right.mean()), 2)
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    results["AVX2" if arguments.avx2 else "AVX-512"] = measured
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    print(experiments.forward_pass(results))


if __name__ == "__main__":
    main()
