# The operator's page, line by line as it stands there: from nothing to the first proven backup, with
# the compose file alone and the probes it is shipped with; what it says for trouble; an upgrade.
# needs: e2e-compose:trixie
# needs: resguardo:e2e-17
# red: README.md: s/^dc up -d db backup .*$/dc up -d db/
# red: README.md: s/^dc exec backup resguardo drill .*scratch.*$/dc exec backup resguardo list/
# red: README.md: s/^scripts.restore.sh --latest$/scripts\/restore.sh --list/
# red: README.md: s/`resguardo prune --dry-run`/`resguardo prune --dry`/
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
ends 0 typed <<<"$(sed -n '/^alias /,$p' <<<"$start")"
echo "$said"
[[ $said == *'Verdict: PROVEN'* ]] || fail "not proven: $said"
[ "$((SECONDS - began))" -lt 300 ] || fail "it took $((SECONDS - began)) s"
has complete dc exec -T backup resguardo list

step 'where something is wrong'
newest=$(last backup .backup_id)
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
    ends "$expected" typed <<<"$alias"$'\n'"$line"
done < "$home/commands"

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
