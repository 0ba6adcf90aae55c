# The sidecar is killed in mid-run: the engine starts it again, it clears up, says that the run was
# interrupted, and makes up for it. Once that is process 1; once the worker alone, which is the one
# that the kernel ends where memory runs out.
# red: docker-compose.prod.yml: s/restart: unless-stopped/restart: "no"/
# red: src/cli/first.rs: s/if pid == worker /if pid == worker \&\& status.exit_status().is_some() /
outcomes() { jq -r 'select(.job == "backup") | .outcome' "$home/backups/.resguardo/runs.jsonl" | tr '\n' ' '; }

started_again() { [ "$(docker inspect -f '{{.State.Running}} {{.RestartCount}}' "$(container backup)")" = 'true 1' ]; }

# By their numbers on this machine.
first_process() { docker inspect -f '{{.State.Pid}}' "$(container backup)"; }

worker() { pgrep -oP "$(first_process)"; }

# comes_back_from KILLED: from a first run to the next.
comes_back_from() {
    up db
    slow_dump
    compose up -d backup
    soon 60 mid_dump
    kill -9 "$("$1")"
    full_speed
    soon 20 started_again
    soon 60 status_is healthy
    is 'interrupted succeeded ' outcomes
    is '' find "$home/backups/.resguardo/partial" -mindepth 1
}

step 'process 1'
comes_back_from first_process
compose stop

step 'the worker alone'
another_server
comes_back_from worker
