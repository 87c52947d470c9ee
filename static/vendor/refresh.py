#!/usr/bin/env python3
"""Fetch the vendored front-end packages with npm and rewrite the files below this folder.

Run from anywhere: `python static/vendor/refresh.py`. Versions are pinned here and nowhere else; the table in
README.md is what this script prints, so that a reviewer can compare the two.

Three things are changed on the way in, and only these:
- source-map comments are cut: the maps are not shipped, and the manifest storage refuses dangling references;
- of Tabler's style sheet the rules stay whose classes all match KEPT: every page pays for every rule, and our own components
  take the place of most of Tabler's (half the time for styles of a ledger page, measured);
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

# Reset and elements (no class), grid, spacing, flex, display, plain text and form utilities, the plain button.
KEPT = re.compile(
    r"(container(-(fluid|sm|md|lg|xl|xxl))?|row(-cols(-\w+)*)?|col(-\w+)*|offset(-\w+)*|order(-\w+)*|g[xy]?(-\w+)+"
    r"|[mp][tbsexy]?(-n?\w+)+|gap(-\w+)*|(row|column)-gap(-\w+)+|d(-\w+)+|flex(-\w+)+|justify-content(-\w+)+|align(-\w+)+"
    r"|w-\w+|h-\w+|mw-\w+|text-(start|end|center|nowrap|wrap|break|truncate|muted|secondary)|fw-\w+|lh-\w+|font-monospace"
    r"|visually-hidden(-focusable)?|float-\w+|clearfix|overflow(-\w+)+|position(-\w+)+|list-(unstyled|inline(-item)?)|small|mark"
    r"|form-(control|select|check|label|text)(-(sm|lg|input|label|inline))?|input-group(-text)?|btn(-(primary|sm|lg|icon))?|icon|table(-(sm|responsive))?)"
)
DARK = re.compile(r"theme-dark|data-bs-theme=[\"']?dark")


def top_rules(css):
    """Yield prelude and body of each rule at the top level of a minified sheet; the body of `@import x;` and the like is None."""
    start = 0
    while start < len(css):
        at = re.compile(r"[{};]").search(css, start)
        if at is None:
            return
        if at.group() != "{":
            if css[start : at.start()].strip():
                yield css[start : at.start()], None
            start = at.end()
            continue
        end, depth = at.end(), 1
        while depth:
            mark = re.compile(r"[{}]|\"[^\"]*\"|'[^']*'|url\([^\"')][^)]*\)").search(css, end)
            depth += {"{": 1, "}": -1}.get(mark.group(), 0)
            end = mark.end()
        yield css[start : at.start()], css[at.end() : end - 1]
        start = end


def trimmed(css):
    """Return the sheet with only the rules of KEPT. A list of selectors keeps those of its members that match."""
    kept = []
    for prelude, body in top_rules(css):
        prelude = re.sub(r"/\*.*?\*/", "", prelude, flags=re.S).strip()
        if body is None:
            continue
        if prelude.startswith(("@media", "@supports")):
            inner = trimmed(body)
            if inner:
                kept.append(f"{prelude}{{{inner}}}")
            continue
        if prelude.startswith("@"):
            continue  # keyframes and the like belong to components that are left out
        members = [
            member
            for member in re.split(r",(?![^(]*\))", prelude)
            if not DARK.search(member) and all(KEPT.fullmatch(name) for name in re.findall(r"\.((?:[\w-]|\\.)+)", member))
        ]
        if members:
            kept.append(f"{','.join(members)}{{{body}}}")
    return "".join(kept)


def pack(name, version, folder):
    result = subprocess.run(["npm", "pack", "--silent", f"{name}@{version}"], cwd=folder, check=True, capture_output=True, text=True)
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
    (HERE / "tabler-icons/sprite.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n")


def main():
    with tempfile.TemporaryDirectory() as folder:
        for (name, version), files in PACKAGES.items():
            with tarfile.open(pack(name, version, folder)) as archive:
                for member, target in files.items():
                    data = SOURCE_MAP.sub(b"\n", archive.extractfile(member).read())
                    if name == "@tabler/core":
                        text = data.decode()
                        banner = re.search(r"/\*!.*?\*/", text, re.S).group()
                        data = f'@charset "UTF-8";\n{banner}\n{trimmed(text)}\n'.encode()
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
