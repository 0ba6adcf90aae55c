# A night that fails is told to a person, and once it is over that as well: by mail through a server
# that demands STARTTLS and a login, in the reader's language, which the page answers in too; and by a
# webhook. Who waits for a heartbeat hears of every backup.
# needs: e2e-post:debian
# red: .env.prod.example: s/^RESGUARDO_LANGUAGE=$/NO_&/
# red: .env.prod.example: s/^EMAIL_HOST_PASSWORD_FILE=$/NO_&/
# red: docker-compose.prod.yml: s/^      - .\/secrets:.*$//
# red: docker-compose.prod.yml: s/^    ports: .*BACKUP_PORT.*$//
# What came by mail for somebody, oldest first: mails ana@example.org .subject
mails() { cat "$home"/told/*.json | jq -r "select(.way == \"mail\" and .to == [\"$1\"]) | $2"; }

# What was posted to an address of ours, oldest first: posts /hook .body
posts() { cat "$home"/told/*.json | jq -r "select(.way == \"request\" and (.path | startswith(\"$1\"))) | $2"; }

hooked() { [ "$(posts /hook/ .path | wc -l)" = "$1" ]; }

# beats EXPECTED: the ways by which the watcher was told, one after the other, without the run's id.
beats() { [ "$(posts /ping/ .path | sed 's|^/ping/p1ng-s3cret||; s|[?].*||; s|^$|/|' | tr -d '\n')" = "$1" ]; }

told() { [ "$(mails ana@example.org .subject | wc -l)" = "$1" ]; }

ran() { [ "$(last backup .trigger)" = "$1" ]; }

page() { curl -s "http://127.0.0.1:$port/"; }

set_to() { sed -i "s|^$1=.*|&$2|" "$home/.env.prod"; }

step 'a mail server'
mkdir "$home/told"
docker run --rm --entrypoint cat e2e-post:debian /certificate.pem > "$home/secrets/authority.pem"
printf 'a$#%s\n' "'\"@%b" > "$home/secrets/email_password"
chown 1000:1000 "$home/secrets/email_password" && chmod 600 "$home/secrets/email_password"
echo 'https://hooks.example.org/hook/h00k-s3cret?token=h00k-s3cret' > "$home/secrets/hook_url"
echo 'https://hooks.example.org/ping/p1ng-s3cret' > "$home/secrets/heartbeat_url"
set_to RESGUARDO_WEBHOOK__0__URL_FILE secrets/hook_url
set_to RESGUARDO_HEARTBEAT__URL_FILE secrets/heartbeat_url
# As the page of the operator says it for an authority of one's own.
grep -oE 'SSL_CERT_FILE=[^`]+' "$E2E_ROOT/README.md" >> "$home/.env.prod"
set_to EMAIL_HOST mail.example.org
set_to EMAIL_HOST_USER backup@example.org
set_to EMAIL_HOST_PASSWORD_FILE secrets/email_password
set_to DEFAULT_FROM_EMAIL 'Copias <backup@example.org>'
set_to RESGUARDO_MAIL__TO ana@example.org,luis@example.org
set_to RESGUARDO_LANGUAGE es
apart_in_time
up db post backup
soon 20 beats /start/
ends 0 resguardo check --mail
[[ $said == *'se aceptó una prueba para ana@example.org'* ]] || fail "not in Spanish, or not sent: $said"
is '[app] una prueba: así se le avisaría' mails luis@example.org .subject
is backup@example.org mails ana@example.org .login
soon 10 hooked 1
rm "$home"/told/*.json

step 'a good state, in the reader’s language'
is '' reasons
is healthy status
has '<html lang="es">' page
has 'Sus datos están a salvo.' page

step 'a night with a wrong password'
echo wrong > "$home/secrets/db_password"
night=$(until_time 03:00)
later "$((night - 2))"
soon 90 ran schedule
is partial last backup .outcome
soon 20 told 1
has '[app] la copia de seguridad FALLÓ: app: contraseña incorrecta del usuario "app"' mails ana@example.org .subject
has 'Qué hacer:' mails ana@example.org .text
has 'La copia de seguridad completa más reciente es ' mails luis@example.org .text
soon 20 hooked 1
has '[app] la copia de seguridad FALLÓ: app: contraseña incorrecta del usuario "app"' posts /hook/ '.body | fromjson.subject'
is 1 posts /hook/ '.body | fromjson.version'
soon 20 beats /start/fail
has 'Check the password of the role app' posts /ping/p1ng-s3cret/fail .body
is warning status
has 'Hay copia de sus datos, pero algo requiere su atención.' page

step 'mended: the next attempt comes by itself'
echo plain > "$home/secrets/db_password"
later "$((night + 3660))"
soon 90 ran retry
is succeeded last backup .outcome
soon 20 told 2
has 'app: todo está bien otra vez' mails ana@example.org .subject
soon 20 hooked 2
has 'app: todo está bien otra vez' posts /hook/ '.body | fromjson.subject'
soon 20 beats /start/fail/start/
is healthy status

step 'no secret is told'
docker logs "$(container backup)" > "$home/logs/container" 2>&1
{ resguardo config; resguardo check; resguardo health --json; page; } > "$home/logs/said" 2>&1
is '' grep -rlF -e "a\$#'\"@%b" -e s3cret "$home/logs" "$home/backups"
show mails ana@example.org '.subject, .text'
