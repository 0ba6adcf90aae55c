# To a new server, of the folder of backups and a checkout alone: settings and passwords are in the store.
# red: docker-compose.prod.yml: s/^      - .\/backups:/      - .\/elsewhere:/
# red: config/compose.toml: s/, "\/app\/secrets"//
# red: docker-compose.prod.yml: s/^      - .\/restored:.app$/      - .:\/app/
cat "$E2E_ROOT"/config/{backup,compose}.toml > "$home/config/backup.toml"
echo secret > "$home/secrets/db_password"
up db
sql 'CREATE TABLE register AS SELECT n FROM generate_series(1, 500) AS n; CREATE ROLE reader; GRANT SELECT ON register TO reader'
up backup
compose stop

step 'another machine'
another_server
rm "$home"/{media/a.jpg,.env.prod,secrets/db_password}
cp "$E2E_ROOT/config/backup.toml" "$home/config"
cp -a "$old/backups/." "$home/backups"
taken_out=$(grep '^tar -xzf "$(ls backups/files' "$E2E_ROOT/README.md")
ends 0 sh -c "cd '$home' && $taken_out"
is secret cat "$home/secrets/db_password"
is '' diff "$old/config/backup.toml" "$home/config/backup.toml"
sed -i "s/^BACKUP_PORT=.*/BACKUP_PORT=$port/" "$home/.env.prod"
written=$(cat "$home/.env.prod")
up db
ends 0 scripts restore.sh --latest --yes
is 500 sql 'SELECT count(*) FROM register'
is t sql "SELECT has_table_privilege('reader', 'register', 'SELECT')"
is photo cat "$home/media/a.jpg"
is "$written" cat "$home/.env.prod"
is '' diff "$old/.env.prod" "$home/restored/.env.prod"

step 'where the nights go on'
up backup
ends 0 resguardo verify
ends 0 scripts backup.sh
is 2 sh -c "ls '$home'/backups/sets/????????_??????.json | wc -l"
