"""Who may import whom, and what."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.architecture.sources import ADAPTERS, ROOMS, ROOT, Source, code, everything

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CONTRACTS = PYPROJECT["tool"]["importlinter"]["contracts"]
LAYERS = [re.findall(r"[\w.]+", layer) for layer in CONTRACTS[0]["layers"]]


def modules(source: Source) -> Iterator[tuple[ast.AST, str]]:
    """Yield every module a file imports."""
    for node in source.find(ast.Import, ast.ImportFrom):
        if isinstance(node, ast.ImportFrom):
            yield node, node.module or ""
        else:
            yield from ((node, alias.name) for alias in node.names)


def relative(sources: Iterable[Source]) -> list[str]:
    """Find imports that depend on where the file lies."""
    return [
        source.at(node, "imports relatively")
        for source in sources
        for node in source.find(ast.ImportFrom)
        if node.level
    ]


def web(sources: Iterable[Source]) -> list[str]:
    """Find the web framework outside the doors."""
    return [
        source.at(node, "imports litestar outside api/")
        for source in sources
        if not source.under("api")
        for node, module in modules(source)
        if module.split(".")[0] == "litestar"
    ]


def busy_packages(sources: Iterable[Source]) -> list[str]:
    """Find __init__.py files that hold more than a docstring."""
    return [
        source.at(node, "puts code into __init__.py")
        for source in sources
        if source.name == "__init__.py" and not source.under(*ADAPTERS)
        for node in source.tree.body
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    ]


def rooms(root: Path) -> list[str]:
    """List the rooms that exist: the packages, and for oms what is directly inside."""
    inside = [path for path in (root / "oms").iterdir() if path.name != "__init__.py"]
    names = [f"oms.{path.stem}" for path in inside if path.suffix == ".py" or holds_code(path)]
    return sorted(names + [room for room in ROOMS if room != "oms" and holds_code(root / room)])


def holds_code(path: Path) -> bool:
    """Tell whether a folder is more than a leftover of compiled files."""
    return path.is_dir() and any(path.rglob("*.py"))


def undeclared(sources: Iterable[Source], declared: Iterable[str]) -> list[str]:
    """Find third-party imports that pyproject.toml does not ask for."""
    known = {*sys.stdlib_module_names, *ROOMS, *providers(declared)}
    return [
        source.at(node, f"imports {module}, which pyproject.toml does not declare")
        for source in sources
        for node, module in modules(source)
        if module.split(".")[0] not in known
    ]


def providers(declared: Iterable[str]) -> Iterator[str]:
    """Yield the modules that the declared distributions and extras bring."""
    asked = {requirement_name(line) for line in declared}
    for module, distributions in packages_distributions().items():
        if asked & {requirement_name(distribution) for distribution in distributions}:
            yield module


def requirement_name(requirement: str) -> str:
    """Return the normalised distribution name of a requirement."""
    return re.split(r"[^\w.-]", requirement)[0].lower().replace("_", "-")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter with our contract over the packages in a folder."""
    command = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(  # noqa: S603 -- our own tool on our own files
        [command, "--no-cache", "--config", ROOT / "pyproject.toml"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_modules_call_down_only():
    """The order of modules holds everywhere."""
    result = lint(ROOT)

    assert result.returncode == 0, result.stdout + result.stderr


def test_calling_up_is_seen(tmp_path):
    """The same contract breaks as soon as the kernel knows an order."""
    for package in (*ROOMS, "oms/kernel", "oms/orders"):
        (tmp_path / package).mkdir(parents=True)
        (tmp_path / package / "__init__.py").write_text("")
    assert lint(tmp_path).returncode == 0

    (tmp_path / "oms/kernel/db.py").write_text("import oms.orders\n")

    result = lint(tmp_path)
    assert result.returncode == 1
    assert "oms.kernel.db -> oms.orders" in result.stdout


def test_siblings_do_not_know_each_other(tmp_path):
    """Fulfilment may not import payments, nor payments fulfilment."""
    for package in (*ROOMS, "oms/kernel", "oms/payments"):
        (tmp_path / package).mkdir(parents=True)
        (tmp_path / package / "__init__.py").write_text("")
    (tmp_path / "fulfillment/parcels.py").write_text("import oms.payments\n")

    result = lint(tmp_path)
    assert result.returncode == 1
    assert "fulfillment.parcels -> oms.payments" in result.stdout


def test_the_contract_makes_no_exceptions():
    """There is one contract, and nothing is ignored."""
    assert len(CONTRACTS) == 1
    assert set(CONTRACTS[0]) == {"name", "type", "layers"}


def test_every_room_has_a_place_in_the_order():
    """No room escapes the contract by not being in its list."""
    listed = {module for layer in LAYERS for module in layer}

    assert set(rooms(ROOT)) <= listed


def test_a_room_without_a_place_is_seen(tmp_path):
    """Packages, and modules directly in oms, are rooms; leftovers are not."""
    for path in ("oms/attic/boxes.py", "oms/wiring.py", "oms/__init__.py", "returns/rmas.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("")
    (tmp_path / "oms/__pycache__").mkdir()

    assert rooms(tmp_path) == ["oms.attic", "oms.wiring", "returns"]


def test_no_import_is_relative():
    """A file can move without its imports changing their meaning."""
    assert relative(everything()) == []


def test_a_relative_import_is_seen():
    """Both spellings of it."""
    found = relative([Source("oms/orders/edits.py", "from . import lines\nfrom .lines import x\n")])

    assert found == [
        "oms/orders/edits.py:1 imports relatively",
        "oms/orders/edits.py:2 imports relatively",
    ]


def test_only_the_doors_know_the_web():
    """The domain and the command line work without the web framework."""
    assert web(code()) == []


def test_the_web_in_the_domain_is_seen():
    """In any spelling, in oms.cli too, but not in api/."""
    text = "import litestar.params\nfrom litestar import get\n"

    assert web([Source("oms/cli/main.py", text)]) == [
        "oms/cli/main.py:1 imports litestar outside api/",
        "oms/cli/main.py:2 imports litestar outside api/",
    ]
    assert web([Source("api/orders.py", text)]) == []


def test_packages_hold_no_code():
    """What a name means is written in the file of that name."""
    assert busy_packages(code()) == []


def test_code_in_a_package_is_seen():
    """Adapter packages hold their Protocol; all others a docstring only."""
    text = '"""Orders."""\n\nfrom oms.orders import edits\n'

    assert busy_packages([Source("oms/orders/__init__.py", text)]) == [
        "oms/orders/__init__.py:3 puts code into __init__.py"
    ]
    assert busy_packages([Source("fulfillment/carriers/__init__.py", text)]) == []
    assert busy_packages([Source("oms/orders/__init__.py", '"""Orders."""\n')]) == []


def test_what_is_imported_is_declared():
    """An upgrade of one dependency cannot take away another that we use."""
    assert undeclared(code(), PYPROJECT["project"]["dependencies"]) == []


def test_an_undeclared_import_is_seen():
    """Something installed by accident is not a dependency."""
    source = Source("oms/kernel/log.py", "import json\nimport yaml\nimport pydantic\n")

    assert undeclared([source], ["pydantic>=2"]) == [
        "oms/kernel/log.py:2 imports yaml, which pyproject.toml does not declare"
    ]
