"""Services as an operator would run them: on TCP, with passwords, apart from Siteloop. Each stops with its block."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest

from backend.core.embedded.binaries import postgres_bin_dir
from backend.core.embedded.children import child_start, child_stop, group_kill, log_tail
from backend.core.embedded.identity import identity_choose

PASSWORD = "outside-secret"  # noqa: S105
START_TIMEOUT_S = 90.0
RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def wait_for(ready: Callable[[], bool], child: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while not ready():
        assert child.poll() is None, f"ended at once: {log_tail(log)}"
        assert time.monotonic() < deadline, f"did not answer: {log_tail(log)}"
        time.sleep(0.05)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def postgres_over_tcp(folder: Path) -> Iterator[str]:
    """The wheel's PostgreSQL on loopback with SCRAM passwords; yields a DATABASE_URL."""
    folder.mkdir(mode=0o711)
    cluster, log, secret = folder / "pg", folder / "postgres.log", folder / "secret"
    bin_dir = postgres_bin_dir()
    who = identity_choose(bin_dir, folder)
    secret.write_text(PASSWORD)
    cluster.mkdir(mode=0o700)
    if os.getuid() == 0:
        for path in (secret, cluster):
            os.chown(path, who.owner_uid, who.owner_gid)
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    with log.open("ab") as output:
        made = child_start(
            [*who.prefix, bin_dir / "initdb", "-D", cluster, "-U", "siteloop", "-A", "scram-sha-256"]
            + ["--pwfile", secret, "-E", "UTF8", "--locale=C", "--no-sync"],
            cwd=Path("/"), env=env, output=output, uid=who.uid, gid=who.gid,
        )  # fmt: skip
        assert made.wait() == 0, log_tail(log)
        port = free_port()
        child = child_start(
            [*who.prefix, bin_dir / "postgres", "-D", cluster, "-p", str(port), "-c", "listen_addresses=127.0.0.1"]
            + ["-c", "unix_socket_directories=", "-c", "fsync=off"],
            cwd=Path("/"), env=env, output=output, uid=who.uid, gid=who.gid,
        )  # fmt: skip
    url = f"postgresql://siteloop:{PASSWORD}@127.0.0.1:{port}"
    try:
        wait_for(lambda: _connects(f"{url}/postgres"), child, log)
        connection = psycopg2.connect(f"{url}/postgres")
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE siteloop")
        connection.close()
        yield f"{url}/siteloop"
    finally:
        child_stop(child, signal.SIGINT, 5)


def _connects(url: str) -> bool:
    try:
        psycopg2.connect(url).close()
    except psycopg2.OperationalError:
        return False
    return True


@contextmanager
def system_redis(folder: Path) -> Iterator[str]:
    """The distribution's Redis on loopback with a password; yields a REDIS_URL."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        pytest.skip("no redis-server here: apt install redis-server")
    folder.mkdir()
    port, log = free_port(), folder / "redis.log"
    argv = [program, "--port", str(port), "--bind", "127.0.0.1", "--requirepass", PASSWORD, "--save", ""]
    with log.open("ab") as output:
        child = child_start([*argv, "--dir", folder], output=output)
    try:
        wait_for(lambda: listens(port), child, log)
        yield f"redis://:{PASSWORD}@127.0.0.1:{port}/0"
    finally:
        child_stop(child, signal.SIGTERM, 5)


@contextmanager
def system_rabbitmq(folder: Path) -> Iterator[str]:
    """The distribution's RabbitMQ on loopback; yields a BROKER_URL."""
    if not RABBITMQ.is_file():
        pytest.skip("no RabbitMQ here: apt install rabbitmq-server")
    folder.mkdir()
    port, log, epmd_port = free_port(), folder / "rabbitmq.log", free_port()
    (folder / "rabbitmq.conf").write_text(f"listeners.tcp.1 = 127.0.0.1:{port}\n")
    (folder / "enabled_plugins").write_text("[].\n")
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),  # the Erlang cookie is written there
        "RABBITMQ_NODENAME": f"siteloop{port}@localhost",
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(epmd_port),
    }
    with log.open("ab") as output:
        child = child_start([RABBITMQ], env=env, cwd=folder, output=output)
    try:
        wait_for(lambda: listens(port), child, log)
        yield f"amqp://guest:guest@127.0.0.1:{port}//"
    finally:
        child_stop(child, signal.SIGTERM, 15)
        group_kill(child)
        epmd = shutil.which("epmd")  # Erlang's name server outlives the node that started it
        if epmd:
            subprocess.run([epmd, "-port", str(epmd_port), "-kill"], capture_output=True, check=False)


@contextmanager
def s3_bucket(folder: Path, bucket: str) -> Iterator[dict[str, str]]:
    """moto's S3 over HTTP with one bucket; yields the S3_* variables."""
    folder.mkdir()
    port, log = free_port(), folder / "moto.log"
    with log.open("ab") as output:
        argv = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        child = child_start(argv, output=output)
    settings = {
        "S3_BUCKET": bucket,
        "S3_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "S3_ACCESS_KEY_ID": "testing",
        "S3_SECRET_ACCESS_KEY": "testing",
        "S3_REGION": "us-east-1",
    }
    try:
        wait_for(lambda: listens(port), child, log)
        made = subprocess.run(
            [sys.executable, "-c", _MAKE_BUCKET, bucket, settings["S3_ENDPOINT_URL"]], check=False
        )
        assert made.returncode == 0
        yield settings
    finally:
        child_stop(child, signal.SIGTERM, 3)


_MAKE_BUCKET = """
import sys, boto3
boto3.client("s3", endpoint_url=sys.argv[2], aws_access_key_id="testing", aws_secret_access_key="testing",
             region_name="us-east-1").create_bucket(Bucket=sys.argv[1])
"""
