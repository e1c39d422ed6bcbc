"""The detector as an MLflow model, from code and plain files: nothing is pickled."""

from pathlib import Path
from tempfile import TemporaryDirectory

import mlflow.pyfunc

from vadlit import __version__
from vadlit.tracking.run import Tracker

CODE = Path(__file__).with_name("served.py")


def log_detector(tracker: Tracker, folder: Path) -> None:
    """Log the folder that `Detector.save` wrote, as the run's MLflow model `detector`."""
    with TemporaryDirectory() as scratch:
        model = Path(scratch) / "model"
        mlflow.pyfunc.save_model(
            str(model),
            python_model=str(CODE),
            artifacts={"detector": str(folder)},
            pip_requirements=[f"vadlit=={__version__}"],
        )
        tracker.log_folder(model, "detector")
