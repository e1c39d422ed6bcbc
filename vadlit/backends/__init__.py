"""What runs the encoder: PyTorch, or a graph of it in ONNX Runtime or OpenVINO."""
