# A number as the user, as the operator has it on the host: the image knows no such user. Backup and
# drill work all the same.
# red: docker-compose.prod.yml: s/^    user: .*BACKUP_USER.*$/    user: "1234:1234"/
# red: docker-compose.prod.yml: s/cap_add: \[CHOWN, /cap_add: [/
step 'nobody of the image'
up db
sql 'CREATE TABLE register AS SELECT n FROM generate_series(1, 500) AS n'
chmod 600 "$home/media/a.jpg"
up backup
is 1000:1000 docker inspect -f '{{.Config.User}}' "$(container backup)"
is '' inside backup sh -c 'getent passwd 1000; getent group 1000'
is succeeded last backup .outcome
is '' find "$home/backups" "$home/logs" ! -user 1000

step 'a drill'
ends 0 resguardo check
ends 0 resguardo drill
[[ $said == *'Verdict: PROVEN'* ]] || fail "not proven: $said"
[[ $said == *'app (postgres): proven'* ]] || fail "the database is not proven: $said"
is '' left_over

step 'and back'
sql 'DROP TABLE register'
ends 0 scripts restore.sh --latest --yes
is 500 sql 'SELECT count(*) FROM register'
is 1000 stat -c %u "$home/media/a.jpg"
ends 0 scripts backup.sh
is '' find "$home/backups" "$home/logs" ! -user 1000
