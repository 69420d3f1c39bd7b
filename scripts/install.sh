#!/bin/sh
# Installs what a make target needs, unless exactly that was installed before:
#   install.sh run    .venv with requirements.txt, and the pages' libraries where they can be had
#   install.sh dev    .venv with requirements-dev.txt, and the pages' libraries
#   install.sh node   node_modules with package-lock.json
# PYTHON names the interpreter to make .venv with; else the first python3 that is new enough.
set -eu
cd "$(dirname "$0")/.."

fail() {
    echo "$1" >&2
    exit 1
}

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then set -- "$PYTHON"; else set -- python3 python3.14 python3.13 python3.12 python3.11; fi
    for candidate; do
        if new_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    found=$("${PYTHON:-python3}" --version 2>&1) || found="no ${PYTHON:-python3}"
    fail "Backbeat needs Python 3.11 or newer and found $found; install one, or name it: make PYTHON=/path/to/python3 ..."
}

# Two makes at once must not write the same folder; without flock (macOS) that is up to whoever starts them.
take_lock() {
    mkdir -p .make
    exec 9>.make/install.lock
    if command -v flock >/dev/null; then flock 9; fi
}

make_venv() {
    if [ -x .venv/bin/python ] && new_enough .venv/bin/python && .venv/bin/python -c 'import pip' 2>/dev/null; then return; fi
    python=$(find_python)
    "$python" -c 'import venv, ensurepip' 2>/dev/null ||
        fail "$("$python" --version) has no venv module; install it (Debian: apt-get install python3-venv)."
    echo "Making .venv with $("$python" --version) ..."
    "$python" -m venv --clear .venv 9>&- || fail "The virtual environment .venv could not be made; the lines above say why."
}

has_compiler() {
    command -v "${CC:-cc}" >/dev/null || command -v gcc >/dev/null || command -v clang >/dev/null
}

why_pip_failed() {
    if ! has_compiler && grep -qiE "(gcc|cc|clang|compiler).*(not found|no such file|failed|cannot)|unable to find.*compiler" "$1"; then
        fail "A library must be built on this machine and there is no C compiler; install one (Debian: apt-get install build-essential python3-dev) and try again."
    fi
    fail "The libraries could not be installed: $(grep -iE '^ *error' "$1" | tail -n 1); $1 says more."
}

# $1: the name of the stamp, $2: what to install. The stamp holds what was installed, so that any change is seen.
pip_install() {
    if cmp -s "$2" ".venv/installed-$1.txt" && cmp -s requirements.txt .venv/installed-run.txt; then return; fi
    echo "Installing the libraries of $2 (some minutes the first time) ..."
    rm -f .venv/installed-*.txt
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input -r "$2" >.venv/pip.log 2>&1 9>&- ||
        why_pip_failed .venv/pip.log
    cp requirements.txt .venv/installed-run.txt
    cp "$2" ".venv/installed-$1.txt"
}

npm_install() {
    if cmp -s package-lock.json node_modules/.installed-lock.json; then return; fi
    command -v npm >/dev/null || fail "The checks of the browser client need Node 20 or newer with npm; install them (Debian: apt-get install nodejs npm)."
    echo "Installing the tools that check the browser client ..."
    npm ci --silent --no-audit --no-fund 9>&- || fail "npm ci failed; the lines above say why."
    cp package-lock.json node_modules/.installed-lock.json
}

# Fails after one line that says what is missing.
install_assets() {
    .venv/bin/python -m scripts.assets "${npm_config_registry:-${NPM_CONFIG_REGISTRY:-}}" 9>&-
}

take_lock
case "$1" in
    run) make_venv; pip_install run requirements.txt; install_assets || : ;; # pages have something in their place
    dev) make_venv; pip_install dev requirements-dev.txt; install_assets ;;
    node) npm_install ;;
    *) fail "install.sh knows run, dev and node, not $1." ;;
esac
