#!/usr/bin/env bash
# End-to-end stories: the image and docker-compose.prod.yml on a real engine, each story in a
# project, folders and volumes of its own, cleared away whatever happens.
set -euo pipefail
exec </dev/null
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
    cat <<'TEXT'
Usage: scripts/e2e.sh [--prove] [--compose-v2] [STORY…]

  STORY         a folder of tests/e2e/stories; all of them, where none is named
  --prove       makes each one-line change that a story names in a copy of the files,
                and demands that the story fails then, by what it expects
  --compose-v2  with the plugin `docker compose`, not with `docker-compose` 1.29

Installs the engine, compose and debootstrap from Debian's packages where they are
missing and we may, and starts an engine where none answers (ended again afterwards).
Images are not pulled: stand-ins for postgres, rust and prometheus are made from Debian's
packages; BASE_IMAGE and BUILD_IMAGE name others. Nothing is ever skipped.
As many stories run side by side as E2E_SIDE_BY_SIDE says; unset, as there are processors.
TEXT
}

root=$PWD
readonly root
readonly work=${E2E_DIR:-$root/target/e2e}
readonly stories=$root/tests/e2e/stories
readonly side_by_side=${E2E_SIDE_BY_SIDE:-$(nproc)}
export E2E_SOURCE=$root E2E_WORK=$work
export E2E_DEBIAN=${E2E_DEBIAN:-e2e-debian:bookworm}
export BASE_IMAGE=${BASE_IMAGE:-e2e-postgres:15} BUILD_IMAGE=${BUILD_IMAGE:-e2e-rust:1.95}
export BACKUP_IMAGE_TAG=e2e
engine=
# Where a newer engine would build with BuildKit, which the Dockerfile does not need.
export DOCKER_BUILDKIT=0
# The engine's own client first: another one on the path may be too new for it.
[ ! -x /usr/bin/docker ] || PATH=/usr/bin:$PATH

main() {
    local act=told names=() name
    for word in "$@"; do
        case $word in
            -h | --help) usage && return 0 ;;
            --prove) act=prove ;;
            --compose-v2) export E2E_COMPOSE=v2 ;;
            -*) usage >&2 && return 64 ;;
            *) names+=("$word") ;;
        esac
    done
    [ "${#names[@]}" -gt 0 ] || mapfile -t names < <(cd "$stories" && ls -d -- */ | tr -d /)
    for name in "${names[@]}"; do
        [ -f "$stories/$name/story.sh" ] || { echo "no story $name" >&2 && return 64; }
    done
    mkdir -p "$work"
    trap end EXIT
    part 'engine and images' prepare "${names[@]}"
    part stories side_by_side "$act" "${names[@]}"
    if [ -s "$work/failed" ]; then
        printf '\n%d of %d stories FAILED: %s\n' "$(wc -l <"$work/failed")" "${#names[@]}" "$(paste -sd ' ' "$work/failed")"
        return 1
    fi
    printf '\n%d stories, all well, after %s.\n' "${#names[@]}" "$(minutes "$SECONDS")"
}

# part NAME COMMAND…: runs it and says how long it took.
part() {
    local name=$1 began=$SECONDS
    shift
    "$@"
    printf -- '== %s: %s\n' "$name" "$(minutes "$((SECONDS - began))")"
}

minutes() { printf '%d min %02d s' "$(($1 / 60))" "$(($1 % 60))"; }

# An engine that answers, and every image that these stories need.
prepare() {
    local name needed=()
    needs
    room
    start_engine
    left_over
    images
    mapfile -t needed < <(cd "$stories" && sed -sn 's/^# needs: //p' "${@/%//story.sh}" | sort -u)
    [ "${E2E_COMPOSE:-}" != v2 ] || needed+=(e2e-compose:trixie)
    for name in "${needed[@]}"; do
        image "$name"
    done
    ! docker image inspect e2e-compose:trixie >/dev/null 2>&1 || plugin
}

# side_by_side ACT STORY…: each story in a project of its own, so many at a time. Those that fail
# are written down.
side_by_side() {
    local act=$1 name
    shift
    : >"$work/failed"
    for name in "$@"; do
        while [ "$(jobs -rp | wc -l)" -ge "$side_by_side" ]; do
            wait -n || true
        done
        { "$act" "$name" || echo "$name" >>"$work/failed"; } &
    done
    wait
}

told() { tell "$1" "$root"; }

# tell NAME ROOT: runs one story against the files of a tree; its words are shown where it fails.
tell() {
    local name=$1 tree=$2 began=$SECONDS log=$work/$1.log
    if E2E_ROOT=$tree E2E_STORY=$name timeout --kill-after=60 "${E2E_STORY_SECONDS:-600}" \
        bash "$tree/tests/e2e/tell.sh" "$tree/tests/e2e/stories/$name/story.sh" > "$log" 2>&1; then
        printf -- '-- %-24s well, %d s%s\n' "$name" "$((SECONDS - began))" "$(shown "$log")"
    else
        printf -- '-- %-24s FAILED, %d s\n%s\n' "$name" "$((SECONDS - began))" \
            "$({ tail -n 60 "$log" && grep '^NOT SO' "$log"; } | sed 's/^/    /')"
        return 1
    fi
}

