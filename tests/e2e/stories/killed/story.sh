# The sidecar is killed in mid-run: the engine starts it again, it clears up, says that the run was
# interrupted, and makes up for it.
# red: docker-compose.prod.yml: s/restart: unless-stopped/restart: "no"/
outcomes() { jq -r 'select(.job == "backup") | .outcome' "$home/backups/.resguardo/runs.jsonl" | tr '\n' ' '; }

started_again() { [ "$(docker inspect -f '{{.State.Running}} {{.RestartCount}}' "$(container backup)")" = 'true 1' ]; }

up db
slow_dump
compose up -d backup
soon 60 mid_dump
kill -9 "$(docker inspect -f '{{.State.Pid}}' "$(container backup)")"
full_speed
soon 20 started_again
soon 60 status_is healthy
is 'interrupted succeeded ' outcomes
is '' find "$home/backups/.resguardo/partial" -mindepth 1
