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

RESGUARDO_SERVICE=${RESGUARDO_SERVICE:-backup}
. "$(dirname "$0")/common.sh"

case "${1:-}" in
    -h | --help)
        usage
        ;;
    -l | --list)
        shift
        in_project list "$@"
        ;;
    *)
        in_project backup "$@"
        ;;
esac
