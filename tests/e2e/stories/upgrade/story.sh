# A year later: the image of the sidecar is a newer one, and the database is of another major
# version. The old sets bring everything over, and the nights go on in the same store.
# needs: resguardo:e2e-17
# red: docker-compose.prod.yml: s/^(.*)\.\/backups:.resguardo.backups$/\1\/resguardo\/backups/
ran_by_schedule() { [ "$(last backup .trigger)" = schedule ]; }

apart_in_time
up db
sql 'CREATE TABLE register AS SELECT n FROM generate_series(1, 500) AS n; CREATE ROLE reader; GRANT SELECT ON register TO reader;
    CREATE EXTENSION pg_trgm; CREATE TABLE people AS SELECT md5(n::text) AS name FROM register;
    CREATE INDEX names ON people USING gin (name gin_trgm_ops)'
up backup
first_set=$(last backup .backup_id)

step 'a year later: the last set before it'
later $((365 * 24 * 3600))
soon 90 ran_by_schedule
is 2 sh -c "ls '$home'/backups/sets/????????_??????.json | wc -l"
compose stop

step 'another image of both, and an empty database'
docker rm -f "$(container db)" "$(container backup)" >/dev/null
docker volume rm "${project}_db" >/dev/null
export BASE_IMAGE=e2e-postgres:17 BACKUP_IMAGE_TAG=e2e-17
up db
has 'PostgreSQL 17' sql 'SELECT version()'
ends 0 scripts restore.sh --latest --yes
is 500 sql 'SELECT count(*) FROM register'
is t sql "SELECT has_table_privilege('reader', 'register', 'SELECT')"
is people sql "SELECT tablename FROM pg_indexes WHERE indexname = 'names' AND indexdef LIKE '%gin_trgm_ops%'"

step 'the nights go on'
up backup
ends 0 resguardo backup
is succeeded last backup .outcome
has "$first_set" resguardo list
ends 0 resguardo verify --all
is 200 health_code
