# The database's volume is gone, and an empty one stands in its place: no night stores it over the
# good set, health says what to do, and that brings everything back.
# red: src/domain/suspect.rs: s/if artifact.complete && artifact.present \{/if false \&\& artifact.present {/
# So many nights have been.
nights() { [ "$(jq -r 'select(.trigger == "schedule") | .run' "$home/backups/.resguardo/runs.jsonl" | wc -l)" = "$1" ]; }
night() { later "$((86400 * $1 + $(until_time 03:00) - 2))"; }

apart_in_time
up db
sql 'CREATE TABLE register AS SELECT n FROM generate_series(1, 500) AS n'
up backup

step 'docker volume rm'
docker rm -f "$(container db)" >/dev/null
docker volume rm "${project}_db" >/dev/null
up db

step 'the nights after it'
for n in 0 1; do
    night "$n"
    soon 90 nights "$((n + 1))"
    is suspect status
    is 503 health_code
done
has 'restore --latest' reasons
soon 20 probed backup unhealthy

step 'and what the reason says'
ends 0 scripts restore.sh --latest --yes
is 500 sql 'SELECT count(*) FROM register'
ends 0 resguardo backup
is 200 health_code
soon 20 probed backup healthy
