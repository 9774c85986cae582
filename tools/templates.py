"""Keep all templates compiled, and scripts as pages have them: ``python -m tools.templates``.

As ``compileall`` does it for modules, whatever the environment forbids (PYTHONDONTWRITEBYTECODE):
compiling them takes each process a quarter of a second, loading them a hundredth.
"""

from __future__ import annotations

import sys

from analyzer.report.rendering import environment
from analyzer.report.script import FILES, script


def main() -> None:
    sys.dont_write_bytecode = False
    pages = environment()
    for name in pages.list_templates(extensions=["j2"]):
        pages.get_template(name)
    for left in ((), ("growth",), ("growth", "sizes")):
        script(tuple(name for name in FILES if name not in left))
    script(("theme", "sort"))


if __name__ == "__main__":
    main()
