"""The house rules, read off the source: direction of imports, length of files, no signals, nothing inline."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("projects", "supervision")
LONGEST = 400

# The layers of an app (design.md §3); a module may import its own layer and those to the left.
LAYERS = ["choices", "rules", "querysets", "models", "services", "forms", "views", "urls"]
# Families of one height: stats and imports stand beside services and forms.
HEIGHT = {name: number for number, name in enumerate(LAYERS)} | {
    # Words for the codes of the rules: everything above the rules may speak.
    "sentences": LAYERS.index("querysets"),
    "stats": LAYERS.index("services"),
    "filters": LAYERS.index("forms"),
    "tables": LAYERS.index("forms"),
    "charts": LAYERS.index("forms"),
    "exports": LAYERS.index("forms"),
    "imports": LAYERS.index("forms"),
    "templatetags": LAYERS.index("forms"),
    "admin": LAYERS.index("views"),
}
# What stands outside the order: Django finds these by name.
UNLAYERED = {"apps", "migrations", "tests", "management", "__init__"}
# The only modules that may see both apps (design.md §3).
COMPOSERS = {"home", "navigation", "urls", "settings", "demo", "management", "history", "accounts", "serving", "bench", "tests"}


def python_files() -> list[Path]:
    return sorted(path for folder in ("erqi", *APPS) for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts)


def product_files() -> list[Path]:
    return [path for path in python_files() if "tests" not in path.parts]


def imports(path: Path) -> Iterator[tuple[str, int, bool]]:
    """Yield (dotted module, line, whether it stands inside a function) of every import."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {id(child) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for child in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno, id(node) in inside
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node.lineno, id(node) in inside


