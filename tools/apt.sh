#!/usr/bin/env bash
# Install Debian packages where that is allowed, else say what to install and fail.
# usage: apt.sh PURPOSE PACKAGE...
set -euo pipefail
purpose=$1
shift

if [ "$(id -u)" = 0 ]; then
  as_root=()
elif sudo -n true 2>/dev/null; then
  as_root=(sudo -n)
else
  as_root=(false)
fi

install() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -qq --yes --no-install-recommends "$@" >/dev/null
}

echo "installing for $purpose: $*" >&2
if command -v apt-get >/dev/null && [ "${as_root[*]}" != false ]; then
  # A fresh container has no package lists, and old lists name packages that are gone.
  install "$@" 2>/dev/null || { "${as_root[@]}" apt-get update -qq && install "$@"; } && exit 0
fi
cat >&2 <<MESSAGE
Missing for $purpose: $*
They could not be installed from here (no apt-get, not root, or the installation failed). Run
  sudo apt-get install $*
or your system's equivalent, then repeat the make command.
MESSAGE
exit 1
