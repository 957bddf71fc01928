"""Checks before anything starts; each failure is one line that says what to do."""

from __future__ import annotations

import errno
import ipaddress
import os
import signal
import socket
from pathlib import Path

import psutil

from backend.core.embedded.errors import EmbeddedError

MARKER = "SITELOOP_SUPERVISED_BY"
BACKLOG = 512


class StartRefused(EmbeddedError):
    """Siteloop cannot start like this."""


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def demo_decide(host: str, wanted: bool | None) -> bool:
    """Whether to fill the demo: by default on this machine only. Raises StartRefused."""
    if is_loopback(host):
        return wanted is not False
    if wanted:
        raise StartRefused(
            f"Demo accounts have known passwords and {host} is reachable from outside",
            "leave out --demo, or leave out --host",
        )
    return False


def listener_open(host: str, port: int) -> socket.socket:
    """Bind the public port now: a taken one is told before anything else starts. Raises StartRefused."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Accepted connections inherit it. uvicorn takes an inherited socket for a unix one and would leave Nagle's
    # delay on: 40 ms on every answer, measured.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise StartRefused(*_port_problem(error, host, port)) from error
    return listener


def _port_problem(error: OSError, host: str, port: int) -> tuple[str, str]:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken", f"stop what uses it, or choose another: --port {port + 10}"
    if error.errno == errno.EACCES:
        return f"Port {port} needs root", "choose one above 1023: --port 8000"
    return (
        f"Cannot listen on {host}:{port} ({error.strerror})",
        "choose an address of this machine with --host",
    )


def allowed_hosts(host: str) -> str:
    """Names under which this machine may be asked for, as SITELOOP_ALLOWED_HOSTS wants them."""
    names = {"127.0.0.1", "localhost", "[::1]"}
    if not is_loopback(host):
        names |= {socket.gethostname(), socket.getfqdn()}
        for addresses in psutil.net_if_addrs().values():
            for entry in addresses:
                if entry.family == socket.AF_INET:
                    names.add(entry.address)
                elif entry.family == socket.AF_INET6:
                    names.add(f"[{entry.address.partition('%')[0]}]")
    return ",".join(sorted(names))


def left_overs_kill(data_dir: Path) -> int:
    """End processes of an earlier start that was killed: the folder's lock is ours, so none may still run."""
    found = 0
    for process in psutil.process_iter():
        try:
            if process.pid == os.getpid() or process.environ().get(MARKER) != str(data_dir):
                continue
            process.send_signal(signal.SIGKILL)
            found += 1
        except psutil.Error:
            continue
    return found
