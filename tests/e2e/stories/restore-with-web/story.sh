# scripts/restore.sh while the application is connected: it sees the old or the new, goes on, and
# the way back stands open.
# red: docker-compose.prod.yml: s/cap_add: \[CHOWN, /cap_add: [/
rows() { sql 'SELECT count(*) FROM register'; }

up db
sql 'CREATE TABLE register AS SELECT n FROM generate_series(1, 500) AS n'
chown 33:33 "$home/media/a.jpg"
up backup
compose --profile web up -d web

step 'the data is damaged, and goes back'
sql 'DELETE FROM register WHERE n > 20'
rm "$home/media/a.jpg"
ends 0 scripts restore.sh --list
ends 0 scripts restore.sh --latest --yes
is 500 rows
is photo cat "$home/media/a.jpg"
is 33 stat -c %u "$home/media/a.jpg"
is 'true 0' docker inspect -f '{{.State.Running}} {{.RestartCount}}' "$(container web)"
is 1 inside web sh -c 'PGPASSWORD=plain psql -h db -U app -d app -Atqc "SELECT 1"'

step 'that was one step too far'
ends 0 scripts restore.sh --undo --yes
is 20 rows
[ ! -e "$home/media/a.jpg" ] || fail 'the media were not exchanged back'
