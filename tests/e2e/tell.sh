#!/usr/bin/env bash
# tell.sh STORY: runs one story in a project of its own, cleared away whatever happens. What a
# story may use is here; it says what it expects by `is`, `has`, `soon`, and ends at the first
# thing that is not so. E2E_ROOT is the tree whose files it runs against.
set -euo pipefail

: "${E2E_ROOT:?}" "${E2E_WORK:?}" "${E2E_STORY:?}" "${BASE_IMAGE:?}"
story=$1
readonly story
docker=/usr/bin/docker
[ -x "$docker" ] || docker=$(command -v docker)
project="e2e-${E2E_STORY//[^a-z0-9]/-}-$$"
# What an operator has: a checkout with the compose file, folders, settings and secrets.
home=$E2E_WORK/home/$project
port=$((20000 + $$ % 20000))

compose() {
    (cd "$home" && docker-compose --env-file .env.prod -p "$project" -f docker-compose.prod.yml -f compose.story.yml "$@")
}

docker() { "$docker" "$@"; }

# Inside a service that runs.
inside() {
    local service=$1
    shift
    compose exec -T "$service" "$@"
}

resguardo() { inside backup resguardo "$@"; }

# SQL by the application's role; the answer alone.
sql() {
    compose exec -T db psql -U app -d "${DATABASE:-app}" -Atqc "$1"
}

container() { compose ps -q "$1"; }

# What the engine's own probe says of a service: starting, healthy, unhealthy.
probe() { docker inspect -f '{{.State.Health.Status}}' "$(container "$1")"; }

health() { curl -s "http://127.0.0.1:$port/health"; }

health_code() { curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/health"; }

# is EXPECTED COMMAND…: what it says is exactly that.
is() {
    local expected=$1 said
    shift
    said=$("$@" 2>&1) || true
    [ "$said" = "$expected" ] || fail "$*: expected «$expected», got «$said»"
}

# has TEXT COMMAND…: what it says has this in it.
has() {
    local expected=$1 said
    shift
    said=$("$@" 2>&1) || true
    [[ $said == *"$expected"* ]] || fail "$*: expected «…$expected…», got «$said»"
}

# ends CODE COMMAND…: with which exit code; what it said is kept in $said.
ends() {
    local expected=$1 code=0
    shift
    said=$("$@" 2>&1) || code=$?
    [ "$code" = "$expected" ] || fail "$*: expected exit $expected, got $code: $said"
}

# soon SECONDS COMMAND…: it succeeds within that time; asked again and again.
soon() {
    local until=$((SECONDS + $1)) said
    shift
    until said=$("$@" 2>&1); do
        [ "$SECONDS" -lt "$until" ] || fail "$*: not so in time: $said"
        pause
    done
}

# A moment between two questions; a story never waits for time itself to pass.
pause() { read -r -t 0.5 <> <(:) || true; }

fail() {
    printf 'NOT SO: %s\n' "$*" >&2
    exit 1
}

step() { printf '\n## %s (%d s)\n' "$*" "$SECONDS"; }

lay_out() {
    mkdir -p "$home"/{backups,logs,media,secrets}
    cp -r "$E2E_ROOT/docker-compose.prod.yml" "$E2E_ROOT/config" "$E2E_ROOT/scripts" "$home"
    printf 'plain\n' > "$home/secrets/db_password"
    cat > "$home/.env.prod" <<TEXT
POSTGRES_DB=app
POSTGRES_USER=app
TARGET_HOUR=3
TZ=America/Lima
BACKUP_PORT=$port
BACKUP_USER=1000:1000
TEXT
    printf '[[media]]\npath = "/media"\n' > "$home/config/backup.toml"
    printf 'version: "3.8"\n' > "$home/compose.story.yml"
    cp "$(dirname "$story")"/compose.yml "$home/compose.story.yml" 2>/dev/null || true
    echo photo > "$home/media/a.jpg"
    chown -R 1000:1000 "$home"
}

clear_away() {
    local code=$?
    if [ "$code" != 0 ]; then
        compose ps || true
        compose logs --no-color --tail=80 || true
    fi
    compose --profile restore --profile web --profile monitoring down -v --remove-orphans --timeout 10 >/dev/null 2>&1 ||
        compose down -v --remove-orphans --timeout 10 >/dev/null 2>&1 || true
    rm -rf "$home"
    exit "$code"
}

trap clear_away EXIT
lay_out
# shellcheck source=/dev/null
source "$story"
step done
