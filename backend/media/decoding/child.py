"""The decoding child: reads one JSON command per line, answers one JSON line, perhaps followed by bytes.

It holds no credentials, no database connection and no more memory than its limits allow; whatever a file
does to a decoder, it does it here. It ends when its parent closes the pipe.
"""

from __future__ import annotations

import faulthandler
import importlib
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

ADDRESS_SPACE_BYTES = 6 * 1024**3  # libraries reserve far more than they touch
FILE_SIZE_BYTES = 1024**3


def limits_set(data_bytes: int) -> None:
    """Cap private memory, address space, output size and core dumps of this process for good."""
    resource.setrlimit(resource.RLIMIT_DATA, (data_bytes, data_bytes))
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_SIZE_BYTES, FILE_SIZE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(2)


def serve(data_bytes: int) -> None:
    from backend.media.decoding import images

    videos: Any = None
    frames: Any = None
    clips: Any = None
    limits_set(data_bytes)
    for line in sys.stdin:
        command = json.loads(line)
        body = b""
        try:
            if command["do"] == "image":
                answer = images.ingest(
                    Path(command["path"]),
                    command["kind"],
                    Path(command["out"]),
                    command["max_pixels"],
                    command.get("polygons", ()),
                )
            elif command["do"] == "burn":
                burning = importlib.import_module("backend.media.decoding.burned_video")
                answer = burning.burned_video(
                    Path(command["path"]), command["kind"], Path(command["out"]), command.get("polygons", ())
                )
            else:
                if videos is None:  # FFmpeg's libraries are loaded only for those who need them
                    videos = importlib.import_module("backend.media.decoding.videos")
                    frames = importlib.import_module("backend.media.decoding.clips")
                    clips = frames.Clips()
                if command["do"] == "video":
                    answer = videos.probe(
                        Path(command["path"]), command["kind"], Path(command["out"]), command["max_pixels"]
                    )
                else:
                    body = clips.frame_jpeg(
                        Path(command["path"]), command["kind"], frames.FrameAt(**command["at"])
                    )
                    answer = {"bytes": len(body)}
        except images.Refused as error:
            answer = {"refused": str(error)}
        except MemoryError:
            answer = {"refused": "Decoding it takes more memory than allowed."}
        except Exception:  # noqa: BLE001 - the edge of the process: a decoder's fault is an answer
            answer = {"refused": "It cannot be decoded; it may be damaged or cut short."}
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + body)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    faulthandler.enable()
    serve(int(sys.argv[1]))
