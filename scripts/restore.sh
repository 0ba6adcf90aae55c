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

# The service `restore` may write media.
RESGUARDO_SERVICE=${RESGUARDO_SERVICE:-restore}
. "$(dirname "$0")/common.sh"

case "${1:-}" in
    "" | -h | --help)
        usage
        ;;
    -l | --list)
        shift
        in_project list "$@"
        ;;
    *)
        in_project restore "$@"
        ;;
esac
