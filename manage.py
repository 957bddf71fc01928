#!/usr/bin/env python
"""Django's command line for Siteloop."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings.dev")
    if sys.argv[1:2] != ["up"]:
        # A command typed while `up` runs in this data folder talks to the same database and Redis.
        from backend.config import env
        from backend.core.embedded.instance import environment_adopt

        environment_adopt(env.data_dir(), os.environ)
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
