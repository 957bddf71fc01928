"""An RTSP server for the tests of cameras: Debian's GStreamer by apt when we may."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from backend.core.installer.console import SetupFailed, say

SYSTEM_PYTHON = "/usr/bin/python3"
PACKAGES = (
    "gstreamer1.0-rtsp",
    "gir1.2-gst-rtsp-server-1.0",
    "python3-gi",
    "gstreamer1.0-plugins-base",
    "gstreamer1.0-plugins-good",
)
_TRY = (
    "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import Gst, GstRtspServer; "
    "Gst.init(None); "
    "raise SystemExit(not all(Gst.ElementFactory.find(e) for e in ('qtdemux', 'rtph264pay')))"
)


def has_rtsp_server() -> bool:
    """Whether the system's Python can serve a clip by RTSP."""
    if not Path(SYSTEM_PYTHON).exists():
        return False
    return subprocess.run([SYSTEM_PYTHON, "-c", _TRY], capture_output=True, check=False).returncode == 0


def ensure_rtsp_server() -> None:
    """Raises SetupFailed where none can be had: the tests of cameras are not skipped silently."""
    if has_rtsp_server():
        return
    if os.getuid() == 0 and shutil.which("apt-get"):
        say("Installing an RTSP server for the tests (apt-get)")
        subprocess.run(["apt-get", "update", "-qq"], check=False, stdout=subprocess.DEVNULL)
        quiet = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES]
        subprocess.run(quiet, check=False, stdout=subprocess.DEVNULL)
    if not has_rtsp_server():
        raise SetupFailed(
            f"NO RTSP SERVER, so the tests of cameras cannot run: sudo apt install {' '.join(PACKAGES)}"
        )
