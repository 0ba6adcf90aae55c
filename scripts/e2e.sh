#!/usr/bin/env bash
# End-to-end stories: the image and docker-compose.prod.yml on a real engine, each story in a
# project, folders and volumes of its own, cleared away whatever happens.
set -euo pipefail
exec </dev/null
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
    cat <<'TEXT'
Usage: scripts/e2e.sh [--prove] [STORY…]

  STORY     a folder of tests/e2e/stories; all of them, where none is named
  --prove   makes each one-line change that a story names in a copy of the files,
            and demands that the story fails then, by what it expects

Installs the engine, compose and debootstrap from Debian's packages where they are
missing and we may, and starts an engine where none answers (ended again afterwards).
Images are not pulled: stand-ins for postgres, rust and prometheus are made from Debian's
packages; BASE_IMAGE and BUILD_IMAGE name others. Nothing is ever skipped.
TEXT
}

root=$PWD
readonly root
readonly work=${E2E_DIR:-$root/target/e2e}
readonly stories=$root/tests/e2e/stories
export E2E_SOURCE=$root E2E_WORK=$work
export E2E_DEBIAN=${E2E_DEBIAN:-e2e-debian:bookworm}
export BASE_IMAGE=${BASE_IMAGE:-e2e-postgres:15} BUILD_IMAGE=${BUILD_IMAGE:-e2e-rust:1.95}
export BACKUP_IMAGE_TAG=e2e
engine=
# The engine's own client first: another one on the path may be too new for it.
[ ! -x /usr/bin/docker ] || PATH=/usr/bin:$PATH

main() {
    local prove='' names=() needed=()
    for word in "$@"; do
        case $word in
            -h | --help) usage && return 0 ;;
            --prove) prove=1 ;;
            -*) usage >&2 && return 64 ;;
            *) names+=("$word") ;;
        esac
    done
    [ "${#names[@]}" -gt 0 ] || mapfile -t names < <(cd "$stories" && ls -d -- */ | tr -d /)
    for name in "${names[@]}"; do
        [ -f "$stories/$name/story.sh" ] || { echo "no story $name" >&2 && return 64; }
    done
    mkdir -p "$work"
    trap stop_engine EXIT
    needs
    start_engine
    images
    mapfile -t needed < <(cd "$stories" && sed -sn 's/^# needs: //p' "${names[@]/%//story.sh}" | sort -u)
    for name in "${needed[@]}"; do
        image "$name"
    done
    local failed=()
    for name in "${names[@]}"; do
        if [ -n "$prove" ]; then
            prove "$name" || failed+=("$name")
        else
            tell "$name" "$root" || failed+=("$name")
        fi
    done
    if [ "${#failed[@]}" -gt 0 ]; then
        printf '\n%d of %d stories FAILED: %s\n' "${#failed[@]}" "${#names[@]}" "${failed[*]}"
        return 1
    fi
    printf '\n%d stories, all well, after %d s.\n' "${#names[@]}" "$SECONDS"
}

# tell NAME ROOT: runs one story against the files of a tree; its words are shown where it fails.
tell() {
    local name=$1 tree=$2 began=$SECONDS log=$work/$1.log
    printf -- '-- %-24s ' "$name"
    if E2E_ROOT=$tree E2E_STORY=$name timeout --kill-after=60 "${E2E_STORY_SECONDS:-600}" \
        bash "$tree/tests/e2e/tell.sh" "$tree/tests/e2e/stories/$name/story.sh" > "$log" 2>&1; then
        printf 'well, %d s\n' "$((SECONDS - began))"
    else
        printf 'FAILED, %d s\n' "$((SECONDS - began))"
        { tail -n 60 "$log" && grep '^NOT SO' "$log"; } | sed 's/^/    /'
        return 1
    fi
}

# prove NAME: the story must fail with each of the changes that it names. A change is a line of its
# script, `# red: FILE: SED EXPRESSION`, of a file of the project's or of the stories' own.
prove() {
    local name=$1 line lines file change copy=$work/prove/$1
    mapfile -t lines < <(sed -n 's/^# red: //p' "$stories/$name/story.sh")
    [ "${#lines[@]}" -gt 0 ] || { echo "-- $name names no change that makes it fail" && return 1; }
    for line in "${lines[@]}"; do
        file=${line%%: *} change=${line#*: }
        rm -rf "$copy" && mkdir -p "$copy"
        cp -r docker-compose.prod.yml .env.prod.example config scripts tests "$copy"
        sed -i -E "$change" "$copy/$file"
        if cmp -s "$file" "$copy/$file"; then
            printf -- '-- %-24s its change of %s changes nothing\n' "$name" "$file"
            return 1
        fi
        if tell "$name" "$copy" >"$work/$name.prove.log"; then
            printf -- '-- %-24s STAYS GREEN with %s\n' "$name" "$line"
            return 1
        fi
        # By an expectation that was not met, not by a fault of the story itself.
        if ! grep -q '^NOT SO' "$work/$name.log"; then
            printf -- '-- %-24s ENDS OTHERWISE with %s\n' "$name" "$line"
            return 1
        fi
        printf -- '-- %-24s red with %s\n' "$name" "$line"
        sed -n 's/^NOT SO/   not so/p' "$work/$name.log" | cut -c -160
    done
    rm -rf "$copy"
}

# What the stories need and the machine lacks.
needs() {
    local missing=()
    command -v dockerd >/dev/null || missing+=(docker.io)
    command -v docker-compose >/dev/null || docker compose version >/dev/null 2>&1 || missing+=(docker-compose)
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

# An engine that answers is used; otherwise one is started, for as long as this runs.
start_engine() {
    if docker info >/dev/null 2>&1; then
        return 0
    fi
    dockerd >"$work/dockerd.log" 2>&1 &
    engine=$!
    local until=$((SECONDS + 60))
    until docker info >/dev/null 2>&1; do
        if [ "$SECONDS" -ge "$until" ] || ! kill -0 "$engine" 2>/dev/null; then
            tail -n 20 "$work/dockerd.log" >&2
            echo 'no engine answers, and none could be started' >&2
            return 1
        fi
        read -r -t 1 <> <(:) || true
    done
}

stop_engine() {
    [ -z "$engine" ] || { kill "$engine" && wait "$engine"; } 2>/dev/null || true
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
        debootstrap --variant=minbase --include=ca-certificates,locales,tzdata "$1" "$folder" &&
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

# made WHAT COMMAND…: runs it quietly; what it said is shown where it fails.
made() {
    local what=$1 began=$SECONDS
    shift
    if "$@" >"$work/made.log" 2>&1; then
        printf -- '-- image %-24s %d s\n' "$what" "$((SECONDS - began))"
    else
        tail -n 60 "$work/made.log" >&2
        printf -- '-- the image %s could not be made\n' "$what" >&2
        return 1
    fi
}

main "$@"
