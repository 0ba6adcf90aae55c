# Settings that contradict themselves, or none at all, end the container with 64, the reason last in
# its log.
# red: docker-compose.prod.yml: s/^  env_file: .env.prod$/  env_file: []/
exit_code() { docker inspect -f '{{.State.ExitCode}}' "$(container backup)"; }

ended_with() { [ "$(exit_code)" = "$1" ]; }

refused() {
    compose up -d db backup
    soon 20 ended_with 64
    has "$1" docker logs --tail 2 "$(container backup)"
    is '' find "$home/backups" -mindepth 1
    compose rm -sf backup
}

step 'one that is no hour'
cp "$home/.env.prod" "$home/as-it-was"
echo TARGET_HOUR=25 >> "$home/.env.prod"
refused TARGET_HOUR

step 'two that say different things'
cp "$home/as-it-was" "$home/.env.prod"
printf '%s\n' EMAIL_HOST=mail EMAIL_USE_SSL=true >> "$home/.env.prod"
refused EMAIL_USE_SSL

step 'none that says what to protect'
sed '/^POSTGRES_/d' "$home/as-it-was" > "$home/.env.prod"
: > "$home/config/backup.toml"
sed -i '/POSTGRES_HOST: /d' "$home/docker-compose.prod.yml"
refused 'expected at least one source'

step 'mended'
cp "$home/as-it-was" "$home/.env.prod"
cp "$E2E_ROOT/docker-compose.prod.yml" "$home"
up db backup
