# The sidecar is killed in mid-run: the engine starts it again, it clears up, says that the run was
# interrupted, and makes up for it.
# red: docker-compose.prod.yml: s/restart: unless-stopped/restart: "no"/
outcomes() { jq -r 'select(.job == "backup") | .outcome' "$home/backups/.resguardo/runs.jsonl" | tr '\n' ' '; }

compose up -d db
soon 60 probed db healthy
slow_dump
compose up -d backup
soon 60 mid_dump
kill -9 "$(docker inspect -f '{{.State.Pid}}' "$(container backup)")"
full_speed
soon 60 status_is healthy
is 1 docker inspect -f '{{.RestartCount}}' "$(container backup)"
is 'interrupted succeeded ' outcomes
is '' find "$home/backups/.resguardo/partial" -mindepth 1
