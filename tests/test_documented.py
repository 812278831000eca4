"""What is documented exists, and what exists to be used is documented: settings, commands, make targets, paths."""

import ast
import re
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.db.models import TextChoices
from django.utils import translation

from commitments import choices

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "commitments"

ARCHITECTURE = ROOT / "docs" / "architecture.md"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
DECISIONS = ROOT / "docs" / "decisions"
INDEX = DECISIONS / "README.md"
README = ROOT / "README.md"
WORDS = ROOT / "docs" / "words.md"

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("bench/**/*.md")])
"""Every page of the documentation."""

PRECISE = [ARCHITECTURE, CONTRIBUTING, ROOT / "SECURITY.md", *sorted(DECISIONS.glob("*.md"))]
"""The pages of which every path is looked up. The others name files of bundles and of published copies too."""

OURS = re.compile(r"\b(?:DJANGO|TRACKER)_[A-Z_]+\b|\bDATABASE_URL\b")
"""What our environment variables are called."""

DJANGO_OWN = {"DJANGO_SETTINGS_MODULE"}
"""What Django reads, whose name looks like one of ours."""

NOT_KEPT = {"db.sqlite3", "uv.lock"}
"""Files that pages speak of, and that are in no clone: one is made by running the site, the other never committed."""

FOLDERS = [ROOT / name for name in ("bench", "commitments", "docs", "fixtures", "templates", "tests", "tracker")]

FILE = re.compile(r"\.(?:css|html|js|json|lock|md|po|py|sqlite3|toml|txt)$")


def relative(path):
    return str(path.relative_to(ROOT))


