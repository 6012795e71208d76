"""Count what a reader of the code meets: modules, functions, how many of them are private, constants and lines.

python -m tools.code_size                     the packages of this checkout
python -m tools.code_size /path/to/another    another checkout, for comparison
"""

from __future__ import annotations

import argparse
import ast
from collections import Counter
from pathlib import Path

PACKAGES = ("newsarchive", "spiders", "pipelines")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def count(path: Path) -> Counter[str]:
    """Count the parts of one module; a constant is a name in capitals that the module itself assigns."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    counts = Counter(modules=1, lines=text.count("\n"))
    for node in ast.walk(tree):
        if isinstance(node, _FUNCTIONS):
            counts["functions"] += 1
            counts["private"] += node.name.startswith("_") and not node.name.endswith("__")
        elif isinstance(node, ast.ClassDef):
            counts["classes"] += 1
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        names = [part.id for target in targets if target for part in ast.walk(target) if isinstance(part, ast.Name)]
        counts["constants"] += sum(name.isupper() for name in names)
    return counts


def main() -> None:
    """Print one line for each package and one for all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=Path, nargs="?", default=Path(), help="the checkout (this folder)")
    root = parser.parse_args().root
    total: Counter[str] = Counter()
    print(f"{'package':<14}{'modules':>8}{'lines':>8}{'classes':>9}{'functions':>11}{'private':>9}{'constants':>11}")
    for package in PACKAGES:
        counts: Counter[str] = Counter()
        for path in sorted((root / package).rglob("*.py")):
            counts += count(path)
        total += counts
        print(_row(package, counts))
    print(_row("all", total))


def _row(name: str, counts: Counter[str]) -> str:
    private = f"{counts['private'] / max(1, counts['functions']):.0%}"
    sizes = f"{counts['modules']:>8}{counts['lines']:>8}{counts['classes']:>9}{counts['functions']:>11}"
    return f"{name:<14}{sizes}{private:>9}{counts['constants']:>11}"


if __name__ == "__main__":
    main()
