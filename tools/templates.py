"""Keep all templates compiled: ``python -m tools.templates``.

As ``compileall`` does it for modules, whatever the environment forbids (PYTHONDONTWRITEBYTECODE):
compiling them takes each process a quarter of a second, loading them a hundredth.
"""

from __future__ import annotations

import sys

from analyzer.report.rendering import environment


def main() -> None:
    sys.dont_write_bytecode = False
    pages = environment()
    for name in pages.list_templates(extensions=["j2"]):
        pages.get_template(name)


if __name__ == "__main__":
    main()
