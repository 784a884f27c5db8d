#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs those of the named Debian packages that are missing, and says which:  install_packages.sh PACKAGE...
# Touches nothing, and needs neither the network nor root, when all of them are there.
set -eu

if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "deps: no dpkg here; this needs the equivalents of Debian's packages: $*"
    exit 0
fi

# The second letter of the status says what is the case ("ii" installed, "hi" installed and held).
installed=$(dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' "$@" 2>/dev/null | awk 'substr($1, 2, 1) == "i" { print $2 }')
missing=
for package in "$@"; do
    printf '%s\n' "$installed" | grep -qxF -- "$package" || missing="$missing $package"
done
if [ -z "$missing" ]; then
    echo "deps: all $# packages are installed"
    exit 0
fi

as_root=
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        echo "deps: missing:$missing" >&2
        echo "deps: run as root: apt-get update && apt-get install --no-install-recommends$missing" >&2
        exit 1
    fi
    as_root=sudo
fi

apt() {
    for attempt in 1 2 3; do
        if $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3 "$@"; then
            return 0
        fi
        echo "deps: apt-get $1 failed (attempt $attempt of 3)" >&2
        [ "$attempt" = 3 ] || sleep 5
    done
    return 1
}

echo "deps: installing from Debian's packages:$missing"
apt update || echo "deps: going on with the package lists at hand" >&2
# shellcheck disable=SC2086 # one argument per package
apt install --no-install-recommends $missing
