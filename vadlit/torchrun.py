"""The processes of one training: started by torchrun, on one machine by this program itself."""

import logging
import os
import sys

import torch
from lightning_fabric.plugins.environments.cluster_environment import ClusterEnvironment
from lightning_fabric.plugins.environments.slurm import SLURMEnvironment
from lightning_fabric.plugins.environments.torchelastic import TorchElasticEnvironment
from torch.distributed.elastic.multiprocessing.api import SignalException
from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
from torch.distributed.run import parse_args, run


def started() -> bool:
    """Whether torchrun or SLURM has started this process, and the others with it."""
    return _environment() is not None


def first() -> bool:
    """Whether this process is the first of those started, or alone."""
    environment = _environment()
    return environment is None or environment.global_rank() == 0


def start(processes: int, *command: str) -> None:
    """Run a command of vadlit in several processes on this machine.

    The first of them tells what there is to tell; where one fails, the others end with it, and
    this program with its exit code.
    """
    logging.getLogger("torch.distributed.elastic").setLevel(logging.CRITICAL)
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, torch.get_num_threads() // processes)))
    given = ["--standalone", f"--nproc-per-node={processes}", "-m", "vadlit.cli", *command]
    try:
        run(parse_args(given))  # type: ignore[no-untyped-call]
    except ChildFailedError as error:
        _, failure = error.get_first_failure()
        sys.exit(max(failure.exitcode, 1))
    except SignalException as signal:
        sys.exit(128 + signal.sigval)


def _environment() -> ClusterEnvironment | None:
    known: tuple[type[ClusterEnvironment], ...] = (TorchElasticEnvironment, SLURMEnvironment)
    return next((environment() for environment in known if environment.detect()), None)
