# The nightly run comes by itself at its hour of the day where the application is.
# red: .env.prod.example: s/^TZ=America.Lima$/TZ=Asia\/Tokyo/
nightly_ran() { [ "$(last backup .trigger)" = schedule ]; }

step 'a first set, made by catching up'
apart_in_time
up db backup
is catch_up last backup .trigger

step 'three in the morning'
later "$(($(until_time 03:00) - 2))"
soon 90 nightly_ran
soon 30 status_is healthy
is succeeded last backup .outcome
has _0300 last backup .backup_id
is 2 sh -c "ls '$home'/backups/sets/*.json | wc -l"

step 'and the next one is known'
has T08:00:00 sh -c "curl -s http://127.0.0.1:$port/health | jq -r .next_run_at"
