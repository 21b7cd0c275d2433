#!/bin/bash
# What the comparison needs besides Debian's packages (circus from PyPI, kept below .build), then the comparison itself.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
repository=$(cd "$here/../.." && pwd)
circus=0.19.0
venv=$repository/.build/bench-venv
export PYTHONDONTWRITEBYTECODE=1
if [ "$("$venv/bin/circusd" --version 2>/dev/null)" != "$circus" ]; then
    echo "bench: installing circus $circus from PyPI into $venv" >&2
    rm -rf "$venv"
    /usr/bin/python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check "circus==$circus"
fi
# As many open files as the machine allows, for every side alike: 1,000 services need several each.
ulimit -n "$(ulimit -Hn)"
exec /usr/bin/python3 "$here/run.py" "$@"
