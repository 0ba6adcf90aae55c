# A wrong password: the sidecar stays up and says so; mended in its file, no restart is needed.
# red: .env.prod.example: s/^POSTGRES_PASSWORD_FILE=.*$/POSTGRES_PASSWORD=plain/
up db
echo wrong > "$home/secrets/db_password"
compose up -d backup
soon 30 probed backup unhealthy
is never status
ends 1 resguardo check
[[ $said == *'Check the password of the role app'* ]] || fail "no hint: $said"
is true docker inspect -f '{{.State.Running}}' "$(container backup)"

step 'mended'
echo plain > "$home/secrets/db_password"
ends 0 scripts backup.sh
soon 20 probed backup healthy
is 0 docker inspect -f '{{.RestartCount}}' "$(container backup)"
