# The database is stopped while it is dumped: nothing of the half dump is left, nothing says
# success, and the next run is good.
# red: src/store/staging.rs: s/^ *let _left_over = .*$//
run_ended() { [ "$(last backup .outcome)" = partial ]; }

up db
slow_dump
compose up -d backup
soon 60 mid_dump
docker stop -t 2 "$(container db)" >/dev/null
soon 60 run_ended
is never status
is 503 health_code
is '' find "$home/backups" -name 'app_*'
is '' find "$home/backups/.resguardo/partial" -mindepth 1

step 'it is back'
full_speed
docker start "$(container db)" >/dev/null
soon 60 probed db healthy
ends 0 scripts backup.sh
soon 20 probed backup healthy
