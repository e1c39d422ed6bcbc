"""OpenVINO, on the CPU."""

import ctypes
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

from vadlit.backends.graph import GraphBackend, GraphEncoder
from vadlit.errors import UserError
from vadlit.extras import package_named

PRECISIONS = ("f32", "bf16")


class OpenVINO(GraphBackend):
    """Runs graphs with OpenVINO.

    Args:
        graph: The configuration of what makes a graph.
        threads: 0 is as many as PyTorch uses.
        precision: `f32`, or `bf16`, which is fast where the processor knows it, and coarser.
    """

    def __init__(self, graph: Mapping[str, Any], threads: int = 0, precision: str = "f32") -> None:
        super().__init__(graph, threads)
        if precision not in PRECISIONS:
            allowed = " and ".join(PRECISIONS)
            raise UserError(f"backend.precision is {precision}; allowed are {allowed}.")
        self.precision = precision

    def open(self, model: bytes) -> GraphEncoder:
        """Prepare an ONNX model for use."""
        openvino = _silent()
        settings = {
            "INFERENCE_NUM_THREADS": self.threads,
            "INFERENCE_PRECISION_HINT": self.precision,
            "PERFORMANCE_HINT": "LATENCY",
        }
        core = openvino.Core()
        try:
            with _signal_stack_kept():
                compiled = core.compile_model(core.read_model(model), "CPU", settings)
        except RuntimeError as error:
            raise UserError("The exported encoder cannot be read by OpenVINO.") from error
        request = compiled.create_infer_request()

        def run(frame: Any) -> list[Any]:
            request.infer([frame], share_inputs=True)
            return [request.get_output_tensor(i).data for i in range(len(compiled.outputs))]

        taps = [output.get_any_name() for output in compiled.outputs]
        height, width = list(compiled.inputs[0].shape)[2:]
        return GraphEncoder(model, taps, (height, width), run)


def _silent() -> ModuleType:
    """The package without its telemetry, which calls home whenever it is imported."""
    with package_named("openvino"):
        sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
        return import_module("openvino")


@contextmanager
def _signal_stack_kept() -> Iterator[None]:
    """Keep the thread's stack for signals.

    Compiling a model puts another in its place, which is gone with the model (OpenVINO 2026.4): the
    next Ctrl-C, or the end of a process of one's own, would be a segmentation fault.
    """
    if sys.platform != "linux":
        yield
        return
    call = ctypes.CDLL(None).sigaltstack
    kept = ctypes.create_string_buffer(64)  # a stack_t has 24 bytes
    call(None, kept)
    try:
        yield
    finally:
        call(kept, None)