# What a story wants seen also where all is well.
shown() { sed -n 's/^| /   | /p' "$1" | sed '1s/^/\n/'; }

# prove NAME: the story must fail with each of the changes that it names. A change is a line of its
# script, `# red: FILE: SED EXPRESSION`, of a file of the project's or of the stories' own; where it
# is one that the image is made of, so is an image of its own.
prove() {
    local name=$1 line lines file change copy=$work/prove/$1 tag
    mapfile -t lines < <(sed -n 's/^# red: //p' "$stories/$name/story.sh")
    [ "${#lines[@]}" -gt 0 ] || { echo "-- $name names no change that makes it fail" && return 1; }
    for line in "${lines[@]}"; do
        file=${line%%: *} change=${line#*: } tag=e2e
        checkout "$copy"
        sed -i -E "$change" "$copy/$file"
        if cmp -s "$file" "$copy/$file"; then
            printf -- '-- %-24s its change of %s changes nothing\n' "$name" "$file"
            return 1
        fi
        case $file in
            Dockerfile | .dockerignore | src/* | templates/* | config/reference.toml)
                tag=e2e-red-$name
                # One build at a time: it takes all processors by itself.
                made "resguardo:$tag" flock "$work/build" docker build -q -t "resguardo:$tag" --build-arg "BASE_IMAGE=$BASE_IMAGE" \
                    --build-arg "BUILD_IMAGE=$BUILD_IMAGE" "$copy" || return 1
                ;;
        esac
        if E2E_PATIENCE=1 BACKUP_IMAGE_TAG=$tag tell "$name" "$copy" >"$work/$name.prove.log"; then
            printf -- '-- %-24s STAYS GREEN with %s\n' "$name" "$line"
            return 1
        fi
        [ "$tag" = e2e ] || docker rmi "resguardo:$tag" >/dev/null
        # By an expectation that was not met, not by a fault of the story itself.
        if ! grep -q '^NOT SO' "$work/$name.log"; then
            printf -- '-- %-24s ENDS OTHERWISE with %s\n' "$name" "$line"
            return 1
        fi
        printf -- '-- %-24s red with %s\n%s\n' "$name" "$line" \
            "$(sed -n 's/^NOT SO/   not so/p' "$work/$name.log" | cut -c -160)"
    done
    rm -rf "$copy"
}

# checkout FOLDER: all that is shipped, and nothing that has come about since.
checkout() {
    rm -rf "$1" && mkdir -p "$1" &&
        tar -c --exclude-vcs --exclude=./target --exclude='./backups/*' --exclude='./logs/*' . | tar -x -C "$1"
}

# What the stories need and the machine lacks.
needs() {
    local missing=()
    command -v dockerd >/dev/null || missing+=(docker.io)
    # The plugin will do where it is all there is.
    command -v docker-compose >/dev/null || { docker compose version >/dev/null 2>&1 && export E2E_COMPOSE=v2; } ||
        missing+=(docker-compose)
    command -v debootstrap >/dev/null || missing+=(debootstrap)
    compgen -G '/usr/lib/*/faketime/libfaketime.so.1' >/dev/null || missing+=(libfaketime)
    command -v jq >/dev/null || missing+=(jq)
    command -v curl >/dev/null || missing+=(curl)
    [ "${#missing[@]}" -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ]; then
        printf 'install these and come again: %s\n' "${missing[*]}" >&2
        return 1
    fi
    apt-get update -q >"$work/apt.log" 2>&1 &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y -q "${missing[@]}" >>"$work/apt.log" 2>&1 ||
        { tail -n 20 "$work/apt.log" >&2 && return 1; }
}

# The sidecar warns where hardly any of the disk is left, and no story could say then that all is well.
room() {
    local total free
    read -r total free < <(df -B1 --output=size,avail "$work" | tail -n 1)
    [ "$((free * 100 / total))" -ge 6 ] || { echo "less than 6 % of the disk of $work is free" >&2 && return 1; }
}

# An engine that answers is used; otherwise one is started, for as long as this runs.
start_engine() {
    if docker info >/dev/null 2>&1; then
        return 0
    fi
    dockerd >"$work/dockerd.log" 2>&1 &
    engine=$!
    # None of the jobs that are waited for.
    disown "$engine"
    local until=$((SECONDS + 60))
    until docker info >/dev/null 2>&1; do
        if [ "$SECONDS" -ge "$until" ] || ! kill -0 "$engine" 2>/dev/null; then
            tail -n 20 "$work/dockerd.log" >&2
            echo 'no engine answers, and none could be started' >&2
            return 1
        fi
        pause
    done
}

pause() { read -r -t 1 <> <(:) || true; }

# What stories left that were killed: of a project that bears the number of a process that is no more.
left_over() {
    local project process label='{{.Label "com.docker.compose.project"}}'
    { docker ps -a --format "$label" && docker network ls --format "$label" && docker volume ls --format "$label" &&
        ls "$work/home" 2>/dev/null || true; } | sort -u | while read -r project; do
        process=${project%-2} process=${process##*-}
        [[ $project == e2e-*-[0-9]* ]] && ! kill -0 "$process" 2>/dev/null || continue
        bash tests/e2e/clear.sh "$project" >/dev/null 2>&1 || true
        rm -rf "$work/home/$project"
    done
}

# Stories that still run clear themselves away first.
end() {
    local told
    mapfile -t told < <(jobs -rp)
    [ "${#told[@]}" = 0 ] || { pkill -P "$(IFS=, && echo "${told[*]}")" && wait; } 2>/dev/null || true
    [ -n "$engine" ] && kill "$engine" 2>/dev/null || return 0
    local until=$((SECONDS + 60))
    while [ "$SECONDS" -lt "$until" ] && kill -0 "$engine" 2>/dev/null; do
        pause
    done
}

# What every story runs on.
images() {
    image "$E2E_DEBIAN"
    image "$BASE_IMAGE"
    image "$BUILD_IMAGE"
    image resguardo:e2e
}

# image NAME: makes it, each by its kind; those that stand are not made again, but the program's is.
image() {
    local name=$1 tag=${1##*:} on=$BASE_IMAGE debian=$E2E_DEBIAN
    [[ $name == resguardo:* ]] || ! docker image inspect "$name" >/dev/null 2>&1 || return 0
    case $name in
        resguardo:*)
            [ "$tag" = e2e ] || on=e2e-postgres:${tag#e2e-}
            image "$on"
            made "$name" docker build -q -t "$name" --build-arg "BASE_IMAGE=$on" --build-arg "BUILD_IMAGE=$BUILD_IMAGE" .
            ;;
        e2e-debian:*) made "$name" debian "$tag" ;;
        e2e-compose:*)
            image "e2e-debian:$tag"
            made "$name" docker build -q -t "$name" --build-arg "DEBIAN=e2e-debian:$tag" tests/e2e/images/compose
            ;;
        e2e-rust:*) made "$name" rust "$name" ;;
        e2e-postgres:*)
            # Debian's own packages: each of its releases has one major version.
            [ "$tag" != 17 ] || debian=e2e-debian:trixie
            image "$debian"
            made "$name" docker build -q -t "$name" --build-arg "DEBIAN=$debian" --build-arg "MAJOR=$tag" tests/e2e/images/postgres
            ;;
        e2e-*)
            local kind=${name%%:*}
            made "$name" docker build -q -t "$name" --build-arg "DEBIAN=$debian" "tests/e2e/images/${kind#e2e-}"
            ;;
        *) made "$name" docker pull -q "$name" ;;
    esac
}

