"""``python -m analyzer``: the ``onnxlint`` command."""

import sys

from analyzer.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
