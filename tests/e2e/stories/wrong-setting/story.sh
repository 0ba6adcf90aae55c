# Settings that contradict themselves end the container with 64, the reason last in its log.
# red: tests/e2e/stories/wrong-setting/story.sh: s/^echo TARGET_HOUR=25/echo TARGET_HOUR=5/
exit_code() { docker inspect -f '{{.State.ExitCode}}' "$(container backup)"; }

ended_with() { [ "$(exit_code)" = "$1" ]; }

echo TARGET_HOUR=25 >> "$home/.env.prod"
compose up -d db backup
soon 20 ended_with 64
has TARGET_HOUR docker logs --tail 2 "$(container backup)"
is '' find "$home/backups" -mindepth 1

step 'mended'
sed -i '/=25$/d' "$home/.env.prod"
up db backup
