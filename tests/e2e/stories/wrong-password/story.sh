# A wrong password: the sidecar stays up and says so; mended in its file, it makes its first set by itself
# at the next attempt, without a restart.
# red: .env.prod.example: s/^POSTGRES_PASSWORD_FILE=.*$/POSTGRES_PASSWORD=plain/
# red: src/domain/schedule.rs: s/(RETRY_DELAY_MAX: .*)hours.1./\1hours(2)/
tried() { [ "$(last backup .outcome)" = "$1" ]; }

apart_in_time
up db
echo wrong > "$home/secrets/db_password"
compose up -d backup
soon 60 tried partial
soon 30 probed backup unhealthy
is never status
ends 1 resguardo check
[[ $said == *'Check the password of the role app'* ]] || fail "no hint: $said"
is true docker inspect -f '{{.State.Running}}' "$(container backup)"

step 'mended'
echo plain > "$home/secrets/db_password"
later 3660
soon 60 tried succeeded
is retry last backup .trigger
soon 20 probed backup healthy
is 0 docker inspect -f '{{.RestartCount}}' "$(container backup)"
