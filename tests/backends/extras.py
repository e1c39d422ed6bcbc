"""Optional packages, looked for without being imported: OpenVINO's telemetry calls home."""

from importlib.util import find_spec

import pytest


def need(*packages: str) -> None:
    """Skip a test, with the reason, where a package is absent."""
    for package in packages:
        if find_spec(package) is None:
            pytest.skip(f"no {package}; pip install 'vadlit[onnx,openvino]' brings it")
