# To a new server: the folder of backups and the settings are brought along, everything else is new.
# red: docker-compose.prod.yml: s/^      - .\/backups:/      - .\/elsewhere:/
up db
sql 'CREATE TABLE register AS SELECT n FROM generate_series(1, 500) AS n; CREATE ROLE reader; GRANT SELECT ON register TO reader'
up backup
compose stop

step 'another machine'
another_server
rm "$home/media/a.jpg"
cp -a "$old/backups/." "$home/backups"
up db
ends 0 scripts restore.sh --latest --yes
is 500 sql 'SELECT count(*) FROM register'
is t sql "SELECT has_table_privilege('reader', 'register', 'SELECT')"
is photo cat "$home/media/a.jpg"

step 'where the nights go on'
up backup
ends 0 scripts backup.sh
is 2 sh -c "ls '$home'/backups/sets/*.json | wc -l"
