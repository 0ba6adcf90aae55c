probe_is_healthy() { [ "$(probe backup)" = healthy ]; }
compact_health() { health | jq -c .; }
no_zombies() { ! inside backup sh -c "cat /proc/[0-9]*/stat" | grep -q ") Z "; }
anonymous_volumes() { docker inspect -f "{{range .Mounts}}{{if eq .Type \"volume\"}}{{.Name}} {{end}}{{end}}" "$(container backup)" | tr " " "\n" | grep -E "^[0-9a-f]{64}$" || true; }
# From an empty machine to healthy: the first set is made by itself, nothing is left lying about.
# red: docker-compose.prod.yml: s/^    user: .*BACKUP_USER.*$/    user: "1234:1234"/

step 'one command'
compose up -d db backup
soon 120 probe_is_healthy

step 'the first set stands, made by catching up'
is 200 health_code
has '"status":"healthy"' compact_health
has 'complete' resguardo list
[ "$(ls "$home"/backups/db/*.sql.gz | wc -l)" -ge 1 ] || fail 'no dump in ./backups'
[ "$(ls "$home"/backups/media/*.tar.gz | wc -l)" = 1 ] || fail 'no archive in ./backups'
has 'INFO backup' cat "$home/logs/backup.log"

step 'the log and the listing are the host operator’s too'
ends 0 setpriv --reuid=1000 --regid=1000 --clear-groups tail -n 3 "$home/logs/backup.log"

step 'process 1 reaps what is left to it'
inside backup sh -c '(sleep 0.1 &) ; exit 0'
soon 20 no_zombies

step 'its privileges are none'
is 1000 inside backup id -u
has 'CapEff:	0000000000000000' inside backup cat /proc/self/status
has 'Read-only file system' inside backup touch /usr/local/bin/x

step 'no anonymous volume, and it ends in order, quickly'
is '' anonymous_volumes
began=$SECONDS
compose stop backup
[ "$((SECONDS - began))" -lt 15 ] || fail "it took $((SECONDS - began)) s to stop"
is 0 docker inspect -f '{{.State.ExitCode}}' "$(compose ps -q backup)"
