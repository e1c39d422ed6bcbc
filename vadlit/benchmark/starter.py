"""Start a command, and tell what it took, as one line of JSON.

A process of its own, and a small one: Linux counts the memory that the starting process held into
the peak of what it starts. It imports nothing of vadlit.

Usage: starter.py OUTPUT COMMAND [ARGUMENT ...]
"""

import json
import os
import subprocess
import sys
from time import perf_counter


def main() -> None:
    """Run the command of `sys.argv` to its end; what it writes goes to the file OUTPUT."""
    with open(sys.argv[1], "wb") as output:
        start = perf_counter()
        process = subprocess.Popen(sys.argv[2:], stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = perf_counter() - start
    unit = 2**30 if sys.platform == "darwin" else 2**20
    code = os.waitstatus_to_exitcode(status)
    print(json.dumps({"seconds": seconds, "peak": usage.ru_maxrss / unit, "code": code}))


if __name__ == "__main__":
    main()
