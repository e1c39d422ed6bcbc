"""Graphs give the features of PyTorch: in single precision within 1e-4, in 8 bits roughly."""

import ctypes
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.backends.extras import need
from tests.detectors import encoder
from vadlit.backends.graph import FILE, GraphBackend, GraphEncoder
from vadlit.backends.onnx import Onnx
from vadlit.backends.openvino import OpenVINO
from vadlit.errors import UserError

SIZE = (64, 96)
FLOAT = {"_target_": "vadlit.backends.graph.Float"}
INT8 = {"_target_": "vadlit.backends.int8.Int8"}
RUNTIMES: dict[str, tuple[str, type[GraphBackend]]] = {
    "onnx": ("onnxruntime", Onnx),
    "openvino": ("openvino", OpenVINO),
}


def frames(count: int, size: tuple[int, int] = SIZE, seed: int = 0) -> Tensor:
    """Random patches of 8x8 pixels."""
    generator = torch.Generator().manual_seed(seed)
    height, width = size
    patches = torch.randint(0, 256, (count, 3, height // 8, width // 8), generator=generator)
    return patches.repeat_interleave(8, 2).repeat_interleave(8, 3).to(torch.uint8)


@pytest.fixture(params=RUNTIMES)
def runtime(request: pytest.FixtureRequest) -> type[GraphBackend]:
    package, backend = RUNTIMES[request.param]
    need("onnx", "onnxruntime", package)
    return backend


def converted(
    backend: GraphBackend, taps: Sequence[str], calibration: Iterator[Tensor] | None = None
) -> GraphEncoder:
    made = backend.convert(encoder(), taps, SIZE, calibration)
    assert isinstance(made, GraphEncoder)
    return made


@pytest.mark.parametrize("taps", [("layer2",), ("layer1", "layer2", "layer3", "layer4")])
def test_single_precision_gives_the_features_of_torch(
    runtime: type[GraphBackend], taps: tuple[str, ...]
) -> None:
    made, images = converted(runtime(FLOAT), taps), frames(3)
    found, expected = made.encode(images, taps[::-1]), encoder().encode(images, taps)
    assert list(found) == list(taps[::-1])
    for tap in taps:
        assert found[tap].shape == expected[tap].shape
        assert expected[tap].max() > 1
        assert torch.allclose(found[tap], expected[tap], atol=1e-4)
    # A graph ends with the deepest of the taps: the first two stages have 683 thousand weights.
    assert len(taps) > 1 or len(made.model) < 4 * 750_000


def test_eight_bits_give_nearly_those(runtime: type[GraphBackend]) -> None:
    made = converted(runtime(INT8), ("layer2",), iter(frames(8)))
    images = frames(3, seed=1)
    found, expected = (x.encode(images, ("layer2",))["layer2"] for x in (made, encoder()))
    assert np.corrcoef(found.flatten(), expected.flatten())[0, 1] > 0.995
    assert not torch.allclose(found, expected, atol=1e-4)
    assert len(made.model) < 750_000 + 50_000


def test_a_saved_encoder_is_the_same(runtime: type[GraphBackend], tmp_path: Path) -> None:
    backend = runtime(FLOAT)
    made = converted(backend, ("layer2",))
    backend.save(made, tmp_path)
    loaded = backend.load({}, tmp_path)
    assert loaded.identity == made.identity != encoder().identity
    images = frames(2)
    found, expected = (x.encode(images, ("layer2",))["layer2"] for x in (loaded, made))
    assert torch.equal(found, expected)


def test_features_stay_when_the_next_frame_comes(runtime: type[GraphBackend]) -> None:
    made = converted(runtime(FLOAT), ("layer2",))
    first = made.encode(frames(1), ("layer2",))["layer2"]
    before = first.clone()
    made.encode(frames(1, seed=1), ("layer2",))
    assert torch.equal(first, before)


def test_what_the_graph_does_not_give_is_told(runtime: type[GraphBackend]) -> None:
    made = converted(runtime(FLOAT), ("layer2",))
    with pytest.raises(UserError, match=r"gives layer2 .* asked for are layer4"):
        made.encode(frames(1), ("layer4",))
    with pytest.raises(UserError, match=r"of frames of \(64, 96\).* of \(32, 32\)"):
        made.encode(frames(1, (32, 32)), ("layer2",))


def test_broken_graphs_are_told(runtime: type[GraphBackend], tmp_path: Path) -> None:
    backend = runtime(FLOAT)
    with pytest.raises(UserError, match=r"There is no encoder .*encoder\.onnx"):
        backend.load({}, tmp_path)
    (tmp_path / FILE).write_bytes(b"no graph")
    with pytest.raises(UserError, match="The exported encoder cannot be read by"):
        backend.load({}, tmp_path)


def test_eight_bits_need_footage(runtime: type[GraphBackend]) -> None:
    with pytest.raises(UserError, match="needs normal footage for its ranges"):
        converted(runtime(INT8), ("layer2",))


def test_a_cue_without_features_needs_no_graph(runtime: type[GraphBackend]) -> None:
    with pytest.raises(UserError, match="looks at no features; allowed as backend is torch"):
        converted(runtime(FLOAT), ())


@pytest.mark.parametrize(
    ("kind", "package"), [("onnx", "onnxruntime"), ("openvino", "openvino"), ("onnx", "onnx")]
)
def test_a_missing_package_is_told(
    kind: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(UserError, match=rf"{package} is missing; pip install 'vadlit\[{kind}\]'"):
        RUNTIMES[kind][1](FLOAT if package != "onnx" else INT8).convert(
            encoder(), ("layer2",), SIZE, iter(frames(1))
        )


def test_nobody_is_called(tmp_path: Path) -> None:
    """Its telemetry leaves an identity in the home folder before it sends anything."""
    need("openvino")
    code = """
from vadlit.backends.openvino import OpenVINO
try:
    OpenVINO({"_target_": "vadlit.backends.graph.Float"}).open(b"")
except Exception as error:
    print(error)
"""
    home = {"HOME": str(tmp_path), "CI": "false"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, env=os.environ | home, capture_output=True, text=True, check=True
    )
    assert "cannot be read by OpenVINO" in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the stack")
def test_signals_find_the_stack_they_had() -> None:
    """What a model puts in its place is gone with the model."""
    need("openvino")
    before = signal_stack()
    model = OpenVINO(FLOAT).convert(encoder(), ("layer2",), SIZE, None)
    assert signal_stack() == before
    del model
    assert signal_stack() == before


def signal_stack() -> bytes:
    found = ctypes.create_string_buffer(64)
    ctypes.CDLL(None).sigaltstack(None, found)
    return found.raw


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"threads": -1}, "backend.threads is -1"),
        ({"threads": 1.5}, "backend.threads is 1.5"),
        ({"precision": "f16"}, "backend.precision is f16; allowed are f32 and bf16"),
    ],
)
def test_mistakes(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        OpenVINO(FLOAT, **settings)
