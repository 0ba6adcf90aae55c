# Backups and logs are new and empty after a botched move: the volume that drills work in still knows of
# the store. That is told, and backups go on, until the store is back or one line forgets it.
# red: docker-compose.prod.yml: s/^(.*)scratch:.var.lib.postgresql.data$/\1scratch:\/elsewhere/
codes() { health | jq -r '.reasons[].code' | sort -u; }

# As by `down` and `up` around it: nothing stays but the volumes.
moved() {
    docker rm -fv "$(container backup)" >/dev/null
    "$@"
    up backup
}

lost() {
    mkdir "$home/$1"
    mv "$home/backups" "$home/logs" "$home/$1"
    install -d -o 1000 -g 1000 "$home/backups" "$home/logs"
}

found() {
    rm -r "$home/backups"
    mv "$home/$1/backups" "$home"
}

up db backup
is '' codes

step 'both folders are new'
moved lost away
is succeeded last backup .outcome
is store_gone codes
is 200 health_code
ends 0 resguardo backup
is store_gone codes
ends 1 resguardo check
[[ $said == *'The store that stood in /resguardo/backups is not there any more'* ]] || fail "not told: $said"

step 'the store is brought back: nothing needs to be said'
moved found away
is '' codes
ends 0 cmp "$home/logs/store.json" "$home/away/logs/store.json"

step 'it is gone for good: one line forgets it, as it is told'
moved lost away-again
is store_gone codes
ends 1 resguardo check
line=$(grep -oE '`sudo rm [^`]+`' <<<"$said" | tr -d '`')
show echo "$line"
ends 0 sh -c "cd '$home' && ${line#sudo }"
ends 0 resguardo backup
is '' codes
ends 0 resguardo check