# A Debian of this name, from its packages.
debian() {
    local folder=$work/$1
    rm -rf "$folder" &&
        debootstrap --variant=minbase --include=locales,tzdata "$1" "$folder" &&
        tar -C "$folder" -c . | docker import - "e2e-debian:$1" &&
        rm -rf "$folder"
}

# The toolchain of this machine, as an image.
rust() {
    local folder=$work/rust toolchain
    toolchain=$(rustc --print sysroot) &&
        rm -rf "$folder" && mkdir -p "$folder/toolchain" &&
        cp -r "$toolchain/bin" "$toolchain/lib" "$folder/toolchain" &&
        cp /etc/ssl/certs/ca-certificates.crt "$folder/certificates.crt" &&
        cp tests/e2e/images/rust/Dockerfile "$folder" &&
        docker build -q -t "$1" --build-arg "DEBIAN=$E2E_DEBIAN" "$folder" &&
        rm -rf "$folder"
}

# Compose as a plugin, for whoever names this folder as DOCKER_CONFIG.
plugin() {
    local folder=$work/compose-v2/cli-plugins
    [ ! -x "$folder/docker-compose" ] || return 0
    mkdir -p "$folder"
    docker run --rm e2e-compose:trixie cat /usr/libexec/docker/cli-plugins/docker-compose >"$folder/docker-compose.new"
    chmod 755 "$folder/docker-compose.new" && mv "$folder/docker-compose.new" "$folder/docker-compose"
}

# made WHAT COMMAND…: runs it quietly; what it said is shown where it fails.
made() {
    local what=$1 began=$SECONDS log=$work/made-${1//[:\/]/-}.log
    shift
    if "$@" >"$log" 2>&1; then
        printf -- '-- image %-24s %d s\n' "$what" "$((SECONDS - began))"
    else
        tail -n 60 "$log" >&2
        printf -- '-- the image %s could not be made\n' "$what" >&2
        return 1
    fi
}

main "$@"
