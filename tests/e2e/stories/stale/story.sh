# A day without a backup: a warning at first, after 25 hours the engine says unhealthy; it recovers
# by itself once the database is back.
# red: .env.prod.example: s/^TARGET_HOUR=3$/RESGUARDO_HEALTH__MAX_AGE_HOURS=48/
# The engine's own record of its probe, as it stands now.
seen() {
    docker inspect "$(container backup)" |
        jq -r '.[0].State.Health | "\(.Status), failing for \(.FailingStreak): exit \(.Log[-1].ExitCode), \(.Log[-1].Output)"'
}

seen_by_the_engine() { docker ps --filter "id=$(container backup)" --format '{{.Status}}' | grep -q "($1)"; }

apart_in_time
up db backup
show seen
docker stop -t 2 "$(container db)" >/dev/null

step 'after 24 hours and a half'
later $((24 * 3600 + 1800))
soon 90 status_is warning
is 200 health_code
show seen

step 'after 25 hours'
later $((25 * 3600 + 60))
soon 20 status_is stale
is 503 health_code
soon 20 seen_by_the_engine unhealthy
has 'hours old' docker inspect -f '{{range .State.Health.Log}}{{.Output}}{{end}}' "$(container backup)"
show seen
ends 1 resguardo health --quiet

step 'the database is back'
docker start "$(container db)" >/dev/null
later $((27 * 3600))
soon 90 status_is healthy
soon 20 seen_by_the_engine healthy
show seen
