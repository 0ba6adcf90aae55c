# The image by itself: what it adds to its base, and that nothing of the base's own life is left.
# red: Dockerfile: s/^STOPSIGNAL SIGTERM$/STOPSIGNAL SIGINT/
# red: Dockerfile: s/^USER postgres$/USER root/
# red: Dockerfile: s/^ENV PGDATA="" /ENV /
# red: Dockerfile: s/^WORKDIR .resguardo$/RUN head -c 26000000 \/dev\/urandom > \/more/
readonly image=resguardo:$BACKUP_IMAGE_TAG

config() { docker image inspect -f "{{$1}}" "$image"; }

size() { docker image inspect -f '{{.Size}}' "$1"; }

# Of the program, by the tools of the image that it was built in.
symbols() {
    docker run --rm --entrypoint cat "$image" /usr/local/bin/resguardo |
        docker run --rm -i --entrypoint sh "$BUILD_IMAGE" -c 'cat > /program; readelf -S /program | grep -E "symtab|debug"'
}

step 'what it adds to its base'
docker history --format '{{.Size}}\t{{.CreatedBy}}' "$image"
added=$(($(size "$image") - $(size "$BASE_IMAGE")))
[ "$added" -le 25000000 ] || fail "it adds $added bytes"
is '' docker run --rm --entrypoint sh "$image" -c 'ls /build /usr/local/rust /usr/local/cargo 2>/dev/null'
is '' symbols

step 'what is set anew'
is '[resguardo] [run] SIGTERM postgres /resguardo' config '.Config.Entrypoint}} {{.Config.Cmd}} {{.Config.StopSignal}} {{.Config.User}} {{.Config.WorkingDir'
is '[CMD resguardo health --quiet] 1m0s 20s 2m0s 3' config '.Config.Healthcheck.Test}} {{.Config.Healthcheck.Interval}} {{.Config.Healthcheck.Timeout}} {{.Config.Healthcheck.StartPeriod}} {{.Config.Healthcheck.Retries'
has '8080/tcp' config '.Config.ExposedPorts'
has 'RESGUARDO_SERVE__LISTEN=0.0.0.0:8080' config '.Config.Env'
# The one volume that the base declares is where the drill works.
is 'map[/var/lib/postgresql/data:{}]' config '.Config.Volumes'
has 'RESGUARDO_DRILL__DIR=/var/lib/postgresql/data' config '.Config.Env'
is '' docker run --rm --entrypoint printenv "$image" PGDATA
is resguardo config 'index .Config.Labels "org.opencontainers.image.title"'
has 'MIT' config 'index .Config.Labels "org.opencontainers.image.licenses"'

step 'it runs by itself: not as root, and says where time is'
is 'postgres 999' docker run --rm --entrypoint sh "$image" -c 'echo "$(id -un) $(id -u)"'
has 'resguardo ' docker run --rm "$image" --version
has 'America/Lima' docker run --rm -e TZ=America/Lima -e DATABASE_URL=postgres://app@db/app "$image" config

step 'the compose file builds the same from a checkout'
cp -r "$E2E_SOURCE"/{Cargo.toml,Cargo.lock,.dockerignore,src,templates} "$E2E_ROOT/Dockerfile" "$home"
built=$(docker image inspect -f '{{.Id}}' "$image")
export BACKUP_IMAGE_TAG=e2e-by-compose
ends 0 compose build backup
is "$built" docker image inspect -f '{{.Id}}' resguardo:e2e-by-compose
docker rmi resguardo:e2e-by-compose
