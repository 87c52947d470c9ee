#!/usr/bin/env python3
"""Fetch the vendored front-end packages with npm and rewrite the files below this folder.

Run from anywhere: `python static/vendor/refresh.py`. Versions are pinned here and nowhere else; the table in
README.md is what this script prints, so that a reviewer can compare the two.

Two things are changed on the way in, and only these:
- source-map comments are cut: the maps are not shipped, and the manifest storage refuses dangling references;
- the icons named in tabler-icons/icons.txt become one sprite of <symbol> elements (id "i-<name>").
"""

import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent

# package, version -> member of the tarball -> file here
PACKAGES = {
    ("@tabler/core", "1.0.0"): {
        "package/dist/css/tabler.min.css": "tabler/tabler.min.css",
    },
    ("htmx.org", "2.0.11"): {
        "package/dist/htmx.min.js": "htmx/htmx.min.js",
        "package/LICENSE": "htmx/LICENSE",
    },
    ("chart.js", "4.6.1"): {
        "package/dist/chart.umd.min.js": "chartjs/chart.umd.min.js",
        "package/LICENSE.md": "chartjs/LICENSE",
    },
    ("@tabler/icons", "3.51.0"): {
        "package/LICENSE": "tabler-icons/LICENSE",
    },
}

SOURCE_MAP = re.compile(rb"\n?(/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S+)\s*$")
REMOTE = re.compile(rb"@import|url\(\s*[\"']?(?:https?:)?//")


def pack(name, version, folder):
    result = subprocess.run(
        ["npm", "pack", "--silent", f"{name}@{version}"], cwd=folder, check=True, capture_output=True, text=True
    )
    return Path(folder) / result.stdout.strip().splitlines()[-1]


def symbol(name, svg):
    body = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.S).group(1)
    body = re.sub(r'\s*<path stroke="none"[^>]*/>', "", body)  # the invisible 24 by 24 frame of every icon
    body = re.sub(r"\s*\n\s*", "", body)
    fill = ' fill="currentColor" stroke="none"' if name.endswith("-filled") else ""
    return f'<symbol id="i-{name}" viewBox="0 0 24 24"{fill}>{body}</symbol>'


def sprite(archive):
    names = (HERE / "tabler-icons/icons.txt").read_text().split()
    symbols = []
    for name in names:
        kind, stem = ("filled", name[: -len("-filled")]) if name.endswith("-filled") else ("outline", name)
        member = archive.extractfile(f"package/icons/{kind}/{stem}.svg")
        symbols.append(symbol(name, member.read().decode()))
    (HERE / "tabler-icons/sprite.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
    )


def main():
    with tempfile.TemporaryDirectory() as folder:
        for (name, version), files in PACKAGES.items():
            with tarfile.open(pack(name, version, folder)) as archive:
                for member, target in files.items():
                    data = SOURCE_MAP.sub(b"\n", archive.extractfile(member).read())
                    if target.endswith(".css") and REMOTE.search(data):
                        sys.exit(f"{target} loads something from another host")
                    (HERE / target).parent.mkdir(exist_ok=True)
                    (HERE / target).write_bytes(data)
                if name == "@tabler/icons":
                    sprite(archive)
    for path in sorted(HERE.rglob("*")):
        if path.is_file() and path.parent != HERE:
            print(f"| `{path.relative_to(HERE)}` | {hashlib.sha256(path.read_bytes()).hexdigest()} |")


if __name__ == "__main__":
    main()
