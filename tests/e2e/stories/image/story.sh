# The image by itself: what it adds to its base, and that nothing of the base's own life is left.
# red: Dockerfile: s/^STOPSIGNAL SIGTERM$/STOPSIGNAL SIGINT/
# red: Dockerfile: s/^USER postgres$/USER root/
# red: Dockerfile: s/^ENV PGDATA="" /ENV /
# red: Dockerfile: s/^WORKDIR .resguardo$/RUN head -c 26000000 \/dev\/urandom > \/more/
# red: Dockerfile: s/^EXPOSE 8080$/EXPOSE 8081/
# red: Dockerfile: s/[|][|] ln -s .*certificates.crt /|| true /
# red: Dockerfile: s/^COPY Cargo.toml Cargo.lock .*$/COPY . ./
# red: .dockerignore: s/^config.backup.toml$//
# red: Dockerfile: s/^ARG VERSION=.*$/ARG VERSION=dev/
readonly image=resguardo:$BACKUP_IMAGE_TAG
lent=()

config() { docker image inspect -f "{{$1}}" "$image"; }

size() { docker image inspect -f '{{.Size}}' "$1"; }

# Of the program, by the tools of the image that it was built in.
symbols() {
    docker run --rm --entrypoint cat "$image" /usr/local/bin/resguardo |
        docker run --rm -i --entrypoint sh "$BUILD_IMAGE" -c 'cat > /program; readelf -S /program | grep -E "symtab|debug"'
}

step 'what it adds to its base'
# As far as the one that is the base's last.
show docker history --format '{{.Size}}\t{{.CreatedBy}}' "$image" | sed '/CMD .*"postgres"/,$d'
added=$(($(size "$image") - $(size "$BASE_IMAGE")))
[ "$added" -le 25000000 ] || fail "it adds $added bytes"
is '' docker run --rm --entrypoint sh "$image" -c 'ls /build /usr/local/rust /usr/local/cargo 2>/dev/null'
is '' symbols

step 'what is set anew'
is '[resguardo] [run] SIGTERM postgres /resguardo' config '.Config.Entrypoint}} {{.Config.Cmd}} {{.Config.StopSignal}} {{.Config.User}} {{.Config.WorkingDir'
is '[CMD resguardo health --quiet] 1m0s 20s 2m0s 3' config '.Config.Healthcheck.Test}} {{.Config.Healthcheck.Interval}} {{.Config.Healthcheck.Timeout}} {{.Config.Healthcheck.StartPeriod}} {{.Config.Healthcheck.Retries'
# The first is the base's, which nothing on top of it can take back.
is 'map[5432/tcp:{} 8080/tcp:{}]' config '.Config.ExposedPorts'
has 'RESGUARDO_SERVE__LISTEN=0.0.0.0:8080' config '.Config.Env'
# The one volume that the base declares is where the drill works.
is 'map[/var/lib/postgresql/data:{}]' config '.Config.Volumes'
has 'RESGUARDO_DRILL__DIR=/var/lib/postgresql/data' config '.Config.Env'
is '' docker run --rm --entrypoint printenv "$image" PGDATA
version=$(docker run --rm "$image" --version)
is "resguardo MIT OR Apache-2.0 ${version#resguardo } unknown" config 'with .Config.Labels}}{{index . "org.opencontainers.image.title"}} {{index . "org.opencontainers.image.licenses"}} {{index . "org.opencontainers.image.version"}} {{index . "org.opencontainers.image.revision"}}{{end'

step 'it runs by itself: not as root, and says where time is'
is 'postgres 999' docker run --rm --entrypoint sh "$image" -c 'echo "$(id -un) $(id -u)"'
# Without them no mail server's certificate would be believed.
has 'BEGIN CERTIFICATE' docker run --rm --entrypoint head "$image" -n 5 /etc/ssl/certs/ca-certificates.crt
# Zones are the program's own, whatever the base has.
ends 0 docker run --rm --tmpfs /usr/share/zoneinfo -e TZ=America/Lima -e DATABASE_URL=postgres://app@db/app "$image" config

step 'the compose file builds the same from a checkout, whatever the operator’s settings'
cp -r "$E2E_ROOT"/{Cargo.toml,Cargo.lock,Dockerfile,.dockerignore,src,templates} "$home"
built=$(docker image inspect -f '{{.Id}}' "$image")
export BACKUP_IMAGE_TAG=e2e-by-compose
ends 0 compose build backup
# An operator's own file among what is sent would build the program anew, though it came out the same.
is 0 grep -c 'Running in' <<<"$said"
is "$built" docker image inspect -f '{{.Id}}' resguardo:e2e-by-compose
docker rmi resguardo:e2e-by-compose

step 'by the names that stand in the file'
for name in "postgres:15 $BASE_IMAGE" "rust:1.95-bookworm $BUILD_IMAGE"; do
    ! docker image inspect "${name% *}" >/dev/null 2>&1 || continue
    docker tag "${name#* }" "${name% *}" && lent+=("${name% *}")
done
said=$(docker build -q "$home" 2>&1) || true
[ "${#lent[@]}" = 0 ] || docker rmi "${lent[@]}" >/dev/null
[ "${#lent[@]}" -lt 2 ] || is "$built" echo "$said"

step 'another line of ours builds no dependency anew'
echo 'compile_error!("as it was meant");' >> "$home/src/lib.rs"
ends 101 docker build --force-rm --build-arg "BASE_IMAGE=$BASE_IMAGE" --build-arg "BUILD_IMAGE=$BUILD_IMAGE" "$home"
[[ $said == *'as it was meant'* ]] || fail "it ends otherwise: $said"
is 1 sh -c 'grep -A 1 "RUN mkdir -p src" | grep -c "Using cache"' <<<"$said"

step 'under BuildKit as well'
BACKUP_IMAGE_TAG=${image#*:} quick_compiler
cp "$E2E_ROOT/src/lib.rs" "$home/src"
DOCKER_BUILDKIT=1 docker build -q -t "$first:buildkit" --build-arg "BASE_IMAGE=$BASE_IMAGE" --build-arg "BUILD_IMAGE=$quick" "$home"
has 'resguardo ' docker run --rm "$first:buildkit" --version
