#!/usr/bin/env bash
# tell.sh STORY: runs one story in a project of its own, cleared away whatever happens. What a
# story may use is here; it says what it expects by `is`, `has`, `soon`, and ends at the first
# thing that is not so. E2E_ROOT is the tree whose files it runs against.
set -euo pipefail

: "${E2E_ROOT:?}" "${E2E_WORK:?}" "${E2E_STORY:?}" "${BASE_IMAGE:?}"
readonly story=$1
readonly first="e2e-${E2E_STORY//[^a-z0-9]/-}-$$"
# What an operator has: a checkout with the compose file, folders, settings and secrets.
project=$first
home=$E2E_WORK/home/$project
# One of four: the sidecar's, Prometheus', and those of another server. Below those that the
# kernel hands out.
port=$((20000 + $$ % 3000 * 4))

# Compose as a plugin is what `docker compose` finds in this folder, and the operator's scripts too.
with_plugin() { export E2E_COMPOSE=v2 DOCKER_CONFIG=$E2E_WORK/compose-v2; }

[ "${E2E_COMPOSE:-}" != v2 ] || with_plugin

compose() {
    local program=(docker-compose)
    [ "${E2E_COMPOSE:-}" != v2 ] || program=(docker compose)
    (cd "$home" && "${program[@]}" --env-file .env.prod -p "$project" \
        -f docker-compose.prod.yml -f compose.e2e.yml -f compose.story.yml -f compose.time.yml "$@")
}

# The operator's scripts, as they are in the checkout: scripts backup.sh --list
scripts() {
    local name=$1
    shift
    COMPOSE_PROJECT_NAME=$project "$home/scripts/$name" "$@"
}

# The newest container of a service, also one that has ended.
container() {
    docker ps -aq --filter "label=com.docker.compose.project=$project" \
        --filter "label=com.docker.compose.service=$1" --filter label=com.docker.compose.oneoff=False | head -n 1
}

# Inside a service that runs.
inside() {
    local service=$1
    shift
    docker exec -i "$(container "$service")" "$@"
}

resguardo() { inside backup resguardo "$@"; }

# SQL by the application's role; the answer alone.
sql() { inside db psql -U app -d "${DATABASE:-app}" -v ON_ERROR_STOP=1 -Atqc "$1"; }

# What the engine's own probe says of a service: starting, healthy, unhealthy.
probe() { docker inspect -f '{{.State.Health.Status}}' "$(container "$1")"; }

probed() { [ "$(probe "$1")" = "$2" ]; }

# What the sidecar's processes are, a line each: processes uid,args
processes() { docker top "$(container backup)" -eo "pid,$1" | tail -n +2 | sed 's/^ *[0-9]* *//'; }

users() { processes uid | sort -u; }

# What they may do beyond any user, as the kernel writes it: the bounding set, which nothing can
# take more from than it holds.
capabilities() { inside backup sh -c 'cat /proc/[0-9]*/status' | sed -n 's/^CapBnd:\t//p' | sort -u; }

# A table that is loaded only once a file is gone, from the folder that drills work in: so a drill
# can be looked at in its middle. The database's own server has no such file.
readonly hold=/var/lib/postgresql/data/hold

table_that_waits() {
    sql "CREATE FUNCTION held() RETURNS bool LANGUAGE plpgsql AS \$\$ BEGIN
            WHILE (pg_stat_file('$hold', true)).size IS NOT NULL LOOP PERFORM pg_sleep(0.1); END LOOP;
            RETURN true;
        END \$\$;
        CREATE TABLE waits (n int CHECK (held())); INSERT INTO waits VALUES (1)"
}

hold_drills() { inside backup touch "$hold"; }

let_go() { inside backup rm "$hold"; }

# The server of a drill at work, and what a drill has left in its scratch; only its lock stays there, and
# word of the store.
servers() { processes args | grep '^postgres: ' || true; }

in_mid_drill() { [[ $(servers) == *COPY* ]]; }

left_over() { inside backup find /var/lib/postgresql/data -mindepth 1 ! -name .resguardo-drill.lock ! -name .resguardo-store.json; }

# A command of ours, by its process id, has ended.
ended() { ! kill -0 "$1" 2>/dev/null; }

# up SERVICE…: starts them, and waits until the engine calls each of them healthy and the sidecar
# has nothing to do: it is well while its first run is under way.
up() {
    local service
    compose up -d "$@"
    for service in "$@"; do
        soon 60 probed "$service" healthy
    done
    case " $* " in *' backup '*) soon 60 at_rest ;; esac
}

health() { curl -s "http://127.0.0.1:$port/health"; }

