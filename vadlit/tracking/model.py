"""The detector as an MLflow model, from code and plain files: nothing is pickled."""

import logging
from pathlib import Path
from tempfile import TemporaryDirectory

import mlflow.pyfunc
import numpy as np
from mlflow.models import ModelSignature
from mlflow.types import Schema, TensorSpec

from vadlit import __version__
from vadlit.tracking.run import Tracker

CODE = Path(__file__).with_name("served.py")
# Any number of RGB frames of any size; MLflow refuses other input before the detector sees it.
SIGNATURE = ModelSignature(inputs=Schema([TensorSpec(np.dtype(np.uint8), (-1, -1, -1, 3))]))


def log_detector(tracker: Tracker, folder: Path) -> None:
    """Log the folder that `saved.save` wrote, as the run's MLflow model `detector`."""
    logging.getLogger("mlflow.pyfunc").setLevel(logging.WARNING)
    with TemporaryDirectory() as scratch:
        model = Path(scratch) / "model"
        mlflow.pyfunc.save_model(
            str(model),
            python_model=str(CODE),
            artifacts={"detector": str(folder)},
            pip_requirements=[f"vadlit=={__version__}"],
            signature=SIGNATURE,
            input_example=np.zeros((5, 32, 32, 3), np.uint8),
        )
        tracker.log_folder(model, "detector")
