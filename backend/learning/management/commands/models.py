"""`manage.py models list|pull|add|verify|use|remove`: checkpoints of this installation, for the assist and for detectors."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.core import jobs
from backend.core.errors import AppError
from backend.learning.models import Checkpoint
from backend.learning.services import checkpoint_files, checkpoints

BAR_CHARS = 30
SAY_EVERY_S = 0.2


class Command(BaseCommand):
    help = "List, fetch, add, verify, choose and remove checkpoints: Segment Anything's, and D-FINE weights for detectors."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("list", help="what is installed, and what could be")
        pull = verbs.add_parser("pull", help="download a published checkpoint; goes on where it broke off")
        pull.add_argument("name", help="sam_vit_b, sam_vit_l or sam_vit_h")
        pull.add_argument("--url", default="", help="a mirror; the file's hash must be the published one")
        add = verbs.add_parser("add", help="add a checkpoint from a file or an address")
        add.add_argument("source", help="a .pth, .pt or .safetensors file, or an http(s) address")
        add.add_argument("--sha256", default="", help="what its hash must be; allows a file on no list")
        verify = verbs.add_parser("verify", help="hash files again and prepare what is not ready")
        verify.add_argument("name", nargs="?", default="")
        use = verbs.add_parser("use", help="let this one of several serve the assist")
        use.add_argument("name")
        remove = verbs.add_parser(
            "remove", help="delete a checkpoint, what was made of it, and its embeddings"
        )
        remove.add_argument("name")
        for each in (pull, add, verify):
            each.add_argument(
                "--now", action="store_true", help="prepare in this process, without waiting for a worker"
            )

    def handle(self, *args: Any, **options: Any) -> None:
        self._now = bool(options.get("now"))
        try:
            getattr(self, f"_{options['verb']}")(options)
        except AppError as error:
            raise CommandError(error.message) from error

    def _list(self, _options: dict[str, Any]) -> None:
        checkpoints.look(now=True)
        shown = checkpoints.checkpoints_shown()
        self.stdout.write(f"Folder: {shown['folder']}")
        for row in shown["checkpoints"]:
            mark = "*" if row["active"] else " "
            line = f"{mark} {row['name']:<16} {row['purpose']:<7} {row['state']:<8} {row['bytes'] / 1e6:>7.0f} MB  {row['file']}"
            if row["purpose"] == "detect" and row["architecture"]:
                line += f"  {row['architecture']}, {len(row['classes'])} named classes"
            if row["encode_seconds"]:
                line += f"  {row['encode_seconds']:.1f} s a picture, {row['embeddings']} kept"
            self.stdout.write(line)
            if row["error"]:
                self.stdout.write(f"    {row['error']}")
            if row["state"] == "absent":
                self.stdout.write(f"    {row['command']}")

    def _pull(self, options: dict[str, Any]) -> None:
        each = checkpoint_files.published(options["name"])
        path = checkpoint_files.checkpoint_pull(each, url=options["url"], watch=self._bar(each.file))
        self._prepare(path)

    def _add(self, options: dict[str, Any]) -> None:
        source, sha256 = options["source"], options["sha256"]
        if source.startswith(("http://", "https://")):
            if not sha256:
                raise CommandError("Say what the file's hash must be: --sha256 HEX.")
            path = checkpoint_files.checkpoint_fetch(source, sha256=sha256, watch=self._bar(source))
        else:
            path, _ = checkpoint_files.checkpoint_copy(Path(source), sha256=sha256)
        self._prepare(path, sha256)

    def _verify(self, options: dict[str, Any]) -> None:
        checkpoints.look(now=True)
        rows = [checkpoints.checkpoint_find(options["name"])] if options["name"] else Checkpoint.objects.all()
        bad = 0
        for row in rows:
            problem = checkpoints.checkpoint_problem(row)
            self.stdout.write(f"{row.file}: {problem or 'as it was when it was prepared'}")
            bad += bool(problem)
            if problem and (checkpoints.models_dir() / row.file).is_file():
                self._prepare(checkpoints.models_dir() / row.file)
        if bad:
            raise CommandError(f"{bad} of them cannot serve as they are.")

    def _use(self, options: dict[str, Any]) -> None:
        row = checkpoints.checkpoint_find(options["name"])
        checkpoints.checkpoint_choose(row)
        self.stdout.write(f"{row.file} serves from now on; pictures are encoded for it as they are opened.")

    def _remove(self, options: dict[str, Any]) -> None:
        row = checkpoints.checkpoint_find(options["name"])
        gone = checkpoints.checkpoint_remove(row)
        self.stdout.write(f"{row.file} is gone, and {gone} embeddings with it.")

    def _prepare(self, path: Path, sha256: str = "") -> None:
        row, job = checkpoints.checkpoint_note(path, allowed_sha256=sha256)
        if not self._now:
            self.stdout.write(f"{path.name} is here; the ml worker gets it ready. See: manage.py models list")
            return
        jobs.run(str(job.pk))
        row.refresh_from_db()
        if row.error:
            raise CommandError(f"{row.file}: {row.error}")
        self.stdout.write(f"{row.file} is {row.state}.")

    def _bar(self, what: str) -> checkpoint_files.Watch:
        last = 0.0

        def watch(there: int, total: int) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last < SAY_EVERY_S and there != total:
                return
            last = now
            share = there / total if total else 0.0
            bar = "#" * round(share * BAR_CHARS)
            self.stderr.write(
                f"\r{what} [{bar:<{BAR_CHARS}}] {share:4.0%} {there / 1e6:.0f} of {total / 1e6:.0f} MB",
                ending="\n" if there == total else "",
            )

        return watch
