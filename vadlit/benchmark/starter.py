"""Start a command, and tell what it took, as one line of JSON.

A process of its own, and a small one: Linux counts the memory that the starting process held into
the peak of what it starts. It imports nothing of vadlit.

Usage: starter.py OUTPUT COMMAND [ARGUMENT ...]
"""

import json
import subprocess
import sys
from resource import RUSAGE_CHILDREN, getrusage
from time import perf_counter


def main() -> None:
    """Run the command of `sys.argv` to its end; what it writes goes to the file OUTPUT."""
    with open(sys.argv[1], "wb") as output:
        start = perf_counter()
        done = subprocess.run(sys.argv[2:], stdout=output, stderr=subprocess.STDOUT, check=False)
        seconds = perf_counter() - start
    # Of all that it has started, which is this one.
    peak = getrusage(RUSAGE_CHILDREN).ru_maxrss / (2**30 if sys.platform == "darwin" else 2**20)
    print(json.dumps({"seconds": seconds, "peak": peak, "code": done.returncode}))


if __name__ == "__main__":
    main()
