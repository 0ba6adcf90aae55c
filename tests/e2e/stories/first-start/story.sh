# From an empty machine to healthy: the first set is made by itself, nothing is left lying about.
# needs: e2e-prometheus:debian
# red: docker-compose.prod.yml: s/^    user: .*BACKUP_USER.*$/    user: "1234:1234"/
# red: docker-compose.prod.yml: s/^  read_only: true$/  read_only: false/
# red: docker-compose.prod.yml: s/^(.*"scratch):.*$/\1:\/elsewhere"/
# red: docker-compose.prod.yml: s/^  cap_drop: .ALL.$/  cap_add: [ALL]/
# red: docker-compose.prod.yml: s/^(.*MEDIA.*:.media):ro"$/\1"/
# red: docker-compose.prod.yml: s/^    restart: "no"$/    restart: always/
# red: src/cli/first.rs: s/wait\(WaitOptions/rustix::process::waitpid(Some(worker), WaitOptions/
# Nobody is called that, and nobody is dead and still listed.
none_left() {
    local listed
    listed=$(inside backup sh -c 'cat /proc/[0-9]*/stat' || true)
    [[ $listed == *'(resguardo)'* && $listed != *"($1)"* && $listed != *') Z '* ]]
}

# Of all containers of the project, whatever their state.
anonymous_volumes() {
    docker ps -aq --filter "label=com.docker.compose.project=$project" |
        xargs docker inspect -f '{{range .Mounts}}{{if eq .Type "volume"}}{{println .Name}}{{end}}{{end}}' |
        grep -E '^[0-9a-f]{64}$' || true
}

step 'one command'
up db backup

step 'the first set stands, made by catching up'
is 200 health_code
is healthy status
has 'complete' resguardo list
[ "$(ls "$home"/backups/db/*.sql.gz | wc -l)" -ge 1 ] || fail 'no dump in ./backups'
[ "$(ls "$home"/backups/media/*.tar.gz | wc -l)" = 1 ] || fail 'no archive in ./backups'
has 'INFO backup' cat "$home/logs/backup.log"
is '' grep -E 'WARN|ERROR|was .* meant' "$home/logs/backup.log"

step 'the log and the listing are the host operator’s too'
ends 0 setpriv --reuid=1000 --regid=1000 --clear-groups tail -n 3 "$home/logs/backup.log"
ends 0 scripts backup.sh --list
[[ $said == *complete* ]] || fail "no set is listed: $said"

step 'process 1 reaps what is left to it'
inside backup sh -c 'for n in 1 2 3 4 5 6 7 8 9 10; do (sleep 0.2 &); done'
soon 20 none_left sleep

step 'its privileges are none'
show docker top "$(container backup)" -eo pid,uid,args
show inside backup sh -c "grep -E '^(Name|Uid|Gid|Cap|NoNewPrivs)' /proc/1/status"
is 1000 users
is 0000000000000000 capabilities
is 1 sh -c "docker exec '$(container backup)' sed -n 's/^NoNewPrivs:\t//p' /proc/1/status"
is '536870912 true map[max-file:5 max-size:10m]' docker inspect \
    -f '{{.HostConfig.Memory}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.LogConfig.Config}}' "$(container backup)"
has "127.0.0.1:$port" docker port "$(container backup)"
has 'Read-only file system' inside backup touch /usr/local/bin/x
has 'Read-only file system' inside backup touch /media/x
has 'size=16384k' inside backup grep ' /tmp ' /proc/mounts

step 'it ends in order, quickly'
began=$SECONDS
compose stop backup
[ "$((SECONDS - began))" -lt 15 ] || fail "it took $((SECONDS - began)) s to stop"
is 0 docker inspect -f '{{.State.ExitCode}}' "$(container backup)"

step 'no anonymous volume, of whatever profile'
PROMETHEUS_IMAGE=e2e-prometheus:debian compose --profile restore --profile web --profile monitoring up --no-start
is '' anonymous_volumes

step 'the restore has no more than it needs'
limits='{{.Memory}} {{.ReadonlyRootfs}} {{.CapDrop}} {{.CapAdd}} {{.SecurityOpt}} {{.LogConfig.Config}} {{.RestartPolicy.Name}}'
is '0:0 536870912 true [ALL] [CHOWN DAC_OVERRIDE FOWNER] [no-new-privileges:true] map[max-file:5 max-size:10m] no' \
    sh -c "docker inspect -f '{{.Config.User}} {{with .HostConfig}}$limits{{end}}' '$(container restore)' | sed s/CAP_//g"
