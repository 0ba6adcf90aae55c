# The sidecar is up before the database is, as after a power cut: it stays up, unhealthy, says so in
# one sentence, and makes its first set by itself once somebody answers.
# red: src/domain/schedule.rs: s/TimeDelta::minutes\(5\), /TimeDelta::minutes(50), /
tried() { [ "$(last backup .outcome)" = "$1" ]; }

apart_in_time
up db
docker stop -t 2 "$(container db)" >/dev/null
compose up -d --no-deps backup
soon 60 tried partial
soon 20 probed backup unhealthy
is never status
is 503 health_code
has 'app: failed: connect to db:5432' docker logs "$(container backup)"
show reasons
is 'true 0' docker inspect -f '{{.State.Running}} {{.RestartCount}}' "$(container backup)"

step 'somebody answers, and the next attempt is due'
docker start "$(container db)" >/dev/null
soon 60 probed db healthy
later 360
soon 60 tried succeeded
is retry last backup .trigger
soon 20 probed backup healthy
