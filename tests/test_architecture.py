"""The direction of imports, and the house's habits that a machine can hold (docs/architecture.md)."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "commitments"

LAYERS = ["typography", "choices", "deadlines", "reading", "querysets", "models", "rules", "sides"]
"""From the ground up; a room imports from its own layer and from those below it."""

SIDES = {"admin", "public", "data", "management", "templatetags", "apps"}


def room(module):
    name = module.split(".")[1] if "." in module else ""
    return "sides" if name in SIDES else name


def side(module):
    name = module.split(".")[1] if "." in module else ""
    if module == "commitments.templatetags.machines":
        return "data"  # what a page holds for machines
    return {"templatetags": "public"}.get(name, name)


def modules():
    for path in sorted(APP.rglob("*.py")):
        if "migrations" not in path.parts:
            yield ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), path


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize(("module", "path"), list(modules()), ids=lambda value: str(value)[-40:])
def test_imports_run_downward(module, path):
    if room(module) not in LAYERS:
        return
    height = LAYERS.index(room(module))
    ours = [name for name in imports(path) if name.startswith("commitments.")]

    assert [name for name in ours if room(name) in LAYERS and LAYERS.index(room(name)) > height] == []


@pytest.mark.parametrize(("module", "path"), list(modules()), ids=lambda value: str(value)[-40:])
def test_the_desk_and_the_readers_never_import_each_other(module, path):
    may = {"admin": {"admin"}, "public": {"public"}, "data": {"data", "public"}}
    if side(module) in may:
        others = {side(name) for name in imports(path) if name.startswith("commitments.")}
        assert others & set(may) <= may[side(module)]


@pytest.mark.parametrize(("module", "path"), list(modules()), ids=lambda value: str(value)[-40:])
def test_the_domain_knows_nothing_of_http(module, path):
    if room(module) in ("typography", "choices", "deadlines", "reading", "querysets", "models", "rules"):
        assert [name for name in imports(path) if name.startswith(("django.http", "django.views"))] == []


@pytest.mark.parametrize(("module", "path"), list(modules()), ids=lambda value: str(value)[-40:])
def test_a_room_has_400_lines_at_most(module, path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_no_template_has_inline_script_or_style():
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8").lower()
        assert " style=" not in text, path
        assert "<style" not in text, path
        assert " onclick=" not in text, path
        assert "<script>" not in text, path


def test_lock_files_name_no_registry():
    tests = ROOT / "tests"
    for path in [*ROOT.glob("*.lock"), tests / "client" / "requirements.lock", tests / "pages" / "package-lock.json"]:
        assert "://" not in path.read_text(encoding="utf-8")
