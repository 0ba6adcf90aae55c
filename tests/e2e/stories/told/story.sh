# A night that fails is told to a person, and once it is over that as well: by mail through a server
# that demands STARTTLS and a login, in the reader's language, which the page answers in too.
# needs: e2e-post:debian
# red: .env.prod.example: s/^RESGUARDO_LANGUAGE=$/NO_&/
# red: .env.prod.example: s/^EMAIL_HOST_PASSWORD_FILE=$/NO_&/
# red: docker-compose.prod.yml: s/^      - .\/secrets:.*$//
# red: docker-compose.prod.yml: s/^    ports: .*BACKUP_PORT.*$//
# What came by mail for somebody, oldest first: mails ana@example.org .subject
mails() { cat "$home"/told/*.json | jq -r "select(.way == \"mail\" and .to == [\"$1\"]) | $2"; }

told() { [ "$(mails ana@example.org .subject | wc -l)" = "$1" ]; }

ran() { [ "$(last backup .trigger)" = "$1" ]; }

page() { curl -s "http://127.0.0.1:$port/"; }

set_to() { sed -i "s|^$1=.*|&$2|" "$home/.env.prod"; }

step 'a mail server'
mkdir "$home/told"
docker run --rm --entrypoint cat e2e-post:debian /certificate.pem > "$home/secrets/authority.pem"
printf 'a$#%s\n' "'\"@%b" > "$home/secrets/email_password"
chown 1000:1000 "$home/secrets/email_password" && chmod 600 "$home/secrets/email_password"
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
ends 0 resguardo check --mail
[[ $said == *'se aceptó una prueba para ana@example.org'* ]] || fail "not in Spanish, or not sent: $said"
is '[resguardo] una prueba' mails luis@example.org .subject
is backup@example.org mails ana@example.org .login
rm "$home"/told/*.json

step 'a good state, in the reader’s language'
has '<html lang="es">' page
has 'Sus datos están a salvo' page

step 'a night with a wrong password'
echo wrong > "$home/secrets/db_password"
night=$(until_time 03:00)
later "$((night - 2))"
soon 90 ran schedule
is partial last backup .outcome
soon 20 told 1
has 'app: la copia de seguridad falló' mails ana@example.org .subject
has 'Qué hacer:' mails ana@example.org .text
has 'La copia de seguridad completa más reciente es ' mails luis@example.org .text
is warning status
has 'requiere su atención' page

step 'mended: the next attempt comes by itself'
echo plain > "$home/secrets/db_password"
later "$((night + 3660))"
soon 90 ran retry
is succeeded last backup .outcome
soon 20 told 2
has 'app: todo está bien otra vez' mails ana@example.org .subject
is healthy status
is '' grep -rlF "a\$#'\"@%b" "$home/logs" "$home/backups"
show mails ana@example.org '.subject, .text'