health_code() { curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/health"; }

# What it says of how things stand: healthy, stale …
status() { health | jq -r .status; }

status_is() { [ "$(status)" = "$1" ]; }

at_rest() { [[ $(status) == @(healthy|warning|suspect) ]]; }

# reasons: one line each, as people read them.
reasons() { health | jq -r '.reasons[].text'; }

# The last run of a job, as the record has it: last backup .outcome
last() { jq -rs "map(select(.job == \"$1\")) | last | $2" "$home/backups/.resguardo/runs.jsonl"; }

# The sidecar lives at a time of its own from here on: so many seconds later than the machine. Its
# processes alone, and only after `apart_in_time`, said before it is started.
later() {
    printf '+%d' "$1" > "$home/faketime/rc.new"
    mv "$home/faketime/rc.new" "$home/faketime/rc"
}

apart_in_time() {
    cp "$E2E_ROOT/tests/e2e/faketime.yml" "$home/compose.time.yml"
    cp /usr/lib/*/faketime/libfaketime.so.1 "$home/faketime/"
    later 0
}

# Seconds from now until the next time of day HH:MM[:SS] where the application is.
until_time() {
    local now then
    now=$(date +%s)
    then=$(TZ=America/Lima date -d "$1" +%s)
    # Not one that comes while the story still begins.
    [ "$then" -gt "$((now + 900))" ] || then=$(TZ=America/Lima date -d "tomorrow $1" +%s)
    echo $((then - now))
}

# So much data that a dump takes its time, the more as the server is given hardly a processor.
slow_dump() {
    sql "CREATE TABLE slow AS SELECT n, repeat(md5(n::text), 20) AS text FROM generate_series(1, 200000) AS n"
    docker update --cpus 0.02 "$(container db)" >/dev/null
}

full_speed() { docker update --cpus 2 "$(container db)" >/dev/null; }

# The dump of a run has come so far that a part of it is on disk.
mid_dump() { [ -n "$(find "$home/backups/.resguardo/partial" -name 'app_*.sql.gz' -size +100k 2>/dev/null)" ]; }

# An image to build in whose compiler hands out the program that stands, so that the Dockerfile can be
# looked at without waiting for a real one: $quick.
quick_compiler() {
    quick=$first:compiler
    docker build -q -t "$quick" - >/dev/null <<TEXT
FROM resguardo:$BACKUP_IMAGE_TAG AS made
FROM $BUILD_IMAGE
COPY --from=made /usr/local/bin/resguardo /resguardo
RUN ["/bin/sh", "-c", "printf '#!/bin/sh\\nmkdir -p target/release\\ncp /resguardo target/release\\n' > /usr/local/bin/cargo; chmod 755 /usr/local/bin/cargo"]
ENV PATH=/usr/local/bin:/usr/bin:/bin
TEXT
}

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

# typing CODE WORD COMMAND: as `ends`, on a terminal, where that word is typed once it is asked for.
typing() {
    local expected=$1 word=$2 command=$3 code=0 terminal=$home/terminal
    : > "$terminal"
    { soon 60 grep -q 'type: ' "$terminal" && echo "$word"; } |
        timeout "$((40 * ${E2E_PATIENCE:-3}))" script -qefc "$command" "$terminal" >/dev/null || code=$?
    said=$(cat "$terminal")
    [ "$code" = "$expected" ] || fail "$command, where «$word» is typed: expected exit $expected, got $code: $said"
}

# soon SECONDS COMMAND…: it succeeds within that time; asked again and again. A machine that is busy
# with other things is given three times as long.
soon() {
    local until=$((SECONDS + $1 * ${E2E_PATIENCE:-3})) said
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

# What it says is worth seeing also where all is well.
show() { "$@" 2>&1 | sed 's/^/| /'; }

step() { printf '\n## %s (%d s)\n' "$*" "$SECONDS"; }

lay_out() {
    mkdir -p "$home"/{backups,logs,media,secrets,faketime}
    cp -r "$E2E_ROOT/docker-compose.prod.yml" "$E2E_ROOT/config" "$E2E_ROOT/scripts" "$home"
    printf 'plain\n' > "$home/secrets/db_password"
    sed "s/^BACKUP_PORT=.*/BACKUP_PORT=$port/; s/^PROMETHEUS_PORT=.*/PROMETHEUS_PORT=$((port + 1))/" \
        "$E2E_ROOT/.env.prod.example" > "$home/.env.prod"
    cp "$E2E_ROOT/tests/e2e/compose.yml" "$home/compose.e2e.yml"
    printf '[[media]]\npath = "/media"\n' > "$home/config/backup.toml"
    echo 'services: { db: {} }' | tee "$home/compose.story.yml" > "$home/compose.time.yml"
    cp "$(dirname "$story")"/compose.yml "$home/compose.story.yml" 2>/dev/null || true
    echo photo > "$home/media/a.jpg"
    chown -R 1000:1000 "$home"
}

# Another machine: a checkout and a project of its own, where nothing stands yet. $old is the first one.
another_server() {
    old=$home project=$first-2 home=$E2E_WORK/home/$first-2 port=$((port + 2))
    lay_out
}

clear_away() {
    local code=$?
    if [ "$code" != 0 ]; then
        docker ps -a --filter "label=com.docker.compose.project=$project" --format '{{.Names}}: {{.Status}}' || true
        reasons 2>/dev/null | sed 's/^/reason | /' || true
        for service in db web prometheus backup; do
            [ -z "$(container "$service")" ] || docker logs --tail 20 "$(container "$service")" 2>&1 | sed "s/^/$service | /" || true
        done
    fi
    bash "$E2E_SOURCE/tests/e2e/clear.sh" "$first" >/dev/null 2>&1 || true
    bash "$E2E_SOURCE/tests/e2e/clear.sh" "$first-2" >/dev/null 2>&1 || true
    rm -rf "$E2E_WORK/home/$first" "$E2E_WORK/home/$first-2"
    exit "$code"
}

trap clear_away EXIT
lay_out
# shellcheck source=/dev/null
source "$story"
step done
