# scripts/restore.sh where only the database runs.
# red: scripts/restore.sh: s/in_project restore "\$@"/in_project list/
up db
sql 'CREATE TABLE register AS SELECT n FROM generate_series(1, 500) AS n'
up backup
docker rm -fv "$(container backup)" >/dev/null
sql 'DROP TABLE register'
rm "$home/media/a.jpg"
ends 0 scripts restore.sh --latest --yes
is 500 sql 'SELECT count(*) FROM register'
is photo cat "$home/media/a.jpg"
is '' container backup
