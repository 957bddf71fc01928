"""One embedded PostgreSQL cluster: made, started, recovered and stopped; reachable by unix socket only."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psycopg2

from backend.core.embedded.binaries import postgres_bin_dir
from backend.core.embedded.children import (
    POLL_S,
    child_start,
    child_stop,
    log_tail,
    process_command,
    process_end,
)
from backend.core.embedded.errors import DataDirUnusable, ServiceFailed
from backend.core.embedded.folders import socket_dir, socket_dir_remove
from backend.core.embedded.identity import Identity, identity_choose

USER = "siteloop"
DATABASE = "siteloop"
PORT = 5432  # names the socket file only; nothing listens on TCP
# After a crash the write-ahead log (at most max_wal_size) is replayed before the first connection.
START_TIMEOUT_S = 120.0
STOP_TIMEOUT_S = 5.0
ORPHAN_TIMEOUT_S = 15.0

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    # Threads of the web process plus the workers, with room for `psql` and tests under xdist.
    "max_connections": "150",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Short queries lose more to compiling than they win.
    "jit": "off",
    # No I/O worker processes: on two cores they cost memory and win nothing.
    "io_method": "sync",
}
# For tests only: a power cut may lose the cluster, nobody would miss it.
TEST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
}


class PostgresServer:
    """Lives under `<data_dir>/pg`; call `start()` from the main thread. Not safe to share between threads."""

    def __init__(self, data_dir: Path, *, test: bool = False) -> None:
        self.data_dir = data_dir
        self.cluster = data_dir / "pg"
        self.log = data_dir / "logs" / "postgres.log"
        self.test = test
        self.sockets: Path | None = None
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    @property
    def url(self) -> str:
        """DATABASE_URL of the running server."""
        return f"postgres://{USER}@/{DATABASE}?host={quote(str(self.sockets))}"

    def is_alive(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def start(self) -> None:
        """Make the cluster if there is none, start, wait until it answers, make the database.

        Raises BinaryMissing, DataDirUnusable, ServiceFailed.
        """
        bin_dir = postgres_bin_dir(self._cluster_major())
        who = identity_choose(bin_dir, self.data_dir)
        self._own_files(who)
        if not (self.cluster / "PG_VERSION").is_file():
            self._initdb(bin_dir, who)
        self._end_orphan()
        self.sockets = socket_dir(self.data_dir, "pg", who.owner_uid, who.owner_gid)
        with self.log.open("ab") as output:
            self._child = child_start(
                [*who.prefix, bin_dir / "postgres", "-D", self.cluster, *self._options()],
                death_signal=signal.SIGINT,  # fast shutdown: clean, and the sessions' transactions roll back
                cwd=Path("/"),
                env=_plain_environment(),
                output=output,
                uid=who.uid,
                gid=who.gid,
            )
        try:
            self._wait_ready()
            self._database_create()
        except BaseException:
            self.stop()
            raise

    def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> None:
        """Fast shutdown: open transactions roll back, committed rows are on disk."""
        if self._child is not None:
            child_stop(self._child, signal.SIGINT, timeout_s)
            self._child = None
        socket_dir_remove(self.sockets)

    def _options(self) -> list[str]:
        settings = SETTINGS | {"unix_socket_directories": str(self.sockets)}
        if self.test:
            settings |= TEST_SETTINGS
        if (self._cluster_major() or 0) < 18:
            settings.pop("io_method")
        return [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]

    def _cluster_major(self) -> int | None:
        try:
            return int((self.cluster / "PG_VERSION").read_text().split(".")[0])
        except FileNotFoundError:
            return None
        except (PermissionError, ValueError) as error:
            raise _foreign(self.cluster) from error

    def _own_files(self, who: Identity) -> None:
        """Give an existing cluster to the account that will run it: root may come by either way."""
        if not self.cluster.exists():
            self.cluster.mkdir(mode=0o700)
        owner = self.cluster.stat().st_uid
        if owner != who.owner_uid:
            if os.getuid() != 0:
                raise _foreign(self.cluster)
            for folder, _, files in os.walk(self.cluster):
                os.chown(folder, who.owner_uid, who.owner_gid)
                for name in files:
                    os.chown(Path(folder) / name, who.owner_uid, who.owner_gid, follow_symlinks=False)
        self.log.parent.mkdir(exist_ok=True)

    def _initdb(self, bin_dir: Path, who: Identity) -> None:
        argv: list[str | Path] = [
            *who.prefix, bin_dir / "initdb", "-D", self.cluster, "-U", USER, "-E", "UTF8", "--locale=C",
            "--auth-local=trust", "--auth-host=reject",
        ]  # fmt: skip
        if self.test:
            argv.append("--no-sync")
        with self.log.open("ab") as output:
            child = child_start(
                argv, cwd=Path("/"), env=_plain_environment(), output=output, uid=who.uid, gid=who.gid
            )
            code = child.wait()
        if code != 0:
            raise ServiceFailed(
                f"PostgreSQL could not make its files in {self.cluster}",
                f"see {self.log} ({log_tail(self.log)})",
            )

    def _end_orphan(self) -> None:
        """A server that outlived its parent, or a lock file of one that did not, would refuse the start."""
        lock = self.cluster / "postmaster.pid"
        try:
            pid = int(lock.read_text().splitlines()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return
        if str(self.cluster) in process_command(pid):
            if not process_end(pid, signal.SIGINT, ORPHAN_TIMEOUT_S):
                raise ServiceFailed(f"An earlier PostgreSQL (process {pid}) does not end", f"kill -9 {pid}")
        else:
            # The number was reused by some other program: PostgreSQL alone cannot tell and would refuse.
            lock.unlink(missing_ok=True)

    def _wait_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        last = ""
        while time.monotonic() < deadline:
            if not self.is_alive():
                raise ServiceFailed("PostgreSQL ended at once", f"see {self.log} ({log_tail(self.log)})")
            try:
                psycopg2.connect(host=str(self.sockets), port=PORT, user=USER, dbname="postgres").close()
            except psycopg2.OperationalError as error:
                last = str(error).strip()
                time.sleep(POLL_S)
            else:
                return
        raise ServiceFailed(
            f"PostgreSQL did not answer in {START_TIMEOUT_S:.0f} s ({last})", f"see {self.log}"
        )

    def _database_create(self) -> None:
        # In template1 too, so that the databases of tests have the extension from the start.
        for name in ("template1", "postgres", DATABASE):
            connection = psycopg2.connect(host=str(self.sockets), port=PORT, user=USER, dbname=name)
            connection.autocommit = True
            try:
                with connection.cursor() as cursor:
                    if name == "postgres":
                        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                        if cursor.fetchone() is None:
                            cursor.execute(f'CREATE DATABASE "{DATABASE}"')
                    else:
                        cursor.execute("CREATE EXTENSION IF NOT EXISTS vector")
            except psycopg2.errors.FeatureNotSupported as error:
                raise ServiceFailed(
                    "This PostgreSQL has no pgvector extension", "run `make setup`, or install pgvector"
                ) from error
            finally:
                connection.close()


def _plain_environment() -> dict[str, str]:
    """No PG* variables of the caller, no locale surprises."""
    kept = {"PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH"}
    return {key: value for key, value in os.environ.items() if key in kept} | {"LC_ALL": "C", "TZ": "UTC"}


def _foreign(cluster: Path) -> DataDirUnusable:
    return DataDirUnusable(
        f"The database in {cluster} belongs to another account",
        "start as that account, `chown -R` the data folder, or choose another --data-dir",
    )
