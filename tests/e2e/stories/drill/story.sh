# A drill inside the shipped service, under its limits: by command and by schedule it proves a set,
# leaves nothing, listens nowhere; and a damaged set says no.
# red: docker-compose.prod.yml: s/^    user: .*BACKUP_USER.*$/    user: "0:0"/
# red: docker-compose.prod.yml: s/^(      - "scratch:.*)"$/\1:ro"/
# red: Dockerfile: s/^USER postgres$/RUN rm \/usr\/share\/postgresql\/*\/extension\/pg_trgm.control\n&/
# red: .env.prod.example: s/^TZ=America.Lima$/TZ=Asia\/Tokyo/
# Ports on which somebody listens, as the kernel names them; the engine's own resolver at 127.0.0.11
# beside.
listening() {
    inside backup sh -c 'cat /proc/net/tcp /proc/net/tcp6' |
        awk '$4 == "0A" && $2 !~ /^0B00007F:/ { sub(/.*:/, "", $2); print $2 }' | sort -u
}

drilled_by_schedule() { [ "$(last drill .trigger)" = schedule ]; }

step 'a service as it is shipped, as the user of the image'
apart_in_time
sed -i 's/^BACKUP_USER=.*/BACKUP_USER=999:999/' "$home/.env.prod"
sed -i 's/^RESGUARDO_SCHEDULE__DRILL=$/&0 5 * * */' "$home/.env.prod"
chown -R 999:999 "$home"/{backups,logs,media,secrets}
up db
sql 'CREATE TABLE register AS SELECT n, md5(n::text) AS text FROM generate_series(1, 50000) AS n;
    CREATE EXTENSION pg_trgm; CREATE INDEX ON register USING gin (text gin_trgm_ops);
    CREATE INDEX ON register (text); CREATE SEQUENCE numbers; SELECT nextval($$numbers$$); SELECT lo_from_bytea(0, $$large$$);
    CREATE ROLE reader; GRANT SELECT ON register TO reader' >/dev/null
table_that_waits
up backup
is '536870912 true [ALL] [no-new-privileges:true] 999:999' docker inspect \
    -f '{{.HostConfig.Memory}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}} {{.Config.User}}' "$(container backup)"

step 'by command'
ends 0 hold_drills
resguardo drill > "$home/page" 2>&1 &
drill=$!
soon 60 in_mid_drill
show processes uid,ni,args
is 999 users
is 0000000000000000 capabilities
is "$(printf %04X 8080)" listening
let_go
soon 60 ended "$drill"
wait "$drill" || fail "the drill says no: $(cat "$home/page")"
cat "$home/page"
has 'Verdict: PROVEN' cat "$home/page"
has 'app (postgres): proven' cat "$home/page"
has 'media (media): proven' cat "$home/page"
is 'false 0' docker inspect -f '{{.State.OOMKilled}} {{.RestartCount}}' "$(container backup)"

step 'nothing of it is left'
is '' left_over
is '' servers
is '' inside backup find /tmp -mindepth 1

step 'it is told'
has "  proven " resguardo list
has 'Verdict: PROVEN' resguardo drill --last
has 'resguardo_drill_last_success_timestamp_seconds{source="app"}' curl -s "http://127.0.0.1:$port/metrics"
has 'resguardo_restore_duration_seconds{source="app"}' curl -s "http://127.0.0.1:$port/metrics"

step 'by the schedule'
later "$(($(until_time 05:00) - 2))"
soon 120 drilled_by_schedule
is succeeded last drill .outcome
has _0500 last drill .run
is '' left_over
is healthy status

step 'a set that was damaged in its store'
dump=$(ls "$home"/backups/db/app_*.sql.gz | tail -n 1)
printf damaged | dd of="$dump" bs=1 seek=$(($(stat -c %s "$dump") / 2)) conv=notrunc status=none
ends 1 resguardo drill
[[ $said == *'Verdict: NO'* ]] || fail "no verdict: $said"
is warning status
has 'did not bring back as it was stored: app' reasons
has 'DRILL FAILED' resguardo list
is '' left_over
