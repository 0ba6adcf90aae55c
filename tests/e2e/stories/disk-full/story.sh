# The store's volume is full: what stands there is left as it is, the run fails with the line that
# mends it, and once there is room the next one is good.
# red: tests/e2e/stories/disk-full/compose.yml: s/size=64m/size=640m/
sets() { inside backup sh -c 'ls /resguardo/backups/sets/*.json | wc -l'; }

up db backup
sql "CREATE TABLE big AS SELECT string_agg(sha512(n::text::bytea)::text, '') AS text FROM generate_series(1, 60000) AS n GROUP BY n % 100"
inside backup sh -c 'head -c 44000000 /dev/urandom > /resguardo/backups/of-somebody-else'
ends 3 resguardo backup
[[ $said == *'Free '* ]] || fail "no hint: $said"
is 1 sets
is warning status
is 200 health_code

step 'room is made'
inside backup rm /resguardo/backups/of-somebody-else
ends 0 resguardo backup
is 2 sets
soon 20 status_is healthy
