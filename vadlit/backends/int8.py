"""A graph in integers of 8 bits: a third of the time, and a little coarser."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from torch import Tensor

from vadlit.backends.graph import INPUT, Float
from vadlit.errors import UserError
from vadlit.extras import package_named
from vadlit.models.encoder import Encoder


class Int8:
    """Weights channel by channel; each layer's range is that of normal footage.

    Weights keep to 7 of the 8 bits: processors without VNNI add pairs of products in 16, where
    8 bits overflow, and the detector is to give the same everywhere.

    Source: Jacob et al.: Quantization and training of neural networks for efficient
    integer-arithmetic-only inference. CVPR 2018.
    """

    def make(
        self,
        encoder: Encoder,
        taps: Sequence[str],
        size: tuple[int, int],
        frames: Iterator[Tensor] | None,
    ) -> bytes:
        """The encoder between pairs of quantise and dequantise, which both runtimes fuse."""
        if frames is None:
            raise UserError(
                "An encoder in 8-bit integers needs normal footage for its ranges; make one with "
                "vadlit export checkpoint=FILE.ckpt backend=NAME out=DIR, then checkpoint=DIR."
            )
        with package_named("onnx"), TemporaryDirectory() as scratch:
            from onnxruntime.quantization import QuantType, quantize_static
            from onnxruntime.quantization.shape_inference import quant_pre_process

            plain, inferred, made = (Path(scratch) / f"{name}.onnx" for name in "abc")
            plain.write_bytes(Float().make(encoder, taps, size, None))
            quant_pre_process(plain, inferred, skip_symbolic_shape=True)
            quantize_static(
                inferred,
                made,
                _Reader(frames),
                per_channel=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                reduce_range=True,
            )
            return made.read_bytes()


class _Reader:
    """Hands frames to the calibration one by one."""

    def __init__(self, frames: Iterator[Tensor]) -> None:
        self.frames = frames

    def get_next(self) -> dict[str, Any] | None:
        frame = next(self.frames, None)
        return None if frame is None else {INPUT: frame[None].numpy()}
