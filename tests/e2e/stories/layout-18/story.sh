# The base has its volume and its data where the official image has them from PostgreSQL 18 on.
# needs: resguardo:e2e-17
# red: docker-compose.prod.yml: s/"db:\$\{BASE_VOLUME:-(.*)\}"/"db:\1"/
# red: docker-compose.prod.yml: s/"scratch:\$\{BASE_VOLUME:-(.*)\}"/"scratch:\1"/
# red: docker-compose.prod.yml: s/^    tmpfs: \["\$\{BASE_VOLUME:-(.*)\}"\]/    tmpfs: ["\1"]/
anonymous_volumes() {
    docker ps -aq --filter "label=com.docker.compose.project=$project" |
        xargs docker inspect -f '{{range .Mounts}}{{if eq .Type "volume"}}{{println .Name}}{{end}}{{end}}' |
        grep -E '^[0-9a-f]{64}$' || true
}

quick_compiler
docker build -q -t "$first:base" --build-arg DEBIAN=e2e-debian:trixie --build-arg MAJOR=17 --build-arg VOLUME=/var/lib/postgresql \
    --build-arg DATA=/var/lib/postgresql/17/docker "$E2E_ROOT/tests/e2e/images/postgres" >/dev/null
docker build -q -t "resguardo:$first" --build-arg "BASE_IMAGE=$first:base" --build-arg "BUILD_IMAGE=$quick" "$E2E_ROOT" >/dev/null
export BASE_IMAGE=$first:base BACKUP_IMAGE_TAG=$first
sed -i 's/^BASE_VOLUME=.*/BASE_VOLUME=\/var\/lib\/postgresql/' "$home/.env.prod"

step 'from the first start to proven'
up db
sql 'CREATE TABLE register AS SELECT n FROM generate_series(1, 500) AS n'
up backup
ends 0 resguardo drill
[[ $said == *'Verdict: PROVEN'* ]] || fail "not proven: $said"

step 'another container finds the data again, and no volume is without a name'
compose up -d --force-recreate db
soon 60 probed db healthy
is 500 sql 'SELECT count(*) FROM register'
compose --profile restore --profile web up --no-start
is '' anonymous_volumes
