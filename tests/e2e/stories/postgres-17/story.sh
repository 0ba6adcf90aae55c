# A database of another major version: the sidecar is built on its image, and nothing else changes.
# needs: resguardo:e2e-17
# red: docker-compose.prod.yml: s/^  image: "resguardo:.*$/  image: "resguardo:e2e"/
export BASE_IMAGE=e2e-postgres:17
export BACKUP_IMAGE_TAG=e2e-17

up db
sql 'CREATE TABLE register AS SELECT n FROM generate_series(1, 500) AS n'
up backup
has 'PostgreSQL 17' sql 'SELECT version()'
has 'pg_dump (PostgreSQL) 17' inside backup pg_dump --version
ends 0 resguardo verify
sql 'DROP TABLE register'
ends 0 scripts restore.sh --latest --yes
is 500 sql 'SELECT count(*) FROM register'
