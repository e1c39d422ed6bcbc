"""`vadlit COMMAND`: a thin dispatcher; a command is imported when it is called."""

import os
import sys
from importlib import import_module

from vadlit import __version__

COMMANDS = {
    "train": "train a model on normal footage, evaluate and log it",
    "evaluate": "score a trained model on a test split",
    "tune": "find settings for one's own footage, without labels",
    "detect": "score footage and raise alarms with a trained model",
    "export": "a trained model as a folder, for a faster back end",
    "prepare": "make a data set of own footage: crop, resize, split, label",
    "simulate": "film a production line that is not there, with exact labels",
    "cache": "what the cache of frames and features holds, and making room in it",
    "benchmark": "how fast everything is, against its alternatives and its goals",
}
USAGE = """Video anomaly detection for production lines, trained on normal footage alone.

usage: vadlit COMMAND [SETTING=VALUE ...] [-m]

commands:
{commands}

vadlit COMMAND --help shows a command's settings; -m sweeps over a=1,2,3.
"""
# glibc gives freed tensors back to the kernel at once: half of a training step would be page
# faults (measured: 0.71 s a step against 0.52 s). It reads these before the program starts.
MALLOC = {"MALLOC_TRIM_THRESHOLD_": "4000000000", "MALLOC_MMAP_THRESHOLD_": "4000000000"}
# The threads of a detector share one heap: 80 MiB less and no slower, while a training step would
# take a twentieth more.
WATCHING = MALLOC | {"MALLOC_ARENA_MAX": "1"}


def main() -> None:
    """Run the command of `sys.argv`; a person's mistake ends in one sentence and exit code 2."""
    try:
        _dispatch(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader, `head` say, has seen enough; Python is not to flush once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _dispatch(arguments: list[str]) -> None:
    if not arguments or arguments[0] in ("-h", "--help"):
        print(usage())
    elif arguments[0] in ("-V", "--version"):
        print(f"vadlit {__version__}")
    elif arguments[0] not in COMMANDS:
        allowed = ", ".join(COMMANDS)
        print(f"vadlit: {arguments[0]} is no command; allowed are {allowed}.", file=sys.stderr)
        sys.exit(2)
    else:
        _tune_malloc(WATCHING if arguments[0] == "detect" else MALLOC)
        _run(*arguments)


def usage() -> str:
    """What `vadlit --help` prints."""
    lines = (f"  {name:10}{does}" for name, does in COMMANDS.items())
    return USAGE.format(commands="\n".join(lines))


def _run(command: str, *arguments: str) -> None:
    sys.argv = [f"vadlit {command}", *("json=true" if a == "--json" else a for a in arguments)]
    # Hydra then passes exceptions on instead of printing its own.
    os.environ["HYDRA_FULL_ERROR"] = "1"
    from vadlit.explaining import explained
    from vadlit.mistakes import mistakes_told

    try:
        with mistakes_told():
            if {"-h", "--help"} & {*arguments}:
                print(explained(command))
            else:
                import_module(f"vadlit.commands.{command}").main()
    except KeyboardInterrupt:
        sys.exit(130)


def _tune_malloc(settings: dict[str, str]) -> None:
    if sys.platform == "linux" and not settings.keys() <= os.environ.keys():
        os.environ.update(settings)
        os.execv(sys.executable, sys.orig_argv)


if __name__ == "__main__":
    main()
