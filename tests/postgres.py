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
from collections.abc import Iterator, Sequence
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
    try:
        server = Server(folder, durable=durable)
        server.create()
        server.start()
        try:
            yield server.address, server.pid
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Server:
    """One PostgreSQL over a data folder in ``folder``; it can be stopped and started again."""

    def __init__(self, folder: Path, *, durable: bool, options: Sequence[str] = ()) -> None:
        self.folder = folder
        self.port = _free_port()
        self.account = _account(folder)
        self.options = (CONNECTIONS, *options) if durable else (CONNECTIONS, *CARELESS, *options)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return self.of("postgres")

    def of(self, database: str) -> str:
        """The address of one of the server's databases."""
        return f"postgres://cutscore@127.0.0.1:{self.port}/{database}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def create(self, *arguments: str) -> None:
        """Make the data folder; ``arguments`` go to initdb."""
        subprocess.run(
            [_program("initdb"), "-D", self.folder / "data", "-U", "cutscore", "-A", "trust",
             "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", *arguments],
            check=True, stdout=subprocess.DEVNULL, cwd=self.folder, **self.account,
        )  # fmt: skip

    def start(self) -> None:
        """Serve the folder; returns once it answers. Raises SystemExit when it does not."""
        options = [part for option in self.options for part in ("-c", option)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [_program("postgres"), "-D", self.folder / "data", "-p", str(self.port),
                 "-k", self.folder, "-c", "listen_addresses=127.0.0.1", *options],
                stdout=log, stderr=log, cwd=self.folder, **self.account,
            )  # fmt: skip
        try:
            _wait_for(self._process, self.port, self.folder / "log")
        except BaseException:
            self.stop()
            raise

    def stop(self, signal: int = SIGINT) -> None:
        """SIGINT ends sessions, then stops; SIGQUIT drops everything, as a crash would."""
        if self._process is not None:
            self._process.send_signal(signal)
            self._process.wait(60)
            self._process = None


def restore(dump: Path, address: str) -> None:
    """Fill the empty database at ``address`` from a file that pg_dump wrote."""
    subprocess.run(
        [_program("pg_restore"), "--exit-on-error", "--no-owner", "-d", address, dump], check=True
    )


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
