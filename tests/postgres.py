"""``python -m tests.postgres COMMAND ...``: run a command beside a PostgreSQL of its own.

The server lives in a temporary folder on a free loopback port, the command finds it in
``DATABASE_URL``, and it is stopped (by its process id) and removed when the command ends.
"""

from __future__ import annotations

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
from signal import SIGINT
from typing import Any

START_SECONDS = 30
# A throw-away server: what a crash would lose does not matter here. Connections: for the test
# that has two hundred threads submit at once.
CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
CONNECTIONS = "max_connections=300"


@contextmanager
def running(*, durable: bool = False) -> Iterator[tuple[str, int]]:
    """Start PostgreSQL; yields the address for ``DATABASE_URL`` and the server's process id.

    ``durable`` syncs every commit to disk, as a real server does.
    """
    folder = Path(tempfile.mkdtemp(prefix="cutscore-postgres-"))
    account = _account(folder)
    try:
        data, port = folder / "data", _free_port()
        subprocess.run(
            [_program("initdb"), "-D", data, "-U", "cutscore", "-A", "trust", "-E", "UTF8",
             "--locale=C.UTF-8", "--no-sync"],
            check=True, stdout=subprocess.DEVNULL, cwd=folder, **account,
        )  # fmt: skip
        chosen = (CONNECTIONS,) if durable else (CONNECTIONS, *CARELESS)
        options = [part for option in chosen for part in ("-c", option)]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [_program("postgres"), "-D", data, "-p", str(port), "-k", folder,
                 "-c", "listen_addresses=127.0.0.1", *options],
                stdout=log, stderr=log, cwd=folder, **account,
            )  # fmt: skip
        try:
            _wait_for(server, port, folder / "log")
            yield f"postgres://cutscore@127.0.0.1:{port}/postgres", server.pid
        finally:
            server.send_signal(SIGINT)  # "fast shutdown": ends sessions, then stops
            server.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _account(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: hand the folder to an account that may."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(folder, user.pw_uid, user.pw_gid)
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise SystemExit("There is no account that PostgreSQL could run under.")


def _program(name: str) -> str:
    """PostgreSQL's server programs are rarely on the path: Debian keeps them by version."""
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    folders = sorted(versions, key=lambda path: int(path.parent.name), reverse=True)
    path = os.pathsep.join([*map(str, folders), os.environ.get("PATH", "")])
    if (found := shutil.which(name, path=path)) is None:
        raise SystemExit(f"PostgreSQL is not installed: there is no {name}.")
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Return once the server answers. Raises SystemExit with its log when it does not."""
    end = time.monotonic() + START_SECONDS
    ready = [_program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(ready, check=False).returncode:
        if server.poll() is not None or time.monotonic() > end:
            raise SystemExit(f"PostgreSQL did not start:\n{log.read_text()}")
        time.sleep(0.1)


def main(command: list[str]) -> int:
    with running() as (address, _):
        environment = os.environ | {"DATABASE_URL": address}
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
