"""PostgreSQL from Debian's packages, on a socket in a folder of its own, and MLflow before it."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

# Seconds until a server has to answer.
PATIENCE = 300


def tool(name: str) -> str:
    """Where a program of PostgreSQL lies; the test is skipped where there is none."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / name).exists():
            return str(folder / name)
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"no {name}; apt-get install postgresql brings it")
    return found


def owner() -> str | None:
    """Who runs it, as it refuses to be run by root: the user that its package makes."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        pytest.skip("no user postgres; PostgreSQL is not run by root")


@contextmanager
def postgres() -> Iterator[str]:
    """Run a new server with an empty database; yield its address, which is no network's."""
    initdb, ctl, user = tool("initdb"), tool("pg_ctl"), owner()
    # Not pytest's folder, which only its owner may enter.
    with tempfile.TemporaryDirectory(prefix="vadlit-postgres-") as made:
        folder = Path(made)
        if user is not None:
            shutil.chown(folder, user)
        data, log = folder / "data", folder / "log"

        def run(*command: str | Path) -> None:
            subprocess.run(command, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL)

        run(initdb, "-D", data, "-U", "vadlit", "--auth=trust", "--no-sync", "--no-instructions")
        run(ctl, "-D", data, "-l", log, "-w", "start", "-o", f"-k {folder} -c listen_addresses=''")
        try:
            yield f"postgresql+psycopg://vadlit@/postgres?host={folder}"
        finally:
            run(ctl, "-D", data, "-m", "immediate", "-w", "stop")


@contextmanager
def mlflow_server(database: str, artifacts: Path) -> Iterator[str]:
    """Run MLflow's server on loopback, artifacts through it; yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    stores = ["--backend-store-uri", database, "--artifacts-destination", str(artifacts)]
    place = ["--host", "127.0.0.1", "--port", port, "--workers", "1"]
    server = subprocess.Popen(
        [sys.executable, "-m", "mlflow", "server", *stores, *place],
        # Jobs of the server's own take long to start, and are not needed.
        env=os.environ | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(f"{address}/health", server)
        yield address
    finally:
        server.terminate()
        server.communicate(timeout=PATIENCE)


def _wait_for(address: str, server: "subprocess.Popen[str]") -> None:
    for _ in range(PATIENCE * 10):
        assert server.poll() is None, server.communicate()[1]
        try:
            with urlopen(address, timeout=1):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"{address} does not answer")