def layer_of(module: str) -> str | None:
    """Return the layer of a dotted module inside an app, or None for one outside the order."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[0] in APPS and parts[1] in HEIGHT else None


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_layers_of_an_app_import_only_what_stands_below_them():
    wrong = []
    for path in product_files():
        own = layer_of(dotted(path))
        for module, line, _ in imports(path):
            other = layer_of(module)
            if own and other and module.split(".")[0] == path.relative_to(ROOT).parts[0] and HEIGHT[other] > HEIGHT[own]:
                wrong.append(f"{relative(path)}:{line} {own} imports {other} ({module})")
    assert not wrong, "\n".join(wrong)


def test_every_module_of_an_app_has_a_place_in_the_order():
    unplaced = [
        relative(path)
        for app in APPS
        for path in (ROOT / app).iterdir()
        if (path.suffix == ".py" or path.is_dir()) and path.name != "__pycache__" and path.stem not in HEIGHT and path.stem not in UNLAYERED
    ]
    assert not unplaced, f"no layer for {unplaced}: say in HEIGHT where it stands"


def test_projects_never_imports_supervision_and_common_imports_no_app():
    wrong = []
    for path in product_files():
        parts = path.relative_to(ROOT).parts
        for module, line, _ in imports(path):
            first = module.split(".")[0]
            if parts[0] == "projects" and first == "supervision":
                wrong.append(f"{relative(path)}:{line} imports {module}")
            if parts[:2] == ("erqi", "common") and (first in APPS or (first == "erqi" and not module.startswith("erqi.common"))):
                wrong.append(f"{relative(path)}:{line} imports {module}")
            if parts[0] == "erqi" and parts[1] != "common" and first in APPS and Path(parts[1]).stem not in COMPOSERS:
                wrong.append(f"{relative(path)}:{line} imports {module}")
    assert not wrong, "\n".join(wrong)


def test_rules_use_the_standard_library_and_choices_only():
    wrong = []
    for app in APPS:
        for path in (ROOT / app / "rules").rglob("*.py"):
            for module, line, _ in imports(path):
                first = module.split(".")[0]
                if first in {"django", "erqi"} or (first in APPS and not module.startswith((f"{app}.rules", f"{app}.choices"))):
                    wrong.append(f"{relative(path)}:{line} imports {module}")
    assert not wrong, "\n".join(wrong)


def test_rules_read_no_clock():
    wrong = [
        relative(path)
        for app in APPS
        for path in (ROOT / app / "rules").rglob("*.py")
        if re.search(r"\b(today|now)\(", path.read_text(encoding="utf-8"))
    ]
    assert not wrong


def test_only_the_clock_asks_the_calendar():
    wrong = []
    for path in product_files():
        if relative(path) == "erqi/common/clock.py":
            continue
        if re.search(r"date\.today\(|datetime\.now\(|timezone\.localdate\(", path.read_text(encoding="utf-8")):
            wrong.append(relative(path))
    assert not wrong, f"use erqi.common.clock.today(): {wrong}"


def test_an_import_inside_a_function_says_why():
    wrong = []
    for path in product_files():
        lines = path.read_text(encoding="utf-8").splitlines()
        for module, line, inside in imports(path):
            near = lines[max(0, line - 2) : line + 1]
            if inside and not any("#" in text for text in near):
                wrong.append(f"{relative(path)}:{line} {module}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", python_files(), ids=relative)
def test_no_file_is_longer_than_a_person_reads(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_no_signals_of_our_own():
    wrong = [
        f"{relative(path)}:{line}"
        for path in product_files()
        for module, line, _ in imports(path)
        if module.startswith(("django.dispatch", "django.db.models.signals", "django.core.signals"))
    ]
    assert not wrong


def test_html_is_never_marked_safe_by_hand():
    wrong = [relative(path) for path in product_files() if re.search(r"\bmark_safe\(", path.read_text(encoding="utf-8"))]
    assert not wrong
    templates = [relative(path) for path in (ROOT / "templates").rglob("*.html") if re.search(r"\|\s*safe\b", path.read_text("utf-8"))]
    assert not templates


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=relative)
def test_templates_carry_no_inline_script_style_or_handler(path):
    text = re.sub(r"{% comment %}.*?{% endcomment %}", "", path.read_text(encoding="utf-8"), flags=re.S)
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in tag or 'type="application/json"' in tag, tag
    assert not re.search(r"<style\b", text)
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert not re.search(r"hx-on|javascript:", text)


LOADING = re.compile(r"""(?:src|href|action|url\(|@import)\s*=?\s*["'(]?\s*((?:https?:)?//[^\s"')]+)""")


def test_nothing_is_loaded_from_another_host():
    own = [
        path
        for folder, kinds in (("templates", ("html",)), ("static", ("css", "js")))
        for kind in kinds
        for path in (ROOT / folder).rglob(f"*.{kind}")
    ]
    wrong = [
        f"{relative(path)} {found}" for path in own if "vendor" not in path.parts for found in LOADING.findall(path.read_text("utf-8"))
    ]
    assert not wrong, "\n".join(wrong)


def test_top_level_holds_only_what_the_frame_allows():
    allowed = {"manage.py", "erqi", "projects", "supervision", "templates", "static", "fixtures", "requirements.txt", "README.md"}
    allowed |= {"requirements-dev.txt", "pyproject.toml", "docs", "deploy"}
    assert not [path.name for path in ROOT.iterdir() if path.name not in allowed and not path.name.startswith(".")]


# `.update(name=…)` and `.update(**…)` are a queryset's; a dictionary is updated with another one.
WRITING = re.compile(
    r"\.(?:save|delete|bulk_create|bulk_update|update_or_create|get_or_create)\(|objects\.create\(|\.update\((?=\s*(?:\*\*|\w+\s*=[^=]|$))"
)
READERS = {"views", "forms", "filters", "tables", "querysets", "rules", "templatetags", "admin.py"}


def only_reads(path: Path) -> bool:
    """Say whether a module has to leave writing to services."""
    parts = path.relative_to(ROOT).parts
    if parts[0] in APPS:
        return parts[1] in READERS
    return parts[:3] == ("erqi", "common", "admin.py") or (parts[0] == "erqi" and parts[1] in {"accounts", "history"})


def test_only_services_and_imports_write_records():
    """State is changed in services (projects, supervision) or their peers in erqi.common; views, forms and the admin call them."""
    own = [path for path in product_files() if only_reads(path)]
    assert {"projects/admin.py", "supervision/admin.py", "erqi/common/admin.py", "erqi/accounts/views.py"} <= {
        relative(path) for path in own
    }
    wrong = []
    for path in own:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            # What HTML attributes a form field has is no record's state.
            if WRITING.search(line) and "attrs.update(" not in line:
                wrong.append(f"{relative(path)}:{number} {line.strip()}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("line", ["post.save()", "Unit.objects.filter(pk=1).update(name=x)", "rows.update(**values)", "rows.update("])
def test_a_write_is_recognised(line):
    assert WRITING.search(line)
    assert not WRITING.search("self.fields.update(source_fields(required=True))")


# Written while others work in these files: to be emptied. Enumerations and application settings are said by their labels and names.
SAID_BY_THEIR_NAMES = {"AppConfig", "TextChoices"}


def test_every_public_class_and_function_says_what_it_is_for():
    """Methods are left out: most override one of Django's or of a base class that says it once."""
    silent = []
    for path in product_files():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.ClassDef | ast.FunctionDef) or node.name.startswith("_") or ast.get_docstring(node):
                continue
            bases = {ast.unparse(base).rpartition(".")[2] for base in getattr(node, "bases", [])}
            if not bases & SAID_BY_THEIR_NAMES:
                silent.append(f"{relative(path)}:{node.lineno} {node.name}")
    assert not silent, "\n".join(silent)
