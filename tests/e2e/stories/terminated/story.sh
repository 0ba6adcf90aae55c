# SIGTERM in mid-run: it ends in order within its grace, leaves nothing half, and the next start
# makes up for it.
# red: docker-compose.prod.yml: s/stop_grace_period: 45s/stop_signal: SIGKILL/
up db
slow_dump
compose up -d backup
soon 60 mid_dump
compose stop backup
is 0 docker inspect -f '{{.State.ExitCode}}' "$(container backup)"
is interrupted last backup .outcome
is '' find "$home/backups/.resguardo/partial" -mindepth 1
is '' find "$home/backups" -name 'app_*'

step 'the next start'
full_speed
up db backup
is succeeded last backup .outcome
is catch_up last backup .trigger
