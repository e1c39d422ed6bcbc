"""ONNX Runtime, on the CPU."""

from vadlit.backends.graph import INPUT, GraphBackend, GraphEncoder
from vadlit.errors import UserError
from vadlit.extras import package_named


class Onnx(GraphBackend):
    """Runs graphs with ONNX Runtime."""

    def open(self, model: bytes) -> GraphEncoder:
        """Prepare an ONNX model for use."""
        with package_named("onnx"):
            import onnxruntime
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        try:
            session = onnxruntime.InferenceSession(model, options, ["CPUExecutionProvider"])
        except Exception as error:  # its own exceptions have no base of their own
            raise UserError("The exported encoder cannot be read by ONNX Runtime.") from error
        taps = [output.name for output in session.get_outputs()]
        height, width = session.get_inputs()[0].shape[2:]
        return GraphEncoder(
            model, taps, (height, width), lambda frame: session.run(None, {INPUT: frame})
        )
