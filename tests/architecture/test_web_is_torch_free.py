"""The web process must start in a second and in little memory: it never loads torch."""

from __future__ import annotations

import os
import subprocess
import sys

SCRIPT = """
import django, sys
django.setup()
from django.urls import get_resolver
get_resolver().url_patterns
import backend.config.celery
heavy = {"torch", "torchvision", "transformers", "cv2", "onnxruntime", "openvino"} & set(sys.modules)
print(",".join(sorted(heavy)))
"""


def test_url_configuration_loads_neither_torch_nor_inference() -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "backend.config.settings.test"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""
