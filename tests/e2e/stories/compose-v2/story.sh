# The plugin `docker compose`, in place of `docker-compose`: from the first start over the operator's
# scripts to the end.
# needs: e2e-compose:trixie
# red: scripts/common.sh: s/^        docker compose "\$@"$/        docker compose version/
# red: docker-compose.prod.yml: s/service_healthy/service_started/
# red: docker-compose.prod.yml: s/^(      - .\/secrets:.*):ro$/\1/
# red: docker-compose.prod.yml: s/"127.0.0.1:(.*:9090)"/"\1"/
with_plugin
has 'version 2.' docker compose version

step 'the file, as it reads it'
(cd "$home" && docker compose --env-file .env.prod -f docker-compose.prod.yml --profile restore --profile web --profile monitoring config --format json) > "$home/read"
is 536870912 jq -r .services.backup.mem_limit "$home/read"
is 'backup db service_healthy
restore db service_healthy
web db service_healthy' jq -r '.services | to_entries[] | .key as $name | .value.depends_on // {} | to_entries[] | "\($name) \(.key) \(.value.condition)"' "$home/read"
is 'backup unless-stopped
db unless-stopped
prometheus unless-stopped
restore no
web unless-stopped' jq -r '.services | to_entries[] | "\(.key) \(.value.restart)"' "$home/read"
is 'backup /app
backup /media
backup /resguardo/config
backup /resguardo/secrets
prometheus /etc/prometheus
restore /resguardo/config
restore /resguardo/secrets' sh -c "jq -r '.services | to_entries[] | .key as \$name | .value.volumes[]? | select(.read_only) | \"\\(\$name) \\(.target)\"' '$home/read' | sort"
is '127.0.0.1:8080
127.0.0.1:9090' sh -c "jq -r '.services[].ports[]? | \"\\(.host_ip):\\(.target)\"' '$home/read' | sort"

step 'first start'
up db
sql 'CREATE TABLE register AS SELECT n FROM generate_series(1, 500) AS n'
up backup

step 'the operator’s scripts'
ends 0 scripts backup.sh
is 2 sh -c "ls '$home'/backups/sets/*.json | wc -l"
ends 0 scripts backup.sh --list
[[ $said == *complete* ]] || fail "no set is listed: $said"
sql 'DROP TABLE register'
export COMPOSE_PROJECT_NAME=$project
typing 0 'media app' "$home/scripts/restore.sh --latest"
is 500 sql 'SELECT count(*) FROM register'

step 'another image, and the end'
compose up -d --force-recreate backup
soon 60 probed backup healthy
compose --profile '*' down -v
is '' docker ps -aq --filter "label=com.docker.compose.project=$project"
is '' docker volume ls -q --filter "label=com.docker.compose.project=$project"
