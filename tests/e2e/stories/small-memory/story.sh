# Two gigabytes under a limit of 128 MB; and a row that pg_dump cannot hold there is named as what it is.
# red: tests/e2e/stories/small-memory/compose.yml: s/128m/16m/
raw_bytes() { jq '[.artifacts[].raw_bytes] | add' "$(ls "$home"/backups/sets/*.json | tail -n 1)"; }

up db
sql "CREATE TABLE long AS SELECT n, repeat(md5(n::text), 1000) AS text FROM generate_series(1, 33000) AS n"
head -c 1000000000 /dev/urandom > "$home/media/film.mp4"
compose up -d backup
soon 120 status_is healthy
[ "$(raw_bytes)" -gt 2000000000 ] || fail "only $(raw_bytes) bytes"
is 'false 0' docker inspect -f '{{.State.OOMKilled}} {{.RestartCount}}' "$(container backup)"

step 'a row of 200 MB'
sql "CREATE TABLE wide AS SELECT repeat('x', 200000000) AS text"
ends 0 resguardo check
[[ $said == *'the widest row, in '*'wide'* ]] || fail "not told beforehand: $said"
ends 3 resguardo backup
[[ $said == *'because memory ran out'* ]] || fail "not named: $said"
is warning status
is 0 docker inspect -f '{{.RestartCount}}' "$(container backup)"

step 'mended'
sql 'DROP TABLE wide'
rm "$home/media/film.mp4"
ends 0 resguardo backup
