#!/bin/bash
# Stands in for the entrypoint of the official image, in what the stories need of it: as root it
# reads the password's file, gives the data folder to postgres and steps down; it initialises an
# empty folder with the user, password and database of the environment; then it becomes the server.
set -euo pipefail

if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then
    POSTGRES_PASSWORD=$(cat "$POSTGRES_PASSWORD_FILE")
    export POSTGRES_PASSWORD
    unset POSTGRES_PASSWORD_FILE
fi
# Of the layout from 18 on: a volume where data lay before, and nobody looks for them now, is a mistake.
if [ "$PGDATA" = "/var/lib/postgresql/$PG_MAJOR/docker" ] && mountpoint -q /var/lib/postgresql/data; then
    echo 'Error: there is an unused mount at /var/lib/postgresql/data; mount at /var/lib/postgresql' >&2
    exit 1
fi
if [ "$(id -u)" = 0 ]; then
    mkdir -p "$PGDATA" /var/run/postgresql
    chown -R postgres:postgres "$PGDATA" /var/run/postgresql
    exec setpriv --reuid=postgres --regid=postgres --init-groups -- "$0" "$@"
fi

if [ ! -s "$PGDATA/PG_VERSION" ]; then
    user=${POSTGRES_USER:-postgres}
    database=${POSTGRES_DB:-$user}
    initdb --username="$user" --pwfile=<(printf '%s\n' "${POSTGRES_PASSWORD:?}") --auth-host=scram-sha-256 --auth-local=trust
    printf 'host all all all scram-sha-256\nhost replication all all scram-sha-256\n' >> "$PGDATA/pg_hba.conf"
    printf "listen_addresses = '*'\n" >> "$PGDATA/postgresql.conf"
    if [ "$database" != postgres ]; then
        # Not before it answers on TCP as well: a client that was let in now would be thrown out again.
        pg_ctl -D "$PGDATA" -w -o "-c listen_addresses=''" start
        psql -v ON_ERROR_STOP=1 -U "$user" -d postgres -v name="$database" <<< 'CREATE DATABASE :"name";'
        pg_ctl -D "$PGDATA" -w -m fast stop
    fi
fi
exec "$@"
