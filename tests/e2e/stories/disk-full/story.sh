# The store's volume fills up in mid-run: what stands there stays as it is, the dump fails with the
# line that mends it, and once there is room the next one is good.
# red: src/job/room.rs: s/^    if needed . MARGIN_BYTES <= /    if needed > 0 || needed <= /
dumps() { inside backup sh -c 'ls /resguardo/backups/db/app_*.sql.gz | wc -l'; }

part_is_stored() { inside backup find /resguardo/backups/.resguardo/partial -name 'app_*' -size +100k | grep -q .; }

up db backup
slow_dump
resguardo backup > "$home/said" 2>&1 &
run=$!
soon 60 part_is_stored
inside backup sh -c 'cat /dev/zero > /resguardo/backups/of-somebody-else' || true
full_speed
code=0
wait "$run" || code=$?
cat "$home/said"
is 3 echo "$code"
has 'The volume of ' grep 'is full. Free room on it' "$home/said"
is 1 dumps
is warning status
is 200 health_code
is '' inside backup find /resguardo/backups/.resguardo/partial -mindepth 1

step 'the next one is refused before it begins'
ends 4 resguardo backup
[[ $said == *'Free at least '* ]] || fail "no hint: $said"

step 'room is made'
inside backup rm /resguardo/backups/of-somebody-else
ends 0 resguardo backup
is 2 dumps
soon 20 status_is healthy
