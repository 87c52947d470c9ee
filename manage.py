#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""Entry to every command: `python manage.py up` starts the whole product, `python manage.py help` lists the rest."""

import os
import sys

if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    # This file must parse on any Python, so that everybody reads this sentence and not a syntax error.
    sys.stderr.write(
        "错误：需要 Python 3.11、3.12 或 3.13，而现在是 %d.%d（%s）。请用 python3.11 -m venv .venv 重建虚拟环境后再运行。\n"
        % (sys.version_info[0], sys.version_info[1], sys.executable)
    )
    sys.exit(1)


def main():
    """Run one management command; when DATABASE_URL is not set, with the embedded PostgreSQL beside it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erqi.settings")
    try:
        from django.core.management import execute_from_command_line  # noqa: PLC0415 - only after the version was checked

        from erqi.embedded import command  # noqa: PLC0415 - as above
    except ImportError as error:
        sys.stderr.write("错误：缺少程序库 %s。请先执行 pip install -r requirements.txt（在虚拟环境 .venv 中）。\n" % error.name)
        return 1
    return command.run(sys.argv, execute_from_command_line)


if __name__ == "__main__":
    sys.exit(main())
