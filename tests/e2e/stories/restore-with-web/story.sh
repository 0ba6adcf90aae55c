# scripts/restore.sh while the application is connected: who asks for it is asked back on a terminal;
# the application sees the old or the new, goes on, and the way back stands open.
# red: docker-compose.prod.yml: s/cap_add: \[CHOWN, /cap_add: [/
# red: docker-compose.prod.yml: s/cap_add: \[CHOWN, FOWNER, /cap_add: [CHOWN, /
# red: docker-compose.prod.yml: s/FOWNER, DAC_OVERRIDE\]/FOWNER]/
# red: docker-compose.prod.yml: s/^(.*)while echo (.*); do sleep 1; done/\1echo \2/
# red: src/cli/first.rs: s/tcsetpgrp\(stdin\(\), worker\)\.is_ok\(\)/false/
# red: src/source/postgres/restore/sessions.rs: s/let end = format!\("SELECT pg_terminate_backend\(a\.pid\)/let end = format!("SELECT a.pid/
rows() { sql 'SELECT count(*) FROM register'; }

# The application's sessions.
sessions() { sql "SELECT pid FROM pg_stat_activity WHERE application_name = 'web'"; }

has_one() { [[ $(sessions) =~ ^[0-9]+$ ]]; }

# All that it has seen, a line each; what it was told besides.
seen() { docker logs "$(container web)" 2>/dev/null; }

told() { docker logs "$(container web)" 2>&1 >/dev/null; }

sees() { [ "$(seen | tail -n 1)" = "$1" ]; }

up db
sql 'CREATE TABLE register AS SELECT n FROM generate_series(1, 500) AS n'
chown 33:33 "$home/media/a.jpg"
up backup
compose --profile web up -d web
soon 20 sees 500
has_one || fail "it does not hold one session: $(sessions)"
session=$(sessions)

step 'the data is damaged'
sql 'DELETE FROM register WHERE n > 20'
rm "$home/media/a.jpg"
soon 20 sees 20
is "$session" sessions
ends 0 scripts restore.sh --list

step 'who asks for it back, and takes fright'
export COMPOSE_PROJECT_NAME=$project
typing 4 no "$home/scripts/restore.sh --latest"
is 20 rows
is "$session" sessions

step 'who types what is asked for'
typing 0 'media app' "$home/scripts/restore.sh --latest"
is 500 rows
is photo cat "$home/media/a.jpg"
is 33 stat -c %u "$home/media/a.jpg"
soon 20 sees 500
has_one && [ "$(sessions)" != "$session" ] || fail "it has no new session: $session, then $(sessions)"
is 'true 0' docker inspect -f '{{.State.Running}} {{.RestartCount}}' "$(container web)"

step 'that was one step too far'
ends 0 scripts restore.sh --undo --yes
is 20 rows
soon 20 sees 20
[ ! -e "$home/media/a.jpg" ] || fail 'the media were not exchanged back'

step 'it never saw anything else'
show told
is $'20\n500' sh -c "docker logs '$(container web)' 2>/dev/null | sort -nu"
is '' sh -c "docker logs '$(container web)' 2>&1 >/dev/null | grep 'does not exist'"

step 'nothing of root’s is left where the next night writes'
is '' find "$home/backups" "$home/logs" ! -user 1000
