#!/bin/sh
# Backs up now, in the operator's words: in the compose project where there is one, else with the
# program of this machine.
#
#   scripts/backup.sh            back up now
#   scripts/backup.sh --list     what stands
#   scripts/backup.sh --help     every flag (they are those of `resguardo backup`)
set -eu

usage() {
    sed -n '2,7s/^# \{0,1\}//p' "$0"
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

# RESGUARDO=/path/to/resguardo runs that program, whatever else there is.
run() {
    if [ -n "${RESGUARDO:-}" ]; then
        "$RESGUARDO" "$@"
    elif has_compose; then
        compose run --rm "${RESGUARDO_SERVICE:-backup}" "$@"
    else
        resguardo "$@"
    fi
}

case "${1:-}" in
    -h | --help)
        usage
        ;;
    -l | --list)
        shift
        run list "$@"
        ;;
    *)
        run backup "$@"
        ;;
esac
