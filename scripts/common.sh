# What scripts/backup.sh and scripts/restore.sh share, read by both: where the program is run. It is
# called by nobody else.

# The project: the folder above the one that the calling script lies in.
here=$(cd "$(dirname "$0")/.." && pwd)

# The compose project: docker-compose.prod.yml unless COMPOSE_FILE names another, or several with `:`
# between them, which compose reads by itself; with the variables of the .env.prod beside the first.
export COMPOSE_FILE="${COMPOSE_FILE:-$here/docker-compose.prod.yml}"

compose() {
    variables=$(dirname "${COMPOSE_FILE%%:*}")/.env.prod
    [ ! -f "$variables" ] || set -- --env-file "$variables" "$@"
    if docker compose version >/dev/null 2>&1; then
        docker compose "$@"
    else
        docker-compose "$@"
    fi
}

has_compose() {
    [ -f "${COMPOSE_FILE%%:*}" ] &&
        { docker compose version >/dev/null 2>&1 || docker-compose version >/dev/null 2>&1; }
}

# in_project ARGUMENT…: runs resguardo in the service RESGUARDO_SERVICE of the compose project where
# there is one, else on this machine. A terminal is handed on where there is one, to be asked on.
# RESGUARDO=/path/to/resguardo runs that program, whatever else there is.
in_project() {
    if [ -n "${RESGUARDO:-}" ]; then
        "$RESGUARDO" "$@"
    elif has_compose && [ -t 0 ]; then
        compose run --rm "$RESGUARDO_SERVICE" "$@"
    elif has_compose; then
        compose run --rm -T "$RESGUARDO_SERVICE" "$@"
    else
        resguardo "$@"
    fi
}