def section(text, heading):
    """Return what stands under `heading`, up to the next one of any level."""
    return re.split(r"^#+ ", text.partition(f"\n{heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def first_cells(text):
    """Return the first cell of each row of the first table in `text`, without its head."""
    rows = [line for line in text.splitlines() if line.startswith("|")]
    return [row.split("|")[1] for row in rows[2:]]


def code(text):
    """Return each piece of `text` that is set as code: the blocks, and what stands between backticks."""
    blocks = re.findall(r"^```.*?\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    rest = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return blocks + [re.sub(r"\s+", " ", span) for span in re.findall(r"`([^`]+)`", rest)]


# Settings


def called(node):
    """Return what a call calls, dotted: "env.flag"."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def variables_read():
    """Yield each environment variable that the site's settings read; None where a name is not written out."""
    for path in sorted((ROOT / "tracker").rglob("*.py")):
        if path.name == "env.py":
            continue  # reads the names that the settings give it
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if called(node).startswith("env.") or called(node) in ("os.environ.get", "os.getenv"):
                name = node.args[0] if node.args else None
            elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
                name = node.slice
            else:
                continue
            yield name.value if isinstance(name, ast.Constant) else None


def variables_in_the_table():
    cells = first_cells(section(README.read_text(encoding="utf-8"), "## Settings"))
    return [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]


def test_every_setting_is_in_the_readme_and_the_reverse():
    read = set(variables_read())
    documented = variables_in_the_table()

    assert None not in read, "a variable whose name is computed cannot be documented"
    assert len(read) > 15
    assert sorted(read) == sorted(documented)


def test_the_environment_is_read_by_the_settings_only():
    reading = [path for path in APP.rglob("*.py") if re.search(r"\bos\.(environ|getenv)\b", path.read_text("utf-8"))]

    assert [relative(path) for path in reading] == []


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_a_page_names_no_variable_that_nothing_reads(path):
    named = set(OURS.findall(path.read_text(encoding="utf-8")))

    assert named - set(variables_read()) - DJANGO_OWN == set()


# Management commands


def own_commands():
    return {name for name, app in get_commands().items() if app in ("commitments", "bench")}


def test_every_management_command_is_in_the_readme_and_the_reverse():
    cells = first_cells(section(README.read_text(encoding="utf-8"), "## Commands"))
    documented = [re.match(r" *`(\w+)", cell)[1] for cell in cells]

    assert len(documented) > 5
    assert sorted(documented) == sorted(own_commands())


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_every_management_command_that_a_page_names_exists(path):
    named = set(re.findall(r"manage\.py\s+([a-z_]+)", path.read_text(encoding="utf-8")))

    assert named - set(get_commands()) == set()


# Make


def targets():
    """Return, for each target with a name, whether `make help` lists it."""
    found = {}
    for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines():
        match = re.match(r"([a-z][a-z0-9-]*):(?!=)", line)
        if match:
            found[match[1]] = bool(re.match(r"[a-z-]+:.*## \S", line))
    return found


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_every_make_target_that_a_page_names_exists(path):
    named = {
        name
        for piece in code(path.read_text(encoding="utf-8"))
        for name in re.findall(r"\bmake ([a-z][a-z0-9-]*)", piece)
    }

    assert named - set(targets()) == set()


def test_make_help_lists_every_target():
    found = targets()

    assert len(found) > 10
    assert [name for name, is_listed in found.items() if not is_listed] == []


# Paths


def rooms():
    """Yield the path of each room in the picture of the house: names stand at the left, below their folder."""
    picture = section(ARCHITECTURE.read_text(encoding="utf-8"), "## The rooms").split("```")[1].strip("\n")
    column = re.match(r"\S+ +", picture).end()
    folders = [(-1, ROOT)]
    for line in picture.splitlines():
        left = line[:column]
        names, indent = left.split(), len(left) - len(left.lstrip())
        is_heading = line[column - 1 : column].strip() or (not line[column:] and not left.strip().endswith("/"))
        if not names or is_heading:
            continue  # a heading among the rooms, or a description's next line
        while folders[-1][0] >= indent:
            folders.pop()
        inside = folders[-1][1]
        yield from (inside / name for name in names)
        if names[-1].endswith("/"):
            folders.append((indent, inside / names[-1]))


def is_there(path):
    return path.exists() or path.with_name(f"{path.name}.py").exists()


def test_every_room_that_the_architecture_draws_exists():
    drawn = list(rooms())

    assert len(drawn) > 70
    assert [relative(path) for path in drawn if not is_there(path)] == []


def named_in(piece):
    """Return what finds the file, or the part of a module, that a piece of code names; None where it names neither."""
    name = piece.partition("(")[0]
    if name in NOT_KEPT or not re.fullmatch(r"[\w.-]+(?:/[\w.-]+)*/?", name):
        return None
    if "/" in name:  # from the top or from the app, with or without its ending, perhaps with what is in it
        names = (name, re.sub(r"(?<=\w)\.\w+$", "", name))
        return lambda: any(is_there(base / path) for base in (ROOT, APP) for path in names)
    if FILE.search(name):
        return lambda: (ROOT / name).exists() or any(True for folder in FOLDERS for _file in folder.rglob(name))
    module, _dot, attribute = name.partition(".")
    if attribute and module.islower():
        return lambda: any(holds(path, attribute.partition(".")[0]) for path in modules(module))
    return None


def modules(name):
    """Yield the files of every module, and of every package, called `name`."""
    for folder in FOLDERS:
        yield from folder.rglob(f"{name}.py")
        yield from folder.rglob(f"{name}/*.py")


def holds(path, word):
    return re.search(rf"\b{word}\b", path.read_text(encoding="utf-8")) is not None


@pytest.mark.parametrize("path", PRECISE, ids=relative)
def test_every_path_that_a_page_names_exists(path):
    pieces = [piece for piece in code(path.read_text(encoding="utf-8")) if "\n" not in piece]

    assert [piece for piece in pieces if (found := named_in(piece)) and not found()] == []


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_every_link_between_pages_leads_somewhere(path):
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    links = [*re.findall(r"\]\(([^)\s]+)\)", text), *re.findall(r'(?:src|href)="([^"]+)"', text)]
    local = [link.partition("#")[0] for link in links if not re.match(r"[a-z]+:|#", link)]

    assert [link for link in local if not (path.parent / link).exists()] == []


# Decisions


def decisions():
    return sorted(path for path in DECISIONS.glob("*.md") if path != INDEX)


def test_decisions_are_numbered_in_turn():
    assert [path.name[:5] for path in decisions()] == [f"{n:04}-" for n in range(1, len(decisions()) + 1)]


def test_the_index_lists_every_decision_by_its_title():
    listed = re.findall(r"\[([^\]]+)\]\((\d{4}-[^)]+\.md)\)", INDEX.read_text(encoding="utf-8"))
    titles = [(path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# "), path.name) for path in decisions()]

    assert sorted(listed, key=lambda entry: entry[1]) == titles


@pytest.mark.parametrize("path", decisions(), ids=relative)
def test_a_decision_says_what_was_decided_what_was_not_and_what_it_costs(path):
    text = path.read_text(encoding="utf-8")

    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Not chosen", "Consequences"]
    assert len(text.split()) < 500


# Words


def vocabularies():
    return [
        item
        for item in vars(choices).values()
        if isinstance(item, type) and issubclass(item, TextChoices) and list(item)
    ]


def test_the_page_of_words_has_each_vocabulary_as_readers_see_it_in_both_languages():
    text = WORDS.read_text(encoding="utf-8")

    for vocabulary in vocabularies():
        words = []
        for language in ("fr", "en"):
            with translation.override(language):
                words.append(" · ".join(str(word.label) for word in vocabulary))
        assert "| {} | {} |".format(*words) in text, vocabulary.__name__
