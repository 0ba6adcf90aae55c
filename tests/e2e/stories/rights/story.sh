# Rights: what cannot work the first time is named, with what mends it.
# red: docker-compose.prod.yml: s/^    user: .*BACKUP_USER.*$/    user: "0:0"/
# red: docker-compose.prod.yml: s/^(    #cap_add: .*)DAC_OVERRIDE, /\1/
# red: docker-compose.prod.yml: s/^(    #cap_add: .*)CHOWN, /\1/
# red: docker-compose.prod.yml: s/^(    #cap_add: .*)FOWNER, /\1/
# red: docker-compose.prod.yml: s/^(    #cap_add: .*)SETUID, /\1/
# red: docker-compose.prod.yml: s/^(    #cap_add: .*)SETGID, /\1/
# red: docker-compose.prod.yml: s/^(    #cap_add: .*), KILL/\1/
# red: docker-compose.prod.yml: s/^    user: .*BACKUP_USER.*$/    user: "1000:1000"/
# red: src/sys/rights.rs: s/chown -R /chmod -R /
# red: src/words/en.ftl: s/^(hint-may-not-read-group .*)BACKUP_USER=/\1USER=/
owner() { stat -c %u "$1"; }

# Ended with 64, and started again and again by the engine.
restarting() { [ "$(docker inspect -f '{{.RestartCount}} {{.State.ExitCode}}' "$(container backup)")" != '0 0' ]; }

# The end of the log, which a start between has not written to its end.
names_a_line() {
    docker logs --tail 2 "$(container backup)" > "$home/last_words" 2>&1
    grep -q '`sudo ' "$home/last_words"
}

says() { [[ $said == *"$1"* ]] || fail "«$1» is not in: $said"; }

# Types the lines that were said to be typed on the host, where the compose file is.
do_as_told() {
    local lines
    lines=$(grep -o '`sudo [^`]*`' <<< "$said" | tr -d '`' | sort -u) || true
    [ -n "$lines" ] || fail "no line that mends it: $said"
    show echo "$lines"
    (cd "$home" && sed 's/^sudo //' <<< "$lines" | sh -eu) || fail "that cannot be typed: $lines"
}

step './backups and ./logs made by the engine, as root'
rm -r "$home/backups" "$home/logs"
compose up -d db backup
soon 60 probed backup unhealthy
is 0 owner "$home/backups"
is 503 health_code
is 0 docker inspect -f '{{.RestartCount}}' "$(container backup)"
ends 1 resguardo check
says 'may not write backups'
says 'logs/backup.log: Permission denied'

step 'mended by the lines that it names'
do_as_told
soon 60 status_is healthy
is succeeded last backup .outcome
soon 20 probed backup healthy

step 'a password that only root may read'
chown 0:0 "$home/secrets/db_password" && chmod 600 "$home/secrets/db_password"
compose restart backup
soon 30 restarting
soon 10 names_a_line
said=$(< "$home/last_words")
says 'POSTGRES_PASSWORD_FILE'
do_as_told
soon 60 probed backup healthy

step 'media that the application’s group may read'
install -o 33 -g 33 -m 640 "$home/media/a.jpg" "$home/media/g.jpg"
ends 1 resguardo check
says 'could not be read: ./g.jpg'
named=$(grep -o '`BACKUP_USER=[^`]*`' <<< "$said" | tr -d '`' | sort -u) || fail "no user is named: $said"
is BACKUP_USER=1000:33 echo "$named"
sed -i "s/^BACKUP_USER=.*/$named/" "$home/.env.prod"
up backup
ends 0 resguardo backup
rm "$home/media/g.jpg"

step 'media that only the application may read'
install -o 33 -g 33 -m 600 "$home/media/a.jpg" "$home/media/b.jpg"
ends 1 resguardo check
says 'could not be read: ./b.jpg'
ends 3 resguardo backup
is warning status
is 200 health_code

step 'mended by the line of the compose file for that'
sed -n 's/^    # *\(user: "0:0".*\|cap_add: .*\)$/    \1/p' "$home/docker-compose.prod.yml" > "$home/line"
mv "$home/compose.story.yml" "$home/as_before.yml"
{ printf 'services:\n  backup:\n'; cat "$home/line"; } > "$home/compose.story.yml"
is 2 sh -c "wc -l < '$home/line'"
up backup
ends 0 resguardo backup
ends 0 resguardo verify
is 0 inside backup id -u
show capabilities
is '' find "$home/backups" "$home/logs" ! -user 1000

step 'and a drill there, whose server is not root'
table_that_waits
ends 0 resguardo backup
hold_drills
resguardo drill > "$home/page" 2>&1 &
drill=$!
soon 60 in_mid_drill
show processes uid,args
is 999 sh -c "docker top '$(container backup)' -eo pid,uid,args | awk '/postgres:/ { print \$2 }' | sort -u"
let_go
soon 60 ended "$drill"
wait "$drill" || fail "the drill says no: $(cat "$home/page")"
has 'Verdict: PROVEN' cat "$home/page"
is '' servers
is '' left_over

step 'ended in its middle'
hold_drills
resguardo drill > "$home/page" 2>&1 &
soon 60 in_mid_drill
compose stop backup
is 0 docker inspect -f '{{.State.ExitCode}}' "$(container backup)"

step 'and back from there: what root’s drill left is cleared away by the line that is named'
compose start backup
let_go
mv "$home/as_before.yml" "$home/compose.story.yml"
rm "$home/media/b.jpg"
up backup
is 1000 inside backup id -u
ends 1 resguardo drill
do_as_told
ends 0 resguardo drill
