# A sidecar whose programs are older than the server: it stays up, unhealthy, and says so; with the
# image that fits it recovers.
# needs: resguardo:e2e-17
# red: docker-compose.prod.yml: s/image: "\$\{BASE_IMAGE:-postgres:15\}"/image: "e2e-postgres:15"/
# names_both WORDS WHOSE
names_both() { [[ $1 == *' 15'*' 17'* || $1 == *' 17'*' 15'* ]] || fail "$2 does not name the versions: $1"; }

export BASE_IMAGE=e2e-postgres:17

up db
compose up -d backup
soon 60 probed backup unhealthy
is 503 health_code
is never status
names_both "$(docker logs "$(container backup)" 2>&1)" 'its log'
is 'true 0' docker inspect -f '{{.State.Running}} {{.RestartCount}}' "$(container backup)"
ends 1 resguardo check
names_both "$said" check
echo "$said"
ends 3 resguardo backup

step 'mended'
export BACKUP_IMAGE_TAG=e2e-17
up backup
is succeeded last backup .outcome
