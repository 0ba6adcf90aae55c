#!/bin/sh
# Restores, in the operator's words: in the compose project where there is one, else with the
# program of this machine. What stands there is kept beside what is restored.
#
#   scripts/restore.sh --list                        what stands
#   scripts/restore.sh --latest                      the newest good artifact of every source
#   scripts/restore.sh --db FILE --media FILE        these files: a path, or a name in the store
#   scripts/restore.sh --set 20241112_030000         one set
#   scripts/restore.sh --undo                        exchange back what was restored last
#   scripts/restore.sh --clean                       remove the old copies that are kept
#   scripts/restore.sh --help                        this; every flag is that of `resguardo restore`
set -eu

usage() {
    sed -n '2,12s/^# \{0,1\}//p' "$0"
}

here=$(cd "$(dirname "$0")/.." && pwd)

# The compose project: docker-compose.prod.yml unless COMPOSE_FILE names another.
compose() {
    if docker compose version >/dev/null 2>&1; then
        docker compose -f "${COMPOSE_FILE:-$here/docker-compose.prod.yml}" "$@"
    else
        docker-compose -f "${COMPOSE_FILE:-$here/docker-compose.prod.yml}" "$@"
    fi
}

has_compose() {
    [ -f "${COMPOSE_FILE:-$here/docker-compose.prod.yml}" ] &&
        { docker compose version >/dev/null 2>&1 || docker-compose version >/dev/null 2>&1; }
}

# The service `restore` may write media; a terminal is handed on where there is one, to be asked on.
# RESGUARDO=/path/to/resguardo runs that program, whatever else there is.
run() {
    if [ -n "${RESGUARDO:-}" ]; then
        "$RESGUARDO" "$@"
    elif has_compose && [ -t 0 ]; then
        compose run --rm "${RESGUARDO_SERVICE:-restore}" "$@"
    elif has_compose; then
        compose run --rm -T "${RESGUARDO_SERVICE:-restore}" "$@"
    else
        resguardo "$@"
    fi
}

case "${1:-}" in
    "" | -h | --help)
        usage
        ;;
    -l | --list)
        shift
        run list "$@"
        ;;
    *)
        run restore "$@"
        ;;
esac
