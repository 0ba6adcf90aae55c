# An application that has a compose file already: what the page says to copy from ours works in it, by the
# names of its own service, volumes and network, over several files.
# red: scripts/common.sh: s/%%:\*//
# red: docker-compose.prod.yml: s/^  env_file: .env.prod$/  env_file: []/
# red: config/compose.toml: s/^path = .*$/path = "\/uploads"/
shipped=$E2E_ROOT/docker-compose.prod.yml
export COMPOSE_FILE=$home/compose.yml:$home/probes.yml

compose() {
    local program=(docker-compose)
    [ "${E2E_COMPOSE:-}" != v2 ] || program=(docker compose)
    (cd "$home" && "${program[@]}" --env-file .env.prod -p "$project" "$@")
}

sql() { inside postgres psql -U app -d app -v ON_ERROR_STOP=1 -Atqc "$1"; }

# A block of the shipped file: its first line as it stands there, and all that is indented below it.
block() {
    awk -v first="$1" 'index($0, first) == 1 { here = 1; match($0, /^ */); deep = RLENGTH; print; next }
        here && NF { match($0, /^ */); if (RLENGTH <= deep) exit } here' "$shipped"
}

scripts() { (cd "$home" && COMPOSE_PROJECT_NAME=$project resguardo/scripts/"$@"); }

step 'as the page says'
mkdir "$home/resguardo" && mv "$home"/{config,scripts} "$home/resguardo"
{
    block 'x-resguardo:' | sed 's/^  read_only: true$/&\n  networks: [inner]/'
    cat <<TEXT
services:
  postgres:
    image: $BASE_IMAGE
    environment: { POSTGRES_DB: app, POSTGRES_USER: app, POSTGRES_PASSWORD: plain }
    volumes: ["pgdata:/var/lib/postgresql/data"]
    networks: [inner]
    healthcheck: { test: ["CMD", "pg_isready", "-q", "-h", "127.0.0.1"], interval: 1s, retries: 60 }
TEXT
    { block '  backup:' | sed '/^    build:$/,/^      args:/d' && block '  restore:'; } |
        sed 's/db: { condition/postgres: { condition/; s/"${MEDIA:-.\/media}:/"uploads:/; s/- .\/config:/- .\/resguardo\/config:/'
    printf '%s\n' 'volumes: { pgdata: , uploads: , scratch: }' 'networks: { inner: }'
    block 'secrets:'
} > "$home/compose.yml"
printf '%s\n' 'services:' '  backup:' '    healthcheck: { interval: 1s, retries: 2, start_period: 5s }' > "$home/probes.yml"
rm "$home/docker-compose.prod.yml"
sed -i 's/^POSTGRES_HOST=.*/POSTGRES_HOST=postgres/' "$home/.env.prod"
{ cat "$E2E_ROOT/config/backup.toml" && sed 's/docker-compose.prod.yml/compose.yml/; s|/app/config|/app/resguardo|' "$E2E_ROOT/config/compose.toml"; } > "$home/resguardo/config/backup.toml"
chown -R 1000:1000 "$home"
docker volume create --label "com.docker.compose.project=$project" --label com.docker.compose.volume=uploads "${project}_uploads"
docker run --rm --entrypoint sh -v "${project}_uploads:/uploads" "$BASE_IMAGE" -c 'echo photo > /uploads/a.jpg'

step 'first start'
compose up -d postgres
soon 60 probed postgres healthy
sql 'CREATE TABLE register AS SELECT n FROM generate_series(1, 500) AS n'
up backup
is succeeded last backup .outcome
ends 0 resguardo drill
[[ $said == *'media (media): proven'* && $said == *'settings (files): proven'* ]] || fail "not proven: $said"

step 'the operator’s scripts'
ends 0 scripts backup.sh
is 2 sh -c "ls '$home'/backups/sets/????????_??????.json | wc -l"
sql 'DROP TABLE register'
ends 0 scripts restore.sh --latest --yes
is 500 sql 'SELECT count(*) FROM register'
is photo inside backup cat /media/a.jpg
