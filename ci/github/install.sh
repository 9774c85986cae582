#!/usr/bin/env bash
# Install the onnxlint of this action into an environment of its own, $RUNNER_TEMP/onnxlint.
# -I and the folder: nothing that lies in the checked-out repository is imported.
set -euo pipefail
cd "$RUNNER_TEMP"
python=
for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
  if command -v "$candidate" >/dev/null &&
    "$candidate" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  echo "::error::onnxlint needs Python 3.11 or newer: run actions/setup-python before it"
  exit 2
fi
"$python" -I -m venv onnxlint
onnxlint/bin/python -I -m pip install --quiet --disable-pip-version-check "$GITHUB_ACTION_PATH"
