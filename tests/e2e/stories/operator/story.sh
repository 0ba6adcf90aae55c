# A person of the host who is neither root nor the sidecar's user, but of its group, reads listings
# and dumps; everybody reads the log; secrets nobody but the owner.
# red: .env.prod.example: s/^BACKUP_USER=1000:1000$/BACKUP_USER=1000:1001/
# From within the folder: whoever may pass through those above is not the story's to say.
as() {
    local user=$1 group=$2
    shift 2
    (cd "$home" && setpriv --reuid="$user" --regid="$group" --clear-groups "$@")
}

sed -i 's/^BACKUP_USER=1000:1000$/BACKUP_USER=1000:1500/' "$home/.env.prod"
chown 1000:1500 "$home"/{backups,logs}
up db
sql 'CREATE TABLE register AS SELECT n FROM generate_series(1, 500) AS n'
up backup

step 'one of the group'
ends 0 as 1001 1500 sh -c 'ls -l backups/db backups/sets'
ends 0 as 1001 1500 sh -c 'gunzip -c backups/db/app_*.sql.gz'
[[ $said == *'dump complete'* ]] || fail "no dump: $said"
is 500 as 1001 1500 sh -c 'jq ".artifacts[] | select(.kind == \"postgres\") | .postgres.tables[].rows" backups/sets/*.json'
ends 0 as 1001 1500 cat backups/RESTORE.md logs/backup.log
ends 2 as 1001 1500 sh -c 'ls backups/db/globals_*; cat backups/db/globals_* || exit 2'
ends 2 as 1001 1500 sh -c 'echo x > backups/db/mine'

step 'anybody else'
ends 0 as 1002 1002 cat logs/backup.log
ends 2 as 1002 1002 ls backups/db
