"""A Hydra multirun as a parent run, with the comparison of its jobs at the end."""

import os


def parent_run() -> str | None:
    """The sweep that this process's job belongs to; None outside a sweep."""
    return os.environ.get("VADLIT_PARENT_RUN")


from hydra.experimental.callback import Callback


class Sweep(Callback):
    """placeholder"""
