"""The encoder as an ONNX graph, and an encoder that runs such a graph."""

import hashlib
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from vadlit.checks import check_whole
from vadlit.config import Config, build
from vadlit.data.store import FrameEncoder
from vadlit.errors import UserError
from vadlit.extras import package_named
from vadlit.models.encoder import Encoder
from vadlit.models.normalisation import normalise

FILE = "encoder.onnx"
INPUT = "frame"
OPSET = 17

Floats = NDArray[np.float32]
# A frame, uint8 (1, 3, H, W), to the features of each tap, (1, C, h, w), valid until the next call.
Run = Callable[[NDArray[np.uint8]], Sequence[Floats]]


class Graph(Protocol):
    """Makes the graph of an encoder."""

    def make(
        self,
        encoder: Encoder,
        taps: Sequence[str],
        size: tuple[int, int],
        frames: Iterator[Tensor] | None,
    ) -> bytes:
        """An ONNX model of one uint8 frame in and the taps out; arguments as of `Backend`."""


class Float:
    """In single precision."""

    def make(
        self,
        encoder: Encoder,
        taps: Sequence[str],
        size: tuple[int, int],
        frames: Iterator[Tensor] | None,
    ) -> bytes:
        """The encoder's own operations; nothing is calibrated."""
        example = torch.zeros(1, 3, *size, dtype=torch.uint8)
        with (
            warnings.catch_warnings(),
            package_named("onnx"),
            TemporaryDirectory() as scratch,
        ):
            # Of the exporter by tracing, which needs no more packages than onnx.
            import_module("onnx")  # without it the exporter raises an error of its own
            warnings.simplefilter("ignore")
            made = Path(scratch) / FILE
            torch.onnx.export(
                _Taps(encoder, taps).eval(),
                (example,),
                made,
                input_names=[INPUT],
                output_names=list(taps),
                opset_version=OPSET,
                dynamo=False,
            )
            return made.read_bytes()


class _Taps(nn.Module):
    def __init__(self, encoder: Encoder, taps: Sequence[str]) -> None:
        super().__init__()
        self.encoder = encoder
        self.taps = tuple(taps)

    def forward(self, frames: Tensor) -> tuple[Tensor, ...]:
        features = self.encoder(normalise(frames.float() / 255), self.taps)
        return tuple(features[tap] for tap in self.taps)


class GraphEncoder:
    """Encodes frame by frame with a graph.

    Args:
        model: The ONNX model.
        taps: What it gives, in order.
        size: Height and width of a frame, pixels.
        run: What runs it.

    Attributes:
        identity: Names the graph.
    """

    def __init__(self, model: bytes, taps: Sequence[str], size: tuple[int, int], run: Run) -> None:
        self.model = model
        self.identity = hashlib.sha256(model).hexdigest()[:12]
        self.taps = tuple(taps)
        self.size = size
        self._run = run

    def encode(self, frames: Tensor, taps: Sequence[str]) -> dict[str, Tensor]:
        """Encode uint8 frames (N, 3, H, W), each by itself.

        Raises:
            UserError: The graph does not give one of the taps, or frames have another size.
        """
        if not {*taps} <= {*self.taps} or frames.shape[-2:] != self.size:
            raise UserError(
                f"The exported encoder gives {', '.join(self.taps)} of frames of {self.size}; "
                f"asked for are {', '.join(taps)} of {tuple(frames.shape[-2:])}: export it anew."
            )
        rows = [self._copied(frame[None]) for frame in frames.cpu().contiguous()]
        return {tap: torch.cat([row[tap] for row in rows]) for tap in taps}

    def _copied(self, frame: Tensor) -> dict[str, Tensor]:
        found = self._run(frame.numpy())
        return {tap: torch.from_numpy(x.copy()) for tap, x in zip(self.taps, found, strict=True)}


class GraphBackend(ABC):
    """A runtime of ONNX graphs; a child says how one is opened.

    Args:
        graph: The configuration of what makes a graph.
        threads: Of the runtime; 0 is as many as PyTorch uses.
    """

    def __init__(self, graph: Mapping[str, Any], threads: int = 0) -> None:
        check_whole("backend.threads", threads, 0)
        self.graph: Graph = build(graph, "vadlit.backends")
        self.threads = threads or torch.get_num_threads()

    @abstractmethod
    def open(self, model: bytes) -> GraphEncoder:
        """Prepare an ONNX model for use."""

    def convert(
        self,
        encoder: Encoder,
        taps: Sequence[str],
        size: tuple[int, int],
        frames: Iterator[Tensor] | None,
    ) -> FrameEncoder:
        """Make and open a graph; arguments and errors as of `Backend`."""
        if not taps:
            raise UserError("The cue looks at no features; allowed as backend is torch.")
        return self.open(self.graph.make(encoder, taps, size, frames))

    def save(self, encoder: FrameEncoder, folder: Path) -> None:
        """Write the graph."""
        assert isinstance(encoder, GraphEncoder)
        (folder / FILE).write_bytes(encoder.model)

    def load(self, config: Config, folder: Path) -> FrameEncoder:
        """Open the graph that `save` wrote."""
        try:
            return self.open((folder / FILE).read_bytes())
        except OSError as error:
            raise UserError(f"There is no encoder {folder / FILE}.") from error
