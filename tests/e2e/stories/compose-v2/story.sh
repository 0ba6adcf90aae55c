# The plugin `docker compose`, in place of `docker-compose`: from the first start over the operator's
# scripts to the end.
# needs: e2e-compose:trixie
# red: scripts/common.sh: s/^        docker compose "\$@"$/        docker compose version/
with_plugin
has 'version 2.' docker compose version

step 'the file, as it reads it'
is 536870912 sh -c "cd '$home' && docker compose --env-file .env.prod -f docker-compose.prod.yml config --format json | jq -r .services.backup.mem_limit"

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
ends 0 scripts restore.sh --latest --yes
is 500 sql 'SELECT count(*) FROM register'

step 'another image, and the end'
compose up -d --force-recreate backup
soon 60 probed backup healthy
compose --profile '*' down -v
is '' docker ps -aq --filter "label=com.docker.compose.project=$project"
is '' docker volume ls -q --filter "label=com.docker.compose.project=$project"
