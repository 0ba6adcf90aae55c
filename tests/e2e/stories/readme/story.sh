# The operator's page, line by line as it stands there: from nothing to the first proven backup, with
# the compose file alone and the probes it is shipped with; what it says for trouble; an upgrade.
# needs: e2e-compose:trixie
# needs: resguardo:e2e-17
# red: README.md: s/^dc up -d db backup .*$/dc up -d db/
# red: README.md: s/^dc exec backup resguardo drill .*scratch.*$/dc exec backup resguardo list/
# red: README.md: s/^scripts.restore.sh --latest$/scripts\/restore.sh --list/
# red: README.md: s/`resguardo prune --dry-run`/`resguardo prune --dry`/
# red: README.md: s/^cat config.compose.toml .*$//
# red: README.md: s/^dc exec backup resguardo backup .*$//
# red: README.md: s/`dc up -d backup`//
with_plugin
quick_compiler
readonly postgres=$BASE_IMAGE
unset BASE_IMAGE BUILD_IMAGE BACKUP_IMAGE_TAG
export COMPOSE_PROJECT_NAME=$project

# walk HEADING: the commands of the first block below it.
walk() {
    awk -v heading="$1" '$0 == heading { here = 1 } here && /^```/ { if (inside) exit; inside = 1; next } inside' \
        "$E2E_ROOT/README.md"
}

# As somebody types them, in the folder of the compose file; the first that fails ends it.
typed() {
    cat > "$home/typed"
    (cd "$home" && bash -O expand_aliases -eu typed)
}

dc() { (cd "$home" && docker compose --env-file .env.prod -f docker-compose.prod.yml "$@"); }

rm -r "$home"/{backups,logs,media,secrets,.env.prod}
cp "$E2E_ROOT/.env.prod.example" "$home"
cp "$E2E_ROOT/config/backup.toml" "$home/config"
cp -r "$E2E_ROOT"/{Cargo.toml,Cargo.lock,Dockerfile,.dockerignore,src,templates} "$home"
start=$(walk '## Beside your application, in compose')
alias=$(grep '^alias ' <<<"$start")

step 'from nothing to the first proven backup'
began=$SECONDS
sed '/^alias /,$d' <<<"$start" | typed
echo photo > "$home/media/a.jpg"
chown -R 1000:1000 "$home"/{backups,logs,media,secrets}
sed -i "s|^BACKUP_PORT=.*|BACKUP_PORT=$port|; s|^BASE_IMAGE=.*|BASE_IMAGE=$postgres|; s|^BUILD_IMAGE=.*|BUILD_IMAGE=$quick|
    s|^BACKUP_IMAGE_TAG=.*|BACKUP_IMAGE_TAG=$project|" "$home/.env.prod"
# A database whose first backup is still under way when the next line is typed.
dc up -d db
soon 60 probed db healthy
slow_dump
docker update --cpus 0.1 "$(container db)" >/dev/null
ends 0 typed <<<"$(sed -n '/^alias /,$p' <<<"$start")"
full_speed
echo "$said"
[[ $said == *'Verdict: PROVEN'* ]] || fail "not proven: $said"
for source in 'app (postgres)' 'media (media)' 'settings (files)'; do
    [[ $said == *"$source: proven"* ]] || fail "$source is not proven: $said"
done
[ "$((SECONDS - began))" -lt 300 ] || fail "it took $((SECONDS - began)) s"
has complete dc exec -T backup resguardo list

step 'where something is wrong'
newest=$(last backup .backup_id)
sed -i 's/^BACKUP_RETENTION_DAYS=.*/BACKUP_RETENTION_DAYS=1/' "$home/.env.prod"
sed -n '/^## When something is wrong$/,/^## Working on it$/p' "$E2E_ROOT/README.md" | grep -oE '`[^`]+`' | tr -d '`' |
    grep -E '^(resguardo|tail|df|dc|scripts/[a-z]+\.sh) ' | grep -vxE 'dc exec backup|resguardo restore' | sed "s/\bID\b/$newest/" > "$home/commands"
[ "$(wc -l < "$home/commands")" -ge 12 ] || fail "too few commands: $(cat "$home/commands")"
while read -r line; do
    case $line in
        dc\ * | scripts/*) ;;
        resguardo\ restore\ *) line=scripts/restore.sh${line#resguardo restore} ;;
        *) line="dc exec -T backup $line" ;;
    esac
    expected=0
    # Nothing is kept yet.
    [[ $line != *'--clean' ]] || expected=4
    # And what is whole is not removed.
    [[ $line != *' discard '* ]] || expected=4
    ends "$expected" typed <<<"$alias"$'\n'"$line"
done < "$home/commands"
has 'keep_days = 1 ' dc exec -T backup resguardo config

step 'the engine’s own probe'
soon 90 probed backup healthy

step 'another major version'
sql 'CREATE TABLE register AS SELECT n FROM generate_series(1, 500) AS n'
ends 0 typed <<<"$alias
$(walk '### Upgrading' | sed "s/\bapp_db\b/${project}_db/; s/=postgres:17/=${postgres%:*}:17/; s/^scripts.restore.sh .*/& --yes/")"
echo "$said"
soon 90 probed db healthy
has 'PostgreSQL 17' sql 'SELECT version()'
is 500 sql 'SELECT count(*) FROM register'
has "$newest" dc exec -T backup resguardo list
has "BASE_IMAGE=${postgres%:*}:17" grep ^BASE_IMAGE= "$home/.env.prod"
[ -s "$home/restored/.env.prod" ] || fail 'the settings were not restored beside'
