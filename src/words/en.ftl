### Every text for people, in English. A key says what the text is for: `hint-…` tells an operator
### what to do next, `warning-…` what to know, `reason-…` why health says what it says.

## Hints

hint-no-room = Free at least { $needed } on the volume of { $path }, or point store.dir at a larger one.

## Faults of disks and rights

hint-disk-full = The volume of { $path } is full. Free room on it, or point store.dir at a larger one.
hint-quota = The quota of { $path } is used up. Raise it, or free room.
hint-read-only = The disk of { $path } is mounted read-only. Mount it for writing.
hint-no-right = The program runs as { $user } and may not write { $path }. Give its user the right, or mend the owner of the folder.
hint-disk-error = The disk under { $path } answers with errors. Look into the system's log and replace it before it is needed.
hint-no-folder = Something that is not a folder stands at { $path }. Move it away, or point store.dir elsewhere.
hint-link = A symbolic link stands at { $path }, where a file or folder of the store itself must stand. Move the link away; what it leads to is left as it is.
hint-name-taken = Another file stands at { $path } already. Move it away; it is never overwritten.
hint-no-locks = The file system of { $path } cannot lock files. Put the store on one that can.

## The store

hint-unknown-group = Name a group that exists where the program runs, or give its number: store.group = "{ $group }" is neither.
hint-no-such-set = See the ids of the sets that stand here with: resguardo list
hint-verify-first = Nothing was removed. `resguardo verify { $id }` reads all of that set and notes what is bad; make a new backup, and try again then.
hint-store-replaces = The file system of { $path } replaces files in a rename that must not. Put the store on another.
hint-store-locks = The file system of { $path } lets two processes hold one lock. Put the store on another, or set store.single_host = true where only this one host and container ever writes it.
hint-sets-mounted = Mount the whole store at once: { $path } must lie on the same mount as .resguardo beside it.
warning-store-modes = The file system of { $path } does not keep file modes: whoever can read the volume can read the backups.
warning-store-folder-sync = The file system of { $path } cannot make names durable (fsync of a folder): a power cut in the minute after a backup may undo it.
warning-store-locks = The file system of { $path } lets two processes hold one lock. It was accepted by store.single_host = true.
warning-removal-unreadable = { $path } is the manifest of a set that was being removed, and cannot be read any more. Its files are left as they are and stay hidden; to see them again remove this file from { $folder }.
warning-removal-refused = Set { $id } was being removed, and a file of it cannot be: { $error }. The rest of it stays hidden; mend that, and the next run goes on with it.
warning-finished-unreadable = { $path } is the manifest of a finished set that was not yet put into place, and this program cannot read it: a newer version wrote it, or it is damaged. Its files are kept aside and stay hidden; start the version that wrote it, or move { $folder } out of the store to give the set up.
warning-finished-not-whole = Set { $id } was finished but not yet put into place, and an artifact of it is not what its manifest says any more. The set was discarded; run a backup.
warning-finished-no-place = Set { $id } was finished but could not be put into place: { $error }. The set was discarded; run a backup.

## Mail

hint-mail-address = Write the address as name@example.org or Name <name@example.org>.
hint-mail-password-file = Make the file named by mail.password_file readable for the user resguardo runs as.
hint-mail-certificate = The mail server's certificate is not trusted for this name: name the host as its certificate does, or add its authority to the system's certificates.
hint-mail-login = The mail server refuses mail.user with this password: some providers want a password made for applications.
hint-mail-refused = The mail server refuses this letter: see that mail.from is an address it lets you send from, and that each of mail.to exists.
hint-mail-security = The mail server does not speak as mail.security says: starttls is usual on port 587, tls on 465, none on 25. As variables: EMAIL_USE_TLS=True is starttls, EMAIL_USE_SSL=True is tls, EMAIL_USE_TLS=False is none; with neither of them set it is starttls, where Django speaks without.
hint-mail-unreachable = See that mail.host and mail.port are right, and that this host may reach them.

mail-subject = [{ $place }] { $what }
mail-contact = Who can help:
mail-last-today = This is the last message of today: the bound for a day (`max_per_day`) is reached. What else there is to tell is in the log, and comes tomorrow.
mail-footer = From resguardo, at { $place }. `resguardo list` shows what stands, `resguardo check` what is wrong.

warning-told-unwritten = What was told could not be noted: { $error }. It may be told again after a restart.

## Retention: why a set stays, why nothing expires

kept-pinned = pinned
kept-newest-proven = the newest that a drill has proven
kept-minimum-redundancy = one of the newest complete copies of a source
kept-being-read = being read right now
kept-depended-on = a set that stays cannot be restored without it
kept-damaged = damaged: it is never reduced further
kept-source-suspect = the newest backup of one of its sources is suspect
kept-within-days = within keep_days
kept-daily = the newest of its day
kept-weekly = the newest of its week
kept-monthly = the newest of its month
kept-yearly = the newest of its year
hold-clock-behind = The clock stands before the start of the newest set, so nothing expires. Set the clock right.
hold-clock-jumped = The clock jumped by more than two days since the run before, so nothing expires in this run.
hold-store-unlisted = Something in the store could not be listed, so nothing expires. Look at the rights of the store's folders.

## Runs

warning-empty = { $source } holds no tables, though the store holds sets of it: nothing was dumped. If the data is lost, restore it with `resguardo restore --latest`; if it is meant so, run `resguardo backup --source { $source }` and `resguardo accept`.
hint-empty = If the data is lost, restore the newest good set: `resguardo restore --latest`.
warning-suspect = { $source } in { $id } fell far below the set before it and counts for nothing until `resguardo accept { $id }`. Look whether data was lost; until then nothing of it expires.
warning-not-removed = { $what } has expired and could not be removed: { $error }
warning-not-durable = The set stands, but the disk did not confirm that it outlasts a power cut, so nothing was removed: { $error }
hint-empty-folder = Look whether the volume of { $source } is mounted. If it is meant to be empty, set allow_empty = true for it.
hint-slot-served = Two daemons seem to be at work on this store with the same schedule. Stop one of them.
hint-lock-held = Another run of resguardo is at work on this store. Wait for it, or give `--wait SECONDS`.
hint-low-port = Ports below { $free } are not for every user: set serve.listen (RESGUARDO_SERVE__LISTEN) to a higher one than { $port }, or give the program the right CAP_NET_BIND_SERVICE.
hint-port-taken = Another program, or another daemon of resguardo, listens on port { $port }: end it, or set serve.listen (RESGUARDO_SERVE__LISTEN) to another port.
hint-no-such-address = This machine has no address { $address }: set serve.listen (RESGUARDO_SERVE__LISTEN) to one that it has, or to 0.0.0.0 for all.
hint-bug = This is a bug of resguardo. The daemon goes on; please report the text above.
hint-not-root = Run it as another user than root, or create a user `postgres`.

## Verify

hint-verify-held = Another verify is at work on this store. It ends by itself; `resguardo list` then shows what it found.
hint-bad-copy = Bring the file back from a copy of the store and verify its set again: resguardo verify ID. What is bad counts for nothing, so the newest good copy of its source is an older one; where there is none left, run a backup.
warning-unrecorded = The store cannot be written ({ $error }): what this run does is told here alone, and not recorded.
warning-finding-unkept = What was found could not be written down beside the sets, so `resguardo list` does not show it: { $error }.
warning-not-looked-into = { $path } is compressed in a way that resguardo cannot open, so it was not looked into.

## Command line

cli-config-faults = The configuration cannot be used ({ NUMBER($count) } to mend):
cli-unknown-source = There is no source `{ $source }`. Configured are: { $known }. One that a variable makes (DATABASE_URL) is there only where that is set.
cli-no-such-set = There is no set { $id }. `resguardo list` shows those that stand.
cli-lock-held = Another run of resguardo is at work on this store. Try again when it has ended.
cli-ending-in-order = Ending in order. A second signal ends it at once, and leaves it to the next run to clear up.
cli-verify-latest = Read is what `resguardo restore --latest` would take, with all of its sets: { $parts }
cli-verified = { $source }: good, every byte of { $size } read again
cli-pinned = { $id } is kept whatever its age.
cli-pinned-already = { $id } is pinned already; nothing was changed.
cli-unpinned = { $id } expires like any other again.
cli-not-pinned = { $id } was not pinned; nothing was changed.
cli-accepted = { $id } counts as good.
accept-fell = { $source } held { $before } in set { $id }; now it holds { $now }.
accept-fell-from-nothing = { $source } holds { $now }; no good set before it stands to compare it with.
accept-extent-database = tables: { NUMBER($tables) }, rows: { NUMBER($rows) }, { $size }
accept-extent-archive = files: { NUMBER($entries) }, { $size }
accept-extent = { $size }
accept-means = Once accepted it counts as good: `resguardo restore --latest` takes it, what comes is compared with it, and older sets expire again.
cli-not-suspect = { $id } is not suspect; nothing was changed.
expired = goes: no rule keeps it
prune-nothing = Nothing has expired.
list-set = SET
list-started = STARTED
list-state = STATE
list-size = SIZE
list-sources = SOURCES
list-note = NOTE
list-state-complete = complete
list-state-partial = partial
list-state-suspect = suspect
list-state-damaged = damaged
list-pinned = pinned
list-verified = verified { $at }
list-proven = proven { $at }
list-proven-of = proven: { $sources }
list-answer = but an answer not as expected
list-drill-failed = DRILL FAILED { $at }
list-found-bad = VERIFY FAILED { $at }
list-suspect = suspect: { $sources }
list-wanting = not whole: { $sources }
list-legend = ! beside a source: its file is missing, not complete, or was found bad by a verify or a drill. It counts for nothing.
list-empty = Nothing is stored in { $dir } yet.
list-adopted-bad = { $path }  { $size }  (adopted: a file without a manifest; VERIFY FAILED { $at }; it counts for nothing)
list-adopted-whole = { $path }  { $size }  (adopted: a file without a manifest; verified { $at }: whole by itself; it counts for nothing)
list-adopted = { $path }  { $size }  (adopted: a file without a manifest, not looked into; it counts for nothing)
list-unseen = The store cannot be looked at, or only in part; more may stand there than is shown:
list-totals = sets: { NUMBER($sets) }, { $size } in all, { $free } free
check-mark-good = ok
check-mark-warning = warning
check-mark-trouble = TROUBLE
check-source = reachable, about { $size } to read
check-emptied = it holds no table, where the newest good set, { $id }, holds { NUMBER($tables) }. If it was lost: `resguardo restore --latest --source { $source }`; if it is right so, the next backup says what to do.
check-store = works as a store must, { $free } free
check-store-busy = a run is at work on it, so it was not tried
check-log = can be written
check-drill = what is newest ({ $id }) could be restored and compared in { $path }, which takes at most { $needed }
check-question = No drill could ask this of { $source }, as production stands now: mend the question.
check-drill-unscheduled = none is scheduled: only a backup that was restored is known to be one; set schedule.drill, such as "0 5 * * 0"
check-healthy = all is well
check-nobody-told = nobody would be told of a failed backup: set mail.host and mail.to (EMAIL_HOST, DEFAULT_FROM_EMAIL)
check-no-mail-server = nobody would be told of a failed backup: set mail.host (EMAIL_HOST), the server that takes the mails
check-no-recipient = nobody would be told of a failed backup: set mail.to (DEFAULT_FROM_EMAIL), who is to be told
check-mail = { $to } would be told, through { $host } (`--mail` sends a test)
check-mail-sent = a test was taken for { $to }; the other side answered: { $answer }
check-mail-subject = a test: you would be told in this way
check-mail-text = This is the test that `resguardo check --mail` sends. You would be told of a failed backup in this way.

## Help of the command line, and what is wrong with one

help-resguardo = Keeps an application's data restorable: PostgreSQL, SQLite, media, settings.
help-config-file = The configuration file [default: config/backup.toml, if it is there]
help-json = Print results as JSON
help-quiet = Print nothing but results and failures
help-run = Run the daemon: back up on schedule, prune, serve the page, health and metrics
help-backup = Back up now
help-list = List what the store holds
help-restore = Put data back; what stands there is kept beside it
help-prune = Remove the sets that no rule keeps
help-verify = Read every stored byte again and compare
help-drill = Prove a set: restore all of it into scratch, compare, clear away
help-pin = Keep a set whatever its age
help-unpin = Let a pinned set expire again
help-accept = Take a suspect set as good, after asking
help-check = Look before leaping: sources, tools, rights, room, store, who is told
help-health = Say how things stand; exits 1 where a probe would be told 503
help-config = Print the settings in force and where each comes from
help-demo = Show the main job on data of its own
help-backup-source = Back up only this source (may be given several times)
help-backup-label = A note kept with the set
help-backup-pin = Keep the set whatever its age
help-backup-wait = Wait up to so many seconds for another run to end
help-list-source = Only sets that hold this source
help-prune-dry-run = Say what would be removed, remove nothing
help-prune-explain = Say of every set why it stays or goes, remove nothing
help-id = The set: `YYYYMMDD_HHMMSS`
help-verify-id = The set: `YYYYMMDD_HHMMSS` [default: what `restore --latest` would take]
help-verify-all = Every set, and every adopted file
help-drill-id = The set: `YYYYMMDD_HHMMSS` [default: of each source the newest that is good]
help-drill-latest = Of each source the newest that is good, which is the default
help-drill-last = Hold none: show what the last one found, or what was found of this set last
help-pin-label = Why it is kept
help-yes = Consent without being asked: for scripts
help-check-mail = Also send a test by mail and every webhook, leave a line with the heartbeat, and show each answer
help-config-reference = Print every key with its default and meaning instead
help-demo-once = Back up once and end
help-demo-dir = Where to put it all [default: a new temporary folder]
help-demo-listen = Where to serve the page, health and metrics
help-restore-db = A dump to restore: a path, or the name of a file in the store (may be given several times)
help-restore-media = An archive to restore: a path, or the name of a file in the store (may be given several times)
help-restore-set = Restore what this set holds: `YYYYMMDD_HHMMSS`
help-restore-latest = Restore the newest good artifact of each source
help-restore-source = Only this source (may be given several times); with a file, the source it is restored to
help-restore-to-db = Restore the database under this new name, beside all that stands
help-restore-to-dir = Restore folders, files and SQLite databases into this folder, which must be empty or missing
help-restore-only = Bring back only the files of an archive that fit this pattern (may be given several times)
help-restore-table = Bring back only this table of a database, `NAME` or `SCHEMA.NAME` under the name with `_restored` added (may be given several times)
help-restore-replace = With --table: exchange the rows that stand in the table for the restored ones
help-restore-jobs = Load a dump of custom format with so many jobs side by side
help-restore-no-owner = Go on where owners cannot be set
help-restore-assume-room = Go on where it cannot be seen whether the server has room
help-restore-no-safety-backup = Where a database can only be replaced in place: go on without a backup of what stands there now
help-restore-dry-run = Say what would happen, change nothing
help-restore-undo = Exchange the old copies of the newest restore back
help-restore-clean = Remove the old copies that restores have kept
help-help = Print help
help-version = Print the version
help-default = [default: { $value }]
help-heading-usage = Usage
help-heading-commands = Commands
help-heading-arguments = Arguments
help-heading-options = Options
help-a-command = COMMAND
help-its-options = [OPTIONS]
usage-no-argument = There is no argument `{ $argument }` here.
usage-no-command = There is no command `{ $command }`.
usage-which-command = Say which command.
usage-near = Did you mean `{ $near }`?
usage-missing = This is missing: `{ $argument }`
usage-value-missing = `{ $argument }` needs a value.
usage-value = `{ $argument }` cannot be `{ $value }`.
usage-value-why = `{ $argument }` cannot be `{ $value }`: { $error }
usage-value-too-many = `{ $argument }` does not take the value `{ $value }`.
usage-twice = `{ $argument }` can be given only once.
usage-conflict = `{ $argument }` does not go with `{ $other }`.
usage-more = `--help` tells more.

## Progress

stage-dump = dump
stage-verify = verify
stage-find = find
stage-load = load
stage-index = index
stage-compare = compare
stage-swap = exchange
stage-analyze = analyze
stage-drill = drill
stage-wait = wait for another run
progress-line = { $stage }: { $done }, { $rate }/s
progress-left = about { NUMBER($seconds) } s left

## Demo

demo-made = A small application was made in { $dir }
demo-with-server = It has a SQLite register, photos, a settings file and a PostgreSQL database; resguardo protects them, every minute.
demo-without-server = It has a SQLite register, photos and a settings file; resguardo protects them, every minute. (No PostgreSQL server programs are on this machine, so none is shown.)
demo-stored = Stored in { $dir } (RESTORE.md there tells how to restore without this program)
demo-serving = Health: http://{ $listen }/health   Metrics: http://{ $listen }/metrics   Ctrl-C ends it
demo-clean = To clear it all away: rm -r { $dir }

## Sources: folders, files, SQLite

hint-folder-missing = Check that the volume of { $path } is mounted and that the path in the configuration is right.
hint-not-a-folder = Name a folder in the configuration, or list { $path } under [[files]].
hint-may-not-read = Give the user resguardo runs as the right to read { $path }.
hint-no-file-found = Check that { $path } is mounted where resguardo runs and that the path in the configuration is right.
warning-empty-folder = { $path } is empty. Check that its volume is mounted, or set allow_empty if it may be.
warning-files-unreadable =
    { $count ->
        [0] Every file and folder could be read.
        [one] A file or folder could not be read: { $first }. The archive is not complete.
       *[other] { NUMBER($count) } files or folders could not be read, the first of them { $first }. The archive is not complete.
    }
warning-files-changed =
    { $count ->
        [0] No file changed while it was read.
        [one] A file changed while it was read: { $first }.
       *[other] { NUMBER($count) } files changed while they were read, the first of them { $first }.
    }
warning-files-vanished =
    { $count ->
        [0] No file vanished while the folder was read.
        [one] A file vanished while the folder was read: { $first }.
       *[other] { NUMBER($count) } files vanished while the folder was read, the first of them { $first }.
    }
hint-sqlite-missing = Check that the volume of { $path } is mounted and that the path in the configuration is right.
hint-sqlite-no-database = { $path } is no SQLite file, or it is encrypted. Check the path in the configuration.
hint-sqlite-read-only = A database in WAL mode can only be read where its folder can be written. Mount the folder of { $path } without read-only, and let the user resguardo runs as write there.
hint-sqlite-locked = A program holds { $path } locked. Look for a transaction that never ends.
hint-sqlite-damaged = { $path } is damaged. Keep the sets that stand, and restore the newest that is good.

## Restoring folders, files, SQLite

restore-nothing-stands = Nothing stands at { $path } now; the restored data is put there.
restore-folder-kept = The folder { $path } is replaced. What lies in it now is kept as { $old }, until `resguardo restore --clean`.
restore-folder-inside = { $path } itself cannot be renamed, so its entries are moved one by one: for a moment a program that looks into it misses some of them.
restore-folder-excluded = What backups leave out ({ $patterns }) is not in the restored folder; it stays in the kept one.
restore-single = Files or new folders that are put back: { NUMBER($count) }, the first of them { $first }. Nothing else is touched.
restore-single-kept = Files that stand there now: { NUMBER($count) }. Each is kept beside the restored one, its name ending in _before_{ $run }, until `resguardo restore --clean`.
restore-single-changed = These differ from what is stored, and the stored ones take their places: { $paths }. Those of another machine bring its addresses, names and passwords along.
restore-to-folder = The data is put into { $path }; what is live is not touched.
restore-sqlite-kept = The content of { $path } is replaced, also while programs have it open. The present content is kept as { $old }, until `resguardo restore --clean`; programs that write wait while it is copied and replaced.
restore-sqlite-damaged = { $path } is damaged. It is copied all the same, as damaged as it is: the copy is not checked.
restore-sqlite-stop = SQLite does not accept { $path } as a database. STOP THE APPLICATION FIRST. The file is set aside as { $old }, with what SQLite kept beside it, and the restored one takes its name.
hint-owners = Restore as root, or with --no-owner: then everything belongs to the user resguardo runs as.
hint-set-id = Unpack it by hand where you trust it: tar -xzf.
hint-not-as-stated = The artifact is not what was stored. Restore another set; `resguardo verify` tells which are whole.
hint-only = Ask for it as the archive names it, such as --only "{ $near }", or with a pattern such as --only "**/name*".
hint-hard-link = Ask for { $first } as well.
hint-too-many = Ask for less, or restore the whole folder.
hint-unsettled = An interrupted restore must be ended first: start resguardo, or run `resguardo restore` again.
hint-restore-room = Free { $needed } on the volume of { $path }, or restore elsewhere with --to-dir.
hint-room-unseen = Look for yourself whether { $path } has room, and go on with --assume-room.
hint-restore-read-only = { $path } is mounted read-only: restore with a service that may write it, or into another folder with --to-dir.
hint-restore-no-right = Restore as a user who may write { $path }, such as root; or leave this out by naming the others with --source; or restore it into another folder with --to-dir.
hint-restore-no-folder = Make the folder { $path }, or check that its volume is mounted.
hint-restore-mounted = { $path } is a mount of its own and cannot be replaced from within: restore with --to-dir, and copy its content over it.
hint-restore-other-kind = Move what stands at { $path } away, or restore into another folder with --to-dir.
hint-restore-not-named = Name it in the configuration, or restore into another folder with --to-dir.
hint-restore-not-empty = Name a folder that is empty or does not exist, or empty { $path }.
hint-mount-below = Unmount { $mount } first, or restore into another folder with --to-dir: a volume would go with the old folder.
hint-restore-ours-within = Restore single files with --only, or into another folder with --to-dir; better still, keep { $path } elsewhere.
hint-to-dir = Restore it where it came from, or into a folder with --to-dir; --to-db is for PostgreSQL.
hint-sqlite-left = { $left } is what is left of a database that was removed: it would be replayed over the restored one. Move it away.
hint-sqlite-close = Stop the programs that have { $path } open for the time of the restore.

## PostgreSQL

hint-unreachable = Check that the database server at { $host } is running and that this machine may reach it.
hint-server-starting = The database server is starting or stopping; the next attempt should find it ready.
hint-too-many-connections = Raise max_connections, or let the application hold fewer connections open.
hint-wrong-password = Check the password of the role { $user }: the one configured here is not the server's. A new server may not have the role at all: RESTORE.md in the store tells how roles are made.
hint-password-file = Put the password of the role { $user } back into { $path }, where the user resguardo runs as can read it; no restart is needed.
hint-no-password = Give the role { $user } its password: POSTGRES_PASSWORD, password or password_file, or one within the address.
hint-not-let-in = Let the role { $user } connect to { $database }: it must exist, and a line of pg_hba.conf must allow this machine.
hint-no-connect = Let the role in: GRANT CONNECT ON DATABASE "{ $database }" TO "{ $user }".
hint-no-database = Check the name: the server at { $host } has no database { $database }. If it was lost, `resguardo restore --latest` brings it back.
hint-tls = Check sslmode and sslrootcert against the server's certificate.
hint-no-tools = Install PostgreSQL's client programs: pg_dump, pg_dumpall, pg_restore and psql.
hint-old-tools = Use client programs of version { $server } or newer; with the image, build it with BASE_IMAGE=postgres:{ $server }.
hint-old-psql = Install psql 15.14, 16.10, 17.6 or newer: the dump was written for one of these.
hint-grant = Let the role read everything: GRANT pg_read_all_data TO "{ $user }"; it may not read { $table }.
hint-row-security = Row-level security hides rows of { $table } from the role { $user }: ALTER ROLE "{ $user }" BYPASSRLS, or back up as another role.
hint-locked = Another session holds { $table } for itself, as a migration does: end it, or wait until it has ended.
hint-killed = { $program } was killed from outside, most likely because memory ran out: give the container or the machine more.
hint-not-empty = Load into an empty database: { $database } holds tables already.
warning-no-role-passwords = The role { $user } may not read password hashes, so the stored roles have none: after a restore their passwords must be set anew.

## Health: why it says what it says

reason-suspect = The newest backup of { $source }, { $id }, is suspect: it holds far less than the one before. Nothing of { $source } expires until you look: `resguardo accept { $id }` if it is right; if it is not, restore the newest good one with `resguardo restore --latest --source { $source }`.
reason-suspect-restored = { $source } was restored after its newest backup, { $id }, had been found suspect. Back it up now: `resguardo backup --source { $source }`; a backup that holds as much as before ends this.
reason-empty = The database of { $source } was found without tables although the store holds backups of it, so it was not backed up. If its volume was lost, restore the newest good set: `resguardo restore --latest --source { $source }`.
reason-never = There is no complete backup of { $source } yet.
reason-never-seen = No backup of { $source } can be seen, for the store cannot be looked at.
reason-stale =
    { $age_hours ->
        [one] The newest complete backup of { $source }, { $id }, is 1 hour old; at most { NUMBER($max_age_hours) } are allowed.
       *[other] The newest complete backup of { $source }, { $id }, is { NUMBER($age_hours) } hours old; at most { NUMBER($max_age_hours) } are allowed.
    }
reason-running = A backup of { $source } is under way.
reason-failed = The last backup of { $source } failed.
reason-partial = Something of { $source } could not be read by the last backup.
reason-interrupted = The last backup of { $source } was interrupted.
reason-braked = Nothing backs up { $source } by itself before { $until }: { NUMBER($count) } attempts in a row ended with the program itself, most often because memory ran out (see the system's log). Once that is mended: `resguardo backup --source { $source }`.
reason-run-failed = The last backup run, { $run }, failed before it came to any source.
reason-run-partial = The last backup run, { $run }, is partial: { $source } could not be stored whole.
reason-prune-failed = The last prune, { $run }, failed.
reason-verify-failed = The last verify, { $run }, found something bad or could not look at it; the log says what. It counts as open until a verify ends well.
reason-verify-overdue = No scheduled verify has come to its end since the one that was due { $at }: nobody knows whether what is stored can still be read. Look whether the daemon runs: it makes up for it at its start.
reason-found-bad = Stored files whose bytes are not what was written, as a verify or a drill found: { NUMBER($count) }, the newest of them { $path }. They count for nothing. Bring them back from a copy of the store and run `resguardo verify` on their set, or remove the set with `resguardo discard ID`.
reason-found-bad-adopted = Files without a manifest that a verify found not whole: { NUMBER($count) }, the first of them { $path }. Bring them back from a copy, or remove them; `resguardo verify --all` looks again.
reason-drill-says-no = A drill of set { $id } did not bring back as it was stored: { $sources }. `resguardo drill { $id } --last` says what was found. It counts as open until a drill of data that is as new, or newer, ends well.
reason-drill-failed = The last drill, { $run }, says no: { $error }. It counts as open until a drill ends well.
reason-drill-not-held = The last drill, { $run }, could not be held, which says nothing of what is stored: { $error }.
reason-drill-answer = { $source } came back whole from the set { $id }, but an answer to a question of your own is not as expected. `resguardo drill { $id } --last` says which. It counts as open until a drill gets the answer that is expected.
reason-drill-unasked = { $source } came back whole from the set { $id }, but not every question of your own could be asked of it. `resguardo drill { $id } --last` says which; `resguardo check` tries them on production.
reason-media-missing = { $source } came back whole from the set { $id }, but too many of the files that its rows name are not in the media drilled with it. `resguardo drill { $id } --last` names some. It counts as open until a drill finds them, or the max_missing_percent of that drill.media_check allows for it.
reason-log = The log cannot be written: { $error }. Backups go on, and what they say is lost.
reason-store-refused = Nothing can be stored: { $error }.
reason-drill-overdue =
    { $days ->
        [one] For more than a day no drill has proven { $sources }: run `resguardo drill`, and see in the log why those of the schedule did not.
       *[other] For more than { NUMBER($days) } days no drill has proven { $sources }: run `resguardo drill`, and see in the log why those of the schedule did not.
    }
reason-store = Something is wrong with the store: { $trouble }.
reason-damaged = Damaged sets in the store: { NUMBER($count) }, the newest of them { $id }. Its manifest cannot be read, or a file that it names is missing or has another size: bring the files back from a copy of the store, or remove what is left of the set with `resguardo discard { $id }`.
reason-disk-low = The store's disk is low: the next backup may not fit.
reason-clock-behind = The clock stands before the start of the newest set, { $id }. Nothing expires until it is right.

## Telling: subjects and lines of a message

tell-suspect = backup SUSPECT: { $source } holds far less than before ({ $age_seconds ->
        [never] none is good yet
       *[other] last good: { $age_seconds } ago
    })
tell-empty = backup NOT MADE: { $source }: the database is empty ({ $age_seconds ->
        [never] none is good yet
       *[other] last good: { $age_seconds } ago
    })
tell-braked = backups STOPPED: { $source }: the program dies at every attempt ({ $age_seconds ->
        [never] none is good yet
       *[other] last good: { $age_seconds } ago
    })
tell-stale = backup TOO OLD: { $source } ({ $age_seconds ->
        [never] none is good yet
       *[other] last good: { $age_seconds } ago
    })
tell-failed = backup FAILED: { $source }{ $cause ->
        [unknown] {""}
       *[other] : { $cause }
    } ({ $age_seconds ->
        [never] none is good yet
       *[other] { $stale ->
            [yes] the last good one is TOO OLD: { $age_seconds }
           *[no] last good: { $age_seconds } ago
        }
    })
tell-partial = { $source }: something could not be read
tell-skipped = { $source }: no backup was made, because another run had not ended
tell-missed = backup DID NOT HAPPEN: { $nights ->
        [one] one night
       *[other] { NUMBER($nights) } nights
    } without an attempt ({ $age_seconds ->
        [never] none is good yet
       *[other] last good: { $age_seconds } ago
    })
tell-verify = { $source }: something that is stored is bad, or could not be looked at
tell-drill-answer = { $source }: a restore drill brought everything back, but an answer to a question of yours is not as expected
tell-drill-warning = { $source }: a restore drill brought everything back, with a warning
tell-over = { $source }: all is well again
tell-since = Since { $since }.
tell-was-since = It had lasted since { $since }.
tell-error = What went wrong: { $error }.
tell-hint = What to do: { $hint }
tell-newest-good = The newest complete backup is { $id }, made { $at }: { $age_seconds } ago.
tell-no-good = There is no complete backup.

## Faults of the configuration: what was expected; key and origin are printed before it.

fault-both = expected only one of this and { $other }; both are given
fault-both-passwords = expected one password; the address in { $other } holds one too
fault-boolean = expected true or false, found { $found }
fault-cron = expected a cron expression of five fields that comes at least once, such as "0 3 * * *", found { $found }
fault-address = expected a mail address, or a name and a mail address in angle brackets, found { $found }
fault-file-unreadable = expected a configuration file that can be read at { $path }: { $error }
fault-glob = expected a pattern such as "cache/**", found { $found }
fault-integer = expected a whole number from { $min } to { $max }, found { $found }
fault-list = expected a list of texts, such as ["a", "b"], found { $found }
fault-listen = expected an address and a port, such as "127.0.0.1:8080", found { $found }
fault-missing = expected a value; none is given
fault-number = expected a number from { $min } to { $max }, found { $found }
fault-column = expected a column as table.column or schema.table.column, found { $found }
fault-no-such-source = expected a source that is configured ({ $known }), found { $name }
fault-name = expected a name of letters, digits, ".", "_" and "-" that begins with a letter or digit, at most 63 bytes, found { $found }
fault-name-reserved = expected another name than { $name }, under which the server's roles are stored; give the source a name of its own
fault-name-twice = expected a name that no other source has, also not in other case; { $name } is taken by { $other }
fault-keep-nothing = expected at least 1, or a calendar rule such as keep_weekly = 4 beside it; 0 alone would keep nothing
fault-no-source = expected at least one source: set DATABASE_URL or POSTGRES_HOST and its companions, or add [[postgres]], [[sqlite]], [[media]] or [[files]] to { $path }
fault-no-source-no-file = expected at least one source: set DATABASE_URL or POSTGRES_HOST and its companions, or describe one in a file; none was found at { $path }, and --config names another
fault-not-utf8 = expected UTF-8 text
fault-path = expected a path, found { $found }
fault-secret = expected a text in quotes; what was found is not shown
fault-secret-file = expected a file that can be read: { $error }
fault-section = expected a section of keys, [{ $section }]
fault-tables = expected sections of keys, [[{ $section }]], each its own
fault-text = expected a text in quotes, found { $found }
fault-toml = expected TOML, at line { $line }, column { $column }: { $error }
fault-unknown-key = no such key
fault-unknown-key-near = no such key; did you mean { $near }?
fault-url = expected an address such as postgres://user@host:5432/database or sqlite:///path
fault-url-database = expected an address that names a database, such as postgres://user@host:5432/database
fault-url-encoding = expected an address whose parts are percent-encoded UTF-8
fault-url-fragment = expected an address without a "#" after its database; a "#" within a password is written %23
fault-url-not-postgres = expected the address of a PostgreSQL database; a SQLite file is a source of its own, [[sqlite]]
fault-url-port = expected a port from 1 to 65535 in the address; a ":", "/", "?", "#" or "%" within a password is written %3A, %2F, %3F, %23, %25
fault-url-quoted = expected an address without quotes around it; where docker reads an env_file, they are part of the value
fault-url-scheme = expected an address that begins with postgres://, postgresql://, postgis:// or sqlite://
fault-url-sqlite = expected the path of a database file: sqlite:///relative/path or sqlite:////absolute/path
fault-url-sslmode = expected sslmode to be one of: { $words }
fault-url-user = expected an address that names a user, such as postgres://user@host:5432/database
fault-word = expected one of: { $words }; found { $found }
fault-zone = expected a time zone by its IANA name, such as "America/Lima", found { $found }

notice-near-name = { $name } is set and means nothing here; was { $near } meant?
notice-host-default = { $name } is not set; { $host } is taken.
notice-password-of-none = { $name } is used for none of the databases, for several are configured; give each its own password or password_file.

## Restoring

restore-from-set = { $source } is restored from { $path } ({ $size }) of set { $id }, made { $at }.
restore-from-file = { $source } is restored from { $path } ({ $size }), which no set vouches for.
restore-suspect = This backup of { $source } is suspect: it holds far less than the one before it. It is restored because it was named.
restore-passed-over = The newest backup of { $source }, { $id }, is passed over: it is damaged, suspect or not complete.
restore-unconfigured = The store also holds { $sources }, not configured here and not restored: is the settings file another one (--config or RESGUARDO_CONFIG), or is a variable missing, such as DATABASE_URL?
restore-left-out = The set also holds { $sources }, which is not configured here and is left out.
restore-companion-lost = Something that goes with it cannot be used, and is left out: { $error }.
restore-mixed-sets = These come from different sets ({ $parts }): what one of them speaks of may be missing in another.
restore-before-hook = Before new and old are exchanged this is run: { $program }
restore-after-hook = Afterwards, whatever happened, this is run: { $program }
restore-no-hook = The application is not stopped by this program (restore.before_hook is not set): stop it first, or restart it afterwards.
restore-undo = { $old } takes the place of { $live } again; what stands there now is kept as { $aside }.
restore-undo-hours = What was written since { $since } ({ NUMBER($hours) } hours) is set aside with it.
restore-clean =
    { $days ->
        [one] { $old } ({ $size }) is removed: the old copy of { $source } that the restore { $run } kept, 1 day old.
       *[other] { $old } ({ $size }) is removed: the old copy of { $source } that the restore { $run } kept, { NUMBER($days) } days old.
    }
restore-clean-unsized =
    { $days ->
        [one] { $old } is removed: the old copy of { $source } that the restore { $run } kept, 1 day old. Its size takes long to tell.
       *[other] { $old } is removed: the old copy of { $source } that the restore { $run } kept, { NUMBER($days) } days old. Its size takes long to tell.
    }
restore-clean-gone =
    { $days ->
        [one] { $old }, which the restore { $run } of { $source } kept a day ago, is not there: it was removed by hand, or it stands on another machine that this store was copied from. It is forgotten; nothing is removed.
       *[other] { $old }, which the restore { $run } of { $source } kept { NUMBER($days) } days ago, is not there: it was removed by hand, or it stands on another machine that this store was copied from. It is forgotten; nothing is removed.
    }
restore-clean-stays = Of { $source } what the restore { $run } has left stays as it is: { $why }.
restore-clean-unreadable = What an earlier restore has kept cannot be told, and stays: { $error }.
restore-give-up = The restore { $run } of { $source } is given up ({ $why }): nothing looks after it any more. It may have left { $names }: look there, and remove by hand what nobody needs.
restore-give-up-database = Where { $live } refuses sessions: ALTER DATABASE "{ $live }" ALLOW_CONNECTIONS true.
restore-mixed = The restore { $run } ended between its sources, each of them whole: { $new } is restored, { $old } is as it was. Give the restore again, or take it back with `resguardo restore --undo`.
restore-mixed-undo = The undo { $run } ended between its sources, each of them whole: { $new } is exchanged back, { $old } is as it was. To end it: `resguardo restore --undo { $again }`.
restore-clean-final = There is no way back to them afterwards.
restore-settled-new = A restore of { $source } was cut short while new and old were exchanged. The new data stands, the old is kept.
restore-settled-undo-old = An undo for { $source } was cut short before the kept copy had taken its place. What stood there stands as it was, and the copy is still kept: `resguardo restore --undo` takes it up again.
restore-settled-clean = The old copy of { $source }, whose removal was cut short, is removed.
restore-settled-old = A restore of { $source } was cut short before the new data stood in its place. The old data stands as it was; nothing of the new is left.
warning-restore-unsettled = Something could not be cleared away or noted; the next run tries again: { $error }.
warning-restore-stays = { $source } could not be exchanged back ({ $error }): the new data stands in its place, the old is kept. `resguardo restore --undo` tries again.
warning-restore-aside = What could not be kept in place was exchanged back. What had stood there meanwhile is kept as { $names }: `resguardo restore --clean` removes it.
warning-restore-meanwhile = While data was exchanged, a program wrote where it lies. What had a like in the data that stands there now is kept as { $names }: take from there what is missing; `resguardo restore --clean` removes it.
warning-restore-journal = The journal of a restore cannot be read: { $error }. What that restore made or kept bears { $run } at the end of its name; `resguardo restore --clean` cannot remove it.
hint-restore-unsettled = Start the database server, or mount what is missing, and give the command again: what was cut short is settled first. Where that cannot be, or this store was copied from another machine, `resguardo restore --clean --source { $source }` gives it up, and says what it may have left.
hint-restore-unsettled-unconfigured = Configure { $source } again as it was, and give the command again: what was cut short is settled first. Or give it up with `resguardo restore --clean --source { $source }`, which says what it may have left.
hint-restore-kept-unconfigured = Configure { $source } again as it was. Or have what is kept of it forgotten with `resguardo restore --clean --source { $source }`, which says what is left to be removed by hand.
hint-restore-journal = Bring the file back from a copy of the store, or use the version of resguardo that wrote it. What that restore made or kept bears { $run } at the end of its name: see to it by hand, then remove the file. Restores go on without it.
hint-restore-gone = It was removed by hand, or it stands on another machine that this store was copied from; then undo it there. `resguardo restore --clean` forgets it.
hint-restore-manifest = Bring sets/{ $id }.json back from a copy of the store, or restore single files of the set with --db and --media.
hint-restore-damaged = Choose another set (`resguardo list`), or bring the file back from a copy of the store. Nothing was changed.
hint-restore-incomplete = Choose another set, or restore it beside what stands with --to-dir DIR and take from there what you need. Nothing was changed.
hint-may-not-read-store = Restore as a user who may read the store; more may stand there than is shown.
hint-restore-no-good = `resguardo list` shows what there is; one that is suspect counts after `resguardo accept ID`, or is restored by its set: --set ID.
hint-restore-sources = Configured are: { $known }. One that a variable makes (DATABASE_URL) is there only where that is set.
hint-restore-choose = Say which with --source NAME: { $choices }.
hint-restore-no-file = Give a path, or the name of a file in db, media or files of { $dir }. `resguardo list` shows the sets.
hint-restore-other-engine = Give a file of the same kind as the source: .sql or .dump of PostgreSQL, a SQLite file, a .tar. Nothing was changed.
hint-restore-role = Give it with { $flag }.
hint-restore-twice = Give each source one artifact at a time.
hint-restore-to-db = Name one database with --source or --db; folders and files go to --to-dir.
hint-restore-aside-database = Give the database a name of its own with --to-db NAME as well, or leave { $source } out by naming the others with --source.
hint-restore-aside-folder = Give a folder with --to-dir DIR as well, or leave { $source } out by naming the others with --source.
hint-restore-within = Name a folder outside the store, the logs and the application's own folders.
hint-restore-to-dir = Name what goes there with --source or --media; a database goes to --to-db.
hint-restore-only = Name folders or files with --source or --media.
hint-restore-hook = See restore.{ $hook } in the configuration. Where it stopped the application, look whether it runs again.
hint-restore-again = Give the command again.
hint-restore-nothing-kept = Nothing is kept under an old name, so there is nothing to exchange back and nothing to remove.
hint-restore-no-consent = Nothing was changed. To consent, type exactly what is asked for.
hint-restore-nobody = Nothing was changed. Give the command on a terminal, or with --yes.
reason-unconfigured = The store holds new backups of { $source }, which is not configured here: is the settings file another one (--config or RESGUARDO_CONFIG), or is a variable missing, such as DATABASE_URL?
reason-old-copies =
    { $days ->
        [one] The restore { $run } of a day ago still keeps what it replaced: { $names }. `resguardo restore --clean` removes it, after asking.
       *[other] The restore { $run } of { NUMBER($days) } days ago still keeps what it replaced: { $names }. `resguardo restore --clean` removes it, after asking.
    }
reason-restore-unsettled = The restore { $run } of { $source } was cut short and is not settled yet. The next run settles it; so does any `resguardo restore`.
reason-restore-unsettled-why = The restore { $run } of { $source } was cut short and cannot be settled: { $why }. It is tried again at every run; `resguardo restore --clean --source { $source }` gives it up.
cli-restore-type = To consent, type: { $name }
cli-restore-one-source = With --source, give one file and one source, so that it is clear which goes where.
cli-restore-done = Restored: { $sources }
cli-restore-restart = Restart the application now: it may hold connections, and caches of what stood there before.
cli-restore-backup = Then back it up: `resguardo backup`
cli-restore-undo = Kept: { $old }. To exchange it back: resguardo restore --undo
cli-restore-clean = To remove it once all is well: resguardo restore --clean
cli-restore-cleaned = Removed; { $size } became free.
## Restoring a PostgreSQL database
restore-database-stands = The database { $database } stands at { $server } now: { $size }, { $tables ->
        [one] 1 table
       *[other] { NUMBER($tables) } tables
    }, { $sessions ->
        [one] 1 session
       *[other] { NUMBER($sessions) } sessions
    }.
restore-database-none = There is no database { $database } at { $server } yet.
restore-database-beside = The backup is loaded into a database of its own, { $new }, and compared; only then it becomes { $database }.
restore-database-kept = What stands in { $database } now is kept as { $old } until you clean it away; what is written from now until the exchange is in that one alone.
restore-database-sessions = At the exchange all sessions of { $database } are ended, and new ones are refused for five seconds at most.
restore-room = Room at the server: { $needed } needed, { $free } free.
restore-room-unseen = Room at the server: { $needed } needed; how much is free cannot be seen. A disk that runs full stops every database on it.
warning-restore-roles = The role { $user } is no superuser: { $role } and other roles that the set brings may be created without their rights and passwords, or not at all.
warning-restore-passwords = These roles are made without a password, for the set holds none: { $roles }. Nobody logs in as one of them until it is given one: ALTER ROLE { $first } PASSWORD '…'.
warning-restore-tablespace = The tablespace { $tablespace } is not on this server: what lay there will lie in the default one.
forecast-standby = a restore would be refused, for this server is a standby: it must go to the primary
forecast-createdb = a restore cannot load beside the present database, for the role { $user } may not create one: ALTER ROLE "{ $user }" CREATEDB
forecast-ownership = a restore would be refused, for the role { $user } may not act for the owner of the database: GRANT "{ $owner }" TO "{ $user }"
forecast-room = a restore cannot see the room on the server's disk, and would need --assume-room: mount that disk read-only and name it in data_volume, or GRANT pg_execute_server_program TO "{ $user }", which lets it run programs there
forecast-owners = a restore by this user would be refused, for { $first } belongs to { $owner }, which only root can set: restore as root, or with --no-owner, and everything belongs to the user resguardo runs as
hint-restore-standby = Name the primary server in the configuration: a standby follows it.
hint-restore-createdb = Let the role create the database beside the old one: ALTER ROLE "{ $user }" CREATEDB.
hint-restore-ownership = Let the role act for the owner: GRANT "{ $owner }" TO "{ $user }", or restore as a superuser.
hint-restore-missing-role = Create it: CREATE ROLE "{ $role }", or restore from a set that holds the server's roles, as a role that may create them.
hint-restore-exists = Name a database that does not exist yet: { $database } does.
hint-restore-taken = Rename or drop the database { $database } if nobody needs it, and try again.
hint-restore-name = Name the database with 1 to { $max } bytes.
hint-restore-closed = Let sessions in again: ALTER DATABASE "{ $database }" ALLOW_CONNECTIONS true. Somebody shut them out on purpose, or a restore ended before it could let them in.
hint-restore-unreadable = The new database takes the properties of { $database }, which cannot be read. Give it another name, ALTER DATABASE "{ $database }" RENAME TO "{ $database }_damaged", and restore again: the set's own properties are taken then.
hint-restore-prepared = Connect to { $database } and end it: ROLLBACK PREPARED '{ $gid }', or COMMIT PREPARED '{ $gid }'.
hint-restore-slot = Whoever reads through it would go on reading the old copy. Stop the reader and drop the slot: SELECT pg_drop_replication_slot('{ $slot }').
hint-restore-subscription = It would go on writing into the old copy. Drop it in { $database }: DROP SUBSCRIPTION "{ $subscription }".
hint-restore-session = Let the role end the sessions of { $who }: GRANT pg_signal_backend TO "{ $user }"; a superuser's end yourself, or restore as one.
hint-restore-busy = What stood there stands as it was, and everybody is let in again. End the process { $pid } of the database server, or wait until it has ended, and try again.
hint-restore-at-work = The database server is still busy with what an earlier attempt has asked of it; the next start or run tries to settle it again. Where that goes on failing, the process { $pid } of the server does not react: look what it waits for.
hint-restore-left = { $databases } may be left over: the next start or run removes it. Where that goes on failing, one of the server's processes does not react (stopped, or waiting for a disk): end it.
hint-restore-extension-missing = Install the extension { $extension } on the database server's machine or image, in the version that the server fits.
hint-restore-extension = Restore as a superuser: the role { $user } may not create the extension { $extension }.
hint-restore-locale = Install the locale { $locale } ({ $provider }) on the database server's machine or image, or create the database yourself with another and load the dump as RESTORE.md tells.
hint-restore-older-server = Restore to a server of version { $dumped } or newer; a server { $server } does not understand what a newer one wrote.
hint-restore-properties = The new database could not be given a setting or right that the old one has, so nothing was exchanged: let the role { $user } set it, or restore as a superuser.
hint-restore-server-room = Make room on the disk of the server's data: { $needed } are needed, { $free } are free. Old copies of a restore go with `resguardo restore --clean`.
hint-restore-room-unseen = Make sure that { $needed } are free on the disk of the server's data and say so with --assume-room; or mount that disk here and name it in data_volume; or let the role ask the server (GRANT pg_execute_server_program TO it, which lets it run programs there).
hint-restore-room-low = The load was ended while { $free } were left, and what it had loaded was removed: make room, the database is larger than it was.
hint-restore-data-volume = Check that the disk of the server's data is mounted at { $path }, the data_volume of the configuration.
hint-restore-differs = What was loaded is not what was dumped, so it was removed; what stood there stands as it was. Verify the set, and restore another.

# Single tables of a PostgreSQL database.
restore-table-beside = The table { $table } of the backup (rows: { NUMBER($coming) }) is put into the database { $database } at { $server } as { $new }: columns and rows, to look into and to copy from, without defaults, indexes, keys and policies. Nothing else there is touched.
restore-table-replace = The rows of { $table } in the database { $database } at { $server }, { NUMBER($rows) } now, are replaced by those of the backup, { NUMBER($coming) }. The present ones are kept as { $old }, until `resguardo restore --clean`. For that time everybody else waits for the table, and triggers do not fire.
restore-table-load = The whole backup is loaded into a database of its own, { $new }, compared, and dropped once the rows are in { $database }.
hint-restore-table = Give --table with one PostgreSQL database, by --set, --latest or --db and, where there are several, --source; --replace only with --table. To load a whole database elsewhere use --to-db without --table.
hint-restore-table-whole = Restore the whole database: resguardo restore --latest --source { $source }
hint-restore-table-taken = Look whether it is still needed, and remove it: DROP TABLE { $table }
hint-restore-table-create = Let the role make tables there: GRANT USAGE, CREATE ON SCHEMA "{ $schema }" TO "{ $user }".
hint-restore-table-schema = Create it: CREATE SCHEMA "{ $schema }". Or restore the whole database beside, with --to-db NAME.
hint-restore-table-gone = Restore it without --replace; it comes as a table of its own, to copy from into a new { $table }.
hint-restore-table-kind = Views and foreign tables hold no rows of their own.
hint-restore-table-partition = Replace the table it is a partition of, or restore it without --replace and copy from it.
hint-restore-table-owner = Let the role act for the owner: GRANT "{ $owner }" TO "{ $user }", or restore as a superuser.
hint-restore-table-key-owner = Let the role { $user } act for the owner of { $table }, or restore as a superuser, or restore without --replace and copy from the restored table.
hint-restore-table-key-off = Switch it on again: ALTER TABLE { $table } ENABLE TRIGGER ALL. Or restore without --replace and copy from the restored table.
hint-restore-table-column = Restore it without --replace and copy what you need, or give { $table } its column { $column } back for the time of the restore.
hint-restore-table-required = Restore it without --replace and copy what you need, or let the column { $column } of { $table } be empty, or give it a default, for the time of the restore.
hint-restore-table-type = Create the type { $type } again, or restore the whole database beside, with --to-db NAME. What stands there stands as it was.
hint-restore-table-several = Say which: { $tables }.
hint-restore-table-near = The nearest it holds: { $tables }. Give NAME or SCHEMA.NAME, letters as they are. A table made of partitions that is gone comes back with its database, --to-db NAME.
hint-restore-table-none = The backup holds no tables.
hint-restore-table-lost = Somebody removed or renamed { $table }, or the database was exchanged since. Nothing was changed.
hint-restore-table-key = Rows of { $from } refer to rows of { $to } that would not be there, so nothing was changed: replace both tables at once (--table twice), or restore without --replace and copy what you need; or remove the key { $key } first.
hint-restore-table-locked = Nothing was changed. Wait until the session { $pid } of { $who } has ended its transaction, or end it: SELECT pg_terminate_backend({ $pid }). Then try again.
cli-restore-table = What was restored is a table of its own: take from it what you need (INSERT INTO … SELECT … FROM), then drop it.
## Replacing a PostgreSQL database in place
restore-in-place = The role { $user } may not create a database, so { $database } is replaced in place, in one transaction: nothing of it counts before the backup was read to its end and every count agreed, and what goes wrong until then leaves everything as it is.
restore-in-place-waits = Its sessions are ended at the beginning and at the end; in between, whoever asks waits.
restore-in-place-extensions = These extensions belong to another role and stay as they are: { $extensions }.
restore-in-place-schemas = These schemas belong to another role: what is in them is replaced, their owner and privileges stay: { $schemas }.
restore-safety = A safety backup of { $source } is taken first, and read again: it is the only way back. What is written after it has begun is lost: stop the application before.
restore-no-safety = NO SAFETY BACKUP IS TAKEN: what stands in { $source } now is gone for good once it is replaced.
restore-way-back = What stood in { $source } before is kept in the set { $set }, pinned. To bring it back: resguardo restore --set { $set } --source { $source }
restore-safety-left = What stands in { $source } was backed up before the restore that was not made: the set { $set } is pinned. Once nobody needs it: resguardo unpin { $set }
restore-settled-old-safety = A restore of { $source } was cut short before the new data stood in its place. The old data stands as it was; it is also in the set { $set }, pinned: once nobody needs that, `resguardo unpin { $set }`.
hint-restore-undo-in-place = A restore replaced { $source } in place, and what stood there before is in the set { $set }: resguardo restore --set { $set } --source { $source }
restore-settled-in-place = A restore of { $source } was cut short at its end. The new data stands; what stood there before is in the set { $set }: `resguardo restore --set { $set } --source { $source }`.
restore-settled-in-place-bare = A restore of { $source } was cut short at its end. The new data stands; of what stood there before nothing is kept, as was asked for.
hint-restore-safety = Nothing was changed. See why { $source } cannot be backed up; or say --no-safety-backup, where what stands there now may be lost.
hint-restore-foreign = Let the role act for the owner: GRANT "{ $owner }" TO "{ $user }"; or let the role create a database beside this one: ALTER ROLE "{ $user }" CREATEDB.
hint-restore-closed-table = Let the role fill it: GRANT INSERT, DELETE ON { $table } TO "{ $user }"; or let the role create a database beside this one: ALTER ROLE "{ $user }" CREATEDB.
hint-restore-locks = Let one transaction lock more: ALTER SYSTEM SET max_locks_per_transaction = { $enough }, and restart the database server; or let the role create a database beside this one (CREATEDB).
hint-restore-session-stays = What it would have changed is not seen by anybody. End that process of the database server, or wait until it has ended, and give the command again.
## Drills

hint-drill-held = Another drill is at work. It ends by itself; `resguardo drill --last` then shows what it found.
hint-drill-dir = Point drill.dir at a folder of a disk that resguardo may write to, outside of the store and of what is backed up; { $path } will not do.
hint-drill-no-room = Free at least { $needed } on the volume of { $path }, or point drill.dir at a larger one.
hint-drill-failed = Do not rely on this set. Drill an older one (`resguardo drill ID`) to know what is good, then find out what happened to this one: `resguardo verify ID` tells whether its bytes changed in the store.
warning-media-missing = Files that { $column } names and that are not in { $media }: { NUMBER($missing) } of { NUMBER($named) }, such as { $examples }
hint-drill-answer = The data of this set came back as it was stored: it is as good a backup as before. If rows were lost, mend production from an older set; if the answer is right as it now is, let { $keys } expect it.
hint-drill-unasked = This says nothing of the set. Mend `sql` of { $keys } in the settings; `resguardo check` tries it on production.
warning-proof-skipped = A proof of { $source } was skipped, which is no success: { $what }: { $why }
drill-none-yet = No drill has found anything out yet. `resguardo drill` holds one.
drill-last-not-held = The last drill, { $run }, found nothing out: { $error }
drill-page-head = RESTORE DRILL { $run }
drill-page-set = Set: { $id }, made { $at }
drill-page-one-set = Set: { $id }, made { $at }: { $sources }
drill-page-held = Held: { $from } until { $until }, by resguardo { $version }
drill-page-proven =
    { $count ->
        [one] Verdict: PROVEN{ $warned }. The one source was restored and found as it was stored.
       *[other] Verdict: PROVEN{ $warned }. All { NUMBER($count) } sources were restored and found as they were stored.
    }
drill-page-in-part = Verdict: NOT PROVEN{ $warned }. { NUMBER($not_held) } of { NUMBER($count) } sources could not be drilled; the others were found as they were stored.
drill-page-failed = Verdict: NO{ $warned }. { NUMBER($failed) } of { NUMBER($count) } sources did not come back as they were stored.
drill-page-doubted =
    { $count ->
        [one] Verdict: PROVEN, BUT NOT AS EXPECTED{ $warned }. The one source was restored and found as it was stored; answers to your own questions are not as expected, of { $sources }.
       *[other] Verdict: PROVEN, BUT NOT AS EXPECTED{ $warned }. All { NUMBER($count) } sources were restored and found as they were stored; answers to your own questions are not as expected, of { $sources }.
    }
drill-page-source-proven = { $source } ({ $kind }): proven
drill-page-one-warning = , with 1 warning ({ $which })
drill-page-warnings = , with { NUMBER($warnings) } warnings ({ $which })
drill-page-missing-files = { $source }: files that rows name are missing
drill-page-unasked = { $source }: questions could not be asked
drill-page-skipped-proof = { $source }: { $what } skipped
drill-page-source-doubted = { $source } ({ $kind }): proven, but not as expected
drill-page-source-failed = { $source } ({ $kind }): NO
drill-page-source-not-held = { $source } ({ $kind }): could not be drilled
drill-page-restored = restored in { $time }
drill-page-ok = ok
drill-page-no = NO
drill-page-skipped = skipped
drill-page-remark = remark: { $remark }
drill-page-error = Why: { $error }
drill-page-rto = Time to restore (RTO): { $time }, one source after the other
drill-page-no-rto = Time to restore (RTO): none, for not everything came back
drill-page-rpo = Data at risk (RPO): { $time }, the age of the set when the drill began
drill-page-rpo-of = Data at risk (RPO): { $time } of { $sources }, the age of set { $id } when the drill began
drill-page-peak = Disk taken: { $size } at most
## The drill: what stops it, what is odd in production

hint-drill-no-server = Install PostgreSQL's server programs (initdb, postgres) of version { $major } or newer where the drill runs, beside psql and pg_dump.
hint-drill-locale = Install the locale { $locale } ({ $provider }) where the drill runs: its server must sort as production's does.
hint-drill-extension = Install the extension { $extension } for PostgreSQL { $major } where the drill runs: its server must know it as production's does.
hint-drill-shut = Let others pass through { $path } (chmod o+x): the server of the drill does not run as root, and its data lies below.
hint-drill-become = Let resguardo become the user postgres and end what he runs (in a container: cap_add SETUID, SETGID and KILL), or run it as that user: PostgreSQL refuses to run as root.
hint-drill-nameless = Install libnss-wrapper where the drill runs (apt-get install libnss-wrapper), or name the user there: echo 'resguardo:x:{ $user }:{ $group }::/nonexistent:/bin/false' >> /etc/passwd
hint-drill-preload = The set says nothing of what production loads with its server (shared_preload_libraries), and the drill's server lacks such a library. This says nothing of the backup: hold this drill by hand, on a server that loads it.
hint-drill-rights = Give the folder of the drill to the user who holds it (as root: install -d -o { $user } { $dir }), or point drill.dir at one that he may write to.
hint-drill-left = An earlier drill was held by another user: as root, `{ $line }`, and let one user hold all drills in { $dir }; now it is { $user }.
hint-drill-left-on-host = An earlier drill was held by another user: on the host, where the compose file is, `sudo { $line }` (what is mounted at { $mount }), and let one user hold all drills in { $dir }; now it is { $user }.
remark-left-empty = Materialized views that the drill left empty, for this database can ask other servers: { NUMBER($count) }. They were not proven.
hint-drill-died = Look into the system's log why it ended; most often memory ran out, or somebody ended it. This says nothing of the backup.
hint-drill-room = The drill was ended while { $free } were left on the volume of { $path }: free room there, or point drill.dir at a larger one. This says nothing of the backup.
remark-foreign-keys = Rows that name others that are not there: { NUMBER($count) }, the first in { $table }.
remark-not-valid = Constraints that were never held against all rows (NOT VALID): { NUMBER($count) }, the first { $constraint }.
remark-index-not-valid = Indexes of partitioned tables that not all partitions have: { NUMBER($count) }, the first { $index }.
remark-sequence-behind = The sequence { $sequence } stands at { $value }, and { $column } already holds { $max }: new rows may collide.
remark-drill-unconfined = This kernel cannot keep the drill's server to its own files (Landlock, Linux 5.13 or newer): functions in the dump could reach what the server's user may.
remark-drill-network = This kernel cannot keep the drill's server from the network (Landlock, Linux 6.7 or newer): functions in the dump could reach other servers.

## The page

page-language = en
page-healthy = Your data is safe.
page-warning = Your data is backed up, but something needs you.
page-under-way = A backup is under way.
page-stale = Your newest backup is too old.
page-never = There is no complete backup yet.
page-empty = A database is empty.
page-out-of-reach = The copies cannot be seen.
page-suspect = Your newest backup looks wrong.
page-all-stored = All of it was backed up { $ago }, on { $at }.
page-nothing-of = Nothing is stored yet of { $sources }.
page-all-proven = All of it was restored for proof { $ago }; that took { $time }.
page-unproven = No restore has proven { $sources } yet: `resguardo drill` does.
page-disproven = In its last restore drill this did NOT come back as it was stored: { $sources }.
page-next-backup = The next backup begins on { $at }.
page-ago-now = just now
page-ago-minute = a minute ago
page-ago-minutes = { NUMBER($count) } minutes ago
page-ago-hour = an hour ago
page-ago-hours = { NUMBER($count) } hours ago
page-ago-days = { NUMBER($count) } days ago
page-reasons = What needs you
page-sources = What is kept
page-source = Source
page-newest = Newest copy
page-size = Size
page-growth = { $by } a week
page-growth-none = hardly any
page-course = Sizes
page-size-course = Stored size over time, from { $from } to { $to }
page-proof = Proof by restoring
page-proof-none = not yet
page-proof-good = came back whole
page-proof-bad = did NOT come back whole
page-none-yet = none yet
page-nights = A year of nights
page-night-good = good
page-night-partial = in part
page-night-failed = failed
page-night-none = no backup
page-nights-summary = In the year that ends today: { NUMBER($good) } good, { NUMBER($partial) } in part, { NUMBER($failed) } failed, { NUMBER($none) } without a backup.
page-bad-nights = Nights that were not good
page-durations = How long a backup takes
page-durations-told = The last took { $last }, the longest { $longest }.
page-next = What comes next
page-running = { $job } since { $at }, under way.
page-due = { $job } on { $at }.
page-job-backup = Backup
page-job-prune = Removal of old sets
page-job-verify = Verification
page-job-restore = Restore
page-job-drill = Restore drill
page-drills = Restore drills
page-drill-good = Set { $id } came back whole in { $time }.
page-drill-bad = Set { $id } did NOT come back whole: { $sources }.
page-copies = Where the copies are
page-store-away = The folder of the copies, { $dir }, cannot be reached.
page-stored = In the folder { $dir } of this server, { $size }. Sets: { NUMBER($sets) }. Free there: { $free } of { $total }.
page-room =
    { $nights ->
        [0] There is no room for another night like the last.
        [one] There is room for about one more night like the last.
       *[other] There is room for about { NUMBER($nights) } more nights like the last.
    }
page-nowhere-else = No copy is kept elsewhere: carry one out of the house now and then.
page-as-of = As of { $at } ({ $zone }).
page-unanswered = resguardo does not answer any more.
## Rights, with the line that mends them

hint-no-right-line = The program runs as { $user } and may not write { $path }. As root: `{ $line }`.
hint-no-right-on-host = The program runs as { $user } in its container and may not write { $path }. On the host, where the compose file is: `sudo { $line }` (what is mounted at { $mount }).
hint-may-not-read-own = The program runs as { $user } and may not read { $path }. As root: `{ $line }`.
hint-may-not-read-own-on-host = The program runs as { $user } in its container and may not read { $path }. On the host, where the compose file is: `sudo { $line }` (what is mounted at { $mount }).
hint-may-not-read-line = The program runs as { $user } and may not read { $path }. As root: `{ $line }`; what the application writes later with rights for its owner alone needs the program to run as that owner, or as root.
hint-may-not-read-group = The program runs as { $user } in its container and may not read { $path }, but another group may. In .env.prod on the host: `{ $line }`, then give backups and logs to that user and make the container anew: `docker compose --env-file .env.prod -f docker-compose.prod.yml up -d backup` (a restart changes nothing).
hint-may-not-read-root = The program runs as { $user } in its container and may not read { $path }, nor may any group. In docker-compose.prod.yml on the host put the two lines that stand commented under the service backup in the place of its user: `user: "0:0"` and `cap_add: [DAC_OVERRIDE, CHOWN, FOWNER, SETUID, SETGID, KILL]`, and make the container anew: `docker compose --env-file .env.prod -f docker-compose.prod.yml up -d backup` (a restart changes nothing).

## Memory

hint-killed-at-limit = { $program } was killed because memory ran out; { $limit } are allowed. Raise the limit: mem_limit of the service in the compose file, MemoryMax of a unit of systemd. `resguardo check` says what the widest row needs.
hint-killed-for-memory = { $program } was killed because memory ran out: give the machine more, or let other programs take less.
forecast-wide-row = a dump may be killed for want of memory: the widest row, in { $table }, has { $row }, pg_dump needs about four times that, and { $limit } are allowed for everything; raise the limit to { $enough } (mem_limit in the compose file, MemoryMax of a unit of systemd)
forecast-wide-row-unknown = it is not known whether { $limit } of memory are enough for a dump: not all wide rows could be looked at within { $seconds } s, and pg_dump needs about four times the widest

## Mail, made whole
mail-fact-place = Place
mail-fact-source = Source
mail-fact-at = Time
mail-log = The last lines of the log:
mail-tone-good = Resolved
mail-tone-note = For your notice
mail-tone-warning = Needs your attention
mail-tone-critical = Needs you now
mail-tone-test = A test
warning-untold = "{ $subject }" could not be told through { $channel }, and waits to be tried again: { $error }.
warning-withheld = "{ $subject }" waits until tomorrow: { $channel } has told all that it may today (max_per_day).
warning-given-up = "{ $subject }" was never told through { $channel }: it waited for too long, or too much was waiting.
reason-untold = Nobody is told through { $channel } since { $since }: { $error }.
reason-untold-hinted = Nobody is told through { $channel } since { $since }: { $error }. { $hint }
## When to speak

tell-failed-run = backup FAILED before it came to any source{ $cause ->
        [unknown] {""}
       *[other] : { $cause }
    } ({ $age_seconds ->
        [never] none is good yet
       *[other] last good: { $age_seconds } ago
    })
tell-still-failed = backup STILL FAILING, { $nights ->
        [one] one night
       *[other] { NUMBER($nights) } nights
    } in a row: { $source }{ $cause ->
        [unknown] {""}
       *[other] : { $cause }
    } ({ $age_seconds ->
        [never] none is good yet
       *[other] { $stale ->
            [yes] the last good one is TOO OLD: { $age_seconds }
           *[no] last good: { $age_seconds } ago
        }
    })
tell-nights =
    { $nights ->
        [one] It has failed on one night now.
       *[other] It has failed on { NUMBER($nights) } nights in a row now.
    }
tell-cause-changed = The cause is another one now. When this was told last it was: { $before }
tell-missed-one = Nobody tried to back up { $sources } when it was due: { $from }.
tell-missed-all = Nobody tried to back up { $sources } when it was due, the first time { $from }, the last time { $until }.
tell-missed-made-up = It has been made up for.
tell-missed-running = It is being made up for now.
tell-missed-next = The next backup is due { $at }.
tell-missed-why = Was the machine switched off, or the service stopped? Look whether both come up again by themselves.
tell-disk-full =
    { $days ->
        [0] the backups' disk is FULL with the next backup
        [one] the backups' disk is FULL in one day
       *[other] the backups' disk is full in { NUMBER($days) } days
    }
tell-drill-no = a restore drill FAILED: what came back is not what was stored
tell-drill-not-held = a restore drill could not be held
tell-drill-overdue = no restore drill for too long
tell-unusual-bytes = { $source }: the newest backup is unusual: { $now_bytes } instead of about { $usual_bytes }
tell-unusual-rows = { $source }: the newest backup is unusual: { NUMBER($now_rows) } rows instead of about { NUMBER($usual_rows) }
tell-unusual-why = It counts as good. If you know why it changed so much, there is nothing to do; this is said once.
tell-proof-well =
    { $sets ->
        [one] all is well: one backup set is kept
       *[other] all is well: { NUMBER($sets) } backup sets are kept
    }
tell-proof-open =
    { $open ->
        [one] report: one thing is NOT well
       *[other] report: { NUMBER($open) } things are NOT well
    }
reason-disk-filling =
    { $days ->
        [0] The store's disk has no room for the next backup. Free some, keep fewer sets, or move the store to a larger disk.
        [one] The store's disk is full in one day if all goes on as it does. Free some, keep fewer sets, or move the store to a larger disk.
       *[other] The store's disk is full in { NUMBER($days) } days if all goes on as it does. Free some, keep fewer sets, or move the store to a larger disk.
    }
## Webhooks and heartbeat

fault-http-address = expected an address that begins with https:// or http:// and names a host
fault-hook-twice = expected a name that no other webhook has, also not in other case; { $name } is taken by { $other }
fault-template = expected one of: { $words }; or the path of a file; found { $found }
fault-template-near = expected one of: { $words }; or the path of a file; found { $found }; did you mean { $near }?
fault-template-place = expected one of these between the braces of { $path }: { $known }; found { $found }
fault-template-place-near = expected a known place between the braces of { $path }, found { $found }; did you mean { $near }?
fault-template-limit = expected a whole number of characters behind the colon, as in text:1500, in { $path }; found { $found }
fault-template-open = expected two closing braces behind the two opening ones of line { $line } in { $path }
fault-template-json = expected { $path } to be JSON with its places filled in, each but priority between quotes: { $error }; a file of plain text ends in .txt
fault-chat-of-nobody = expected no chat: the template telegram alone asks for one
hint-http-address-file = Make the file that holds the address or the token readable for the user resguardo runs as, and see that it holds one.
hint-http-certificate = The certificate there is not trusted for this name: add its authority to the system's certificates, or name the host as its certificate does.
hint-http-forbidden = The token, or the address that holds it, is not accepted there: make a new one and give it to resguardo.
hint-http-gone = Nothing answers to this address there any more: see that it is whole, or make a new one.
hint-http-not-taken = What was sent is not what is taken there: see that the template is the one for it, and its chat where it has one.
hint-http-redirected = Give resguardo the address that it leads to: one that is a secret is not handed on.
hint-http-unreachable = See that the address names the right host and port, and that this host may reach it.
check-heartbeat = { $host } is told of every backup (`--mail` leaves a line there)
check-heartbeat-sent = { $host } took a line for its log: { $answer }
check-heartbeat-text = This is the line that `resguardo check --mail` leaves.
## Spans of time

span-days =
    { $count ->
        [1] 1 day
       *[other] { NUMBER($count) } days
    }

## The page: what to do, and what is ahead

page-store-growth = Growth: { $by }.
page-full-in =
    { $days ->
        [0] The disk has no room for the next backup.
        [1] Going on like this, the disk is full in a day.
       *[other] Going on like this, the disk is full in { NUMBER($days) } days.
    }
page-full-far = Going on like this, there is room for more than { NUMBER($days) } days.
page-do-again = It is tried again by itself; at once with `resguardo backup --source { $source }`.
page-do-log = The end of logs/backup.log says why.
page-do-verify = `resguardo verify --all` reads everything again.
page-do-backup = See at the end of logs/backup.log why none was made, and make one now: `resguardo backup`.
page-do-room = Free room on that disk, or keep fewer sets: `resguardo prune --explain` tells what is kept and why.
page-do-check = `resguardo check` looks at the store and names the line that mends it.
page-lost = If something is lost
page-lost-list = `resguardo list` shows what one can go back to.
page-lost-restore = `resguardo restore --latest` brings back the newest good copy of everything. It asks before, and keeps what stands there now.
page-lost-alone = RESTORE.md, in the folder of the copies, says how to do it without resguardo.
page-lost-compose = In containers these are typed on the server, in the folder of the compose file: `scripts/restore.sh --list`, `scripts/restore.sh --latest`.
page-months = Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec
page-weekdays = Mon Tue Wed Thu Fri Sat Sun
page-proof-took = { $ago }, in { $time }
## The truth about the store and time

hint-no-folder-for-log = Something that is not a folder stands at { $path }. Move it away, or point store.log_dir elsewhere.
hint-disk-full-for-log = The volume of { $path } is full. Free room on it, or point store.log_dir at a larger one.
hint-no-file = A folder stands at { $path }, where the program keeps a file. Move it away.
hint-owners-denied = The program runs as root without the right to give files away: add CHOWN to cap_add of the service in the compose file (`cap_add: [DAC_OVERRIDE, CHOWN, FOWNER]`), or restore with --no-owner, and everything belongs to root.
forecast-owners-denied = a restore by this root would be refused, for { $first } belongs to { $owner }, and it was denied the right to give files away: restore with CHOWN in cap_add of the service, or with --no-owner, and everything belongs to root
reason-store-gone = The store that stood in { $dir } is not there any more, and its backups with it. Is its disk mounted, was the folder moved? Bring it back; new backups are made in what stands there now.
reason-store-other = In { $dir } stands another store than the one that stood there before. Is the right disk mounted? New backups are made in what stands there now.
hint-store-forget = If it is meant to be so: `{ $line }`, and the former store is forgotten.
hint-store-forget-on-host = If it is meant to be so, on the host, where the compose file is: `sudo { $line }` (what is mounted at { $mount }), and the former store is forgotten.
reason-never-gone = Of { $source } there is no complete backup in what stands where the store stood.
reason-store-unreadable = Files of the store that may not be read, and so could not be restored: { NUMBER($count) }, the first of them { $path }.
reason-dated-ahead = The newest set, { $id }, is dated ahead of the clock, and nothing expires meanwhile. If the clock is wrong, set it right. If it was wrong when that set was made, `resguardo accept { $id }` says so: what is dated ahead then counts for nothing until its date comes, and all else expires as usual.
kept-dated-ahead = dated ahead of the clock: it is kept until its date comes
list-dated-ahead = dated ahead of the clock
accept-dated-ahead = { $id } is dated ahead of the clock. Once accepted, the clock is believed and not that date: what is dated ahead is kept and counts for nothing until its date comes, and older sets expire again.
check-store-unmade = will be made by the first backup, { $free } free
hint-not-shared-line = The program runs as { $user } and may not use { $path }, which SQLite needs beside the database. As root: `{ $line }`.
hint-not-shared-on-host = The program runs as { $user } in its container and may not use { $path }, which SQLite needs beside the database. In .env.prod on the host: `{ $line }`, the user of the application; then give backups and logs to that user and make the container anew: `docker compose --env-file .env.prod -f docker-compose.prod.yml up -d backup` (a restart changes nothing).
## What a drill said against a set
restore-refuted-passed-over = The newest backup of { $source }, { $id }, is passed over: the drill of { $at } said no to it: { $error }.
restore-refuted-alone = The drill of { $at } said no to this backup of { $source }, { $id }: { $error }. There is no other good one.
restore-refuted-named = The drill of { $at } said no to this backup of { $source }, { $id }: { $error }. It is restored because it was named.
list-unasked = but a question not asked
list-media-missing = but files missing
hint-drill-nothing-good = `resguardo list --source { $source }` shows what is stored of it, `resguardo health` why none of it is good.
drill-page-source-nothing-good = { $source }: nothing good to prove
drill-page-not-all = Verdict: NOT ALL PROVEN{ $warned }. Of { NUMBER($missing) } of { NUMBER($count) } sources nothing good is stored; the others were restored and found as they were stored.
check-media-check = No drill could look for the files that this column of { $source } names, as production stands now: mend `column` of the drill.media_check in the settings.
drill-page-not-compared = Not compared, of PostgreSQL: how things of one name are defined (a column's type, a view's text), and what roles may do

## The store and its disk, told

tell-store-gone = the STORE IS GONE: what stands in its place is not the store that stood there
tell-store-unreadable = the store holds files that may not be read, and so could not be restored
tell-disk-low = the backups' disk is nearly FULL: the next backup may not fit

## What accepting a set dated ahead did

cli-accepted-ahead = { $id } holds nothing up any more: the clock is believed, and not its date. It is kept and counts for nothing until that date comes; older sets expire again.
cli-accepted-both = { $id } is not suspect any more and holds nothing up: the clock is believed, and not its date. It is kept, counts for nothing until that date comes, and then as good; older sets expire again.

## Which store this is, where that cannot be read

reason-store-word = Which store stood in { $dir } cannot be told: { $path }, which keeps word of it, is there and cannot be read. Is the right disk mounted? It is not written over; new backups are made in what stands there now.
reason-store-mark = Whether in { $dir } stands the store that stood there before cannot be told: its mark { $path } is there and cannot be read. Is the right disk mounted? New backups are made in what stands there now.
hint-store-mark-anew = The next backup marks it anew; if it is not the right store, mount that before.
hint-store-later = A newer version of resguardo wrote it: use that one.
## Webhooks, read more closely

fault-http-topic = expected the address of a topic, as https://ntfy.sh/<topic>; none stands behind the host
fault-token = expected a token of one line; what was found is not shown

## A heartbeat that nobody hears

reason-unheard = The heartbeat is not heard since { $since }, so that whoever waits for it may believe that no backup is made: { $error }. `resguardo check --mail` tries it at once.
reason-unheard-hinted = The heartbeat is not heard since { $since }, so that whoever waits for it may believe that no backup is made: { $error }. { $hint } `resguardo check --mail` tries it at once.

## Help as a command

help-of-command = Print help, or that of one command
help-of-which = The command
## Many told as one

tell-together = { $kind ->
        [suspect] backup SUSPECT, far less than before
        [empty] backup NOT MADE, the database is empty
        [braked] backups STOPPED, the program dies at every attempt
        [stale] backup TOO OLD
        [failed] backup FAILED
        [partial] something could not be read
        [skipped] no backup was made, because another run had not ended
        [unusual] the newest backup is unusual
       *[over] all is well again
    }: { $count ->
        [one] one source
       *[other] { NUMBER($count) } sources
    }{ $cause ->
        [unknown] {""}
       *[other] : { $cause }
    }{ $age_seconds ->
        [none] {""}
        [never] {" "}(some have none good yet)
       *[other] {" "}(last good of the oldest: { $age_seconds } ago)
    }
tell-together-more =
    { $count ->
        [one] There is one more line; `resguardo health` says it all.
       *[other] There are { NUMBER($count) } more lines; `resguardo health` says it all.
    }
## The figures of a letter

mail-tone-well = All is well
figures-source = { $source }
figures-disk = The store and its disk
figure-at = { $at }
figure-bytes = { $some_bytes }
figure-kept = Copies kept
figure-kept-since =
    { $count ->
        [one] one, made { $from }
       *[other] { NUMBER($count) }, the oldest made { $from }
    }
figure-none = NONE is complete
figure-set = { $at } (set { $id })
figure-grows = { $week_bytes } more a week
figure-shrinks = { $week_bytes } less a week
figure-growth-unknown = known after seven nights
figure-drill = Last drill
figure-drill-good = { $at }: came back whole{ $rto_seconds ->
        [unknown] {""}
       *[other] {" "}in { $rto_seconds }
    }
figure-drill-bad = { $at }: did NOT come back as it was stored
figure-drill-none = none yet; only `resguardo drill` shows whether it can be restored
figure-where = In the store on this server, and nowhere else
figure-stored = Room taken
figure-free = Free on the disk
figure-growth = Growth
figure-full = Disk full
figure-full-in =
    { $days ->
        [0] with the next backup, going on like this
        [one] in one day, going on like this
       *[other] in { NUMBER($days) } days, going on like this
    }
figure-full-far = not in the next { NUMBER($days) } days
## The page, at a glance

page-ago-ahead = dated ahead of the clock
page-grows-not = hardly grows
page-night-unknown = not known
page-out-of-reach-why = Nobody knows whether they are whole until their folder can be reached again. Is its disk mounted?
page-more-reasons = And { NUMBER($count) } more: `resguardo health` tells all of them.
page-unanswered-what = How your data stands now is not known; below is what it said last. Is the server on, and does resguardo run there?
page-do-tell = `resguardo check --mail` tries it and shows what the other side answers.
page-room-ample = There is room for more than a thousand nights like the last.
page-drills-none = None yet: `resguardo drill` restores the newest copies elsewhere and compares them with what was stored.
page-kind-postgres = PostgreSQL database
page-kind-sqlite = SQLite database
page-kind-media = folder
page-kind-files = files

## What a drill looked at, and what it found

drill-what-load = load
drill-what-rows = rows
drill-what-large-objects = large objects
drill-what-sequences = sequences
drill-what-schema = schema
drill-what-constraints = constraints
drill-what-indexes = indexes
drill-what-integrity = integrity
drill-what-tree = tree
drill-what-checks = checks
drill-what-media = media
proof-not-stated = the manifest says nothing of it
proof-not-loaded = it was not loaded
proof-loaded = loaded to its end without an error
proof-rows = { NUMBER($tables) } tables, { NUMBER($rows) } rows
proof-rows-by-number = { NUMBER($tables) } tables, { NUMBER($rows) } rows, by their number alone
proof-rows-unread = the rows cannot be read
proof-large-objects = { NUMBER($count) } large objects
proof-sequences = { NUMBER($count) } sequences
proof-schema = { NUMBER($objects) } objects of { NUMBER($kinds) } kinds
proof-constraints = { NUMBER($indexes) } indexes, { NUMBER($constraints) } constraints
proof-indexes = { NUMBER($count) } b-trees by amcheck
proof-no-amcheck = the extension amcheck is not on this machine
proof-amcheck-refused = amcheck cannot be created: { $error }
proof-sqlite-whole = a whole SQLite file
proof-integrity = PRAGMA integrity_check finds nothing
proof-unseen = { NUMBER($unseen) } of { NUMBER($tables) } tables rest on what only the application has: { $names }
proof-archive = { NUMBER($files) } files, { NUMBER($folders) } folders, { NUMBER($links) } links, { $content_bytes }
proof-tree = { NUMBER($files) } files, { NUMBER($folders) } folders, { NUMBER($links) } links, { $content_bytes }, walked anew from disk
proof-tree-unowned = { NUMBER($files) } files, { NUMBER($folders) } folders, { NUMBER($links) } links, { $content_bytes }, walked anew from disk; the owners of { NUMBER($unowned) } are as the archive says, for only root can set them
proof-not-asked = nothing was there to be asked
proof-question-not-asked = it was not asked
proof-answers = { NUMBER($count) } of { NUMBER($count) } answers are as expected
proof-answers-otherwise = { NUMBER($count) } of { NUMBER($all) } answers are not as expected: { $error }
proof-unasked = { NUMBER($count) } of { NUMBER($all) } questions could not be asked: { $error }
proof-no-column = it is not written as table.column
proof-media = { $column }: of { NUMBER($named) } files named, { NUMBER($missing) } are missing in { $media }
proof-media-such = { $column }: of { NUMBER($named) } files named, { NUMBER($missing) } are missing in { $media }, such as { $examples }
proof-media-uncompared = { $column }: it was not compared with the files of { $media }
proof-media-undrilled = nothing of { $media } was drilled
proof-media-older = { $media } of set { $set } is older than these rows, of set { $other }
proof-media-not-back = { $media } of set { $set } did not come back as it was stored

## What cannot be stored, made up for, or left as it is, told

tell-store-refused = NOTHING CAN BE STORED: { $cause }
tell-store-trouble = something is WRONG with the store: it may be that not all of it can be seen
tell-partial-stale = { $source }: something could not be read ({ $age_seconds ->
        [never] none is good yet
       *[other] the last good one is TOO OLD: { $age_seconds }
    })
tell-missed-over = the backups that did not happen have been made up for
tell-over-run = { $kind ->
        [store] the store is as it should be again
        [disk_full] the backups' disk has room again
        [verify] what is stored is good again
        [drill] a restore drill has ended well again
        [attention] what needed attention is done
       *[other] all is well again
    }
tell-attention = { $kind ->
        [prune_failed] old backups could not be removed, and the disk fills
        [verify_overdue] for too long nobody has looked whether what is stored can still be read
        [damaged] the store holds DAMAGED backups
        [clock_behind] the clock and the newest backup do not agree, and nothing expires
        [unheard] the heartbeat is NOT HEARD at its address
        [unconfigured] backups are stored of something that is not configured here
        [log] the log CANNOT BE WRITTEN
        [old_copies] what a restore replaced is still kept
       *[restore_unsettled] a restore was cut short
    }{ $more ->
        [0] {""}
        [one] {" "}(and one more thing needs attention)
       *[other] {" "}(and { NUMBER($more) } more things need attention)
    }

## The machine itself

cli-restore-type-again = That is not it; nothing was changed. To consent, type: { $name }
notice-database-passed-over = { $name } leads to { $address }, which is NOT backed up: it is only read where the settings describe no database, and they describe others. Add it to them, or remove { $name }.
help-discard = Remove a damaged set, after asking; never the last good of anything
discard-missing = { $path } is not there, or has another size than it had.
discard-bad = { $path } is not what was written.
discard-whole = { $path } goes with it; a good backup of { $source } stands in set { $other }.
discard-means = All that is left of { $id } is removed. There is no way back.
discard-unlisted = Nothing is removed: something in the store cannot be read, and what cannot be read looks damaged. `resguardo check` says what mends it.
discard-not-damaged = Nothing is removed: { $id } is not damaged. `resguardo prune --explain` says why it stays.
discard-unreadable = Nothing is removed: the manifest of { $id } cannot be read, so what it holds is not known. Bring sets/{ $id }.json back from a copy of the store, or use the version of resguardo that wrote it. If you need nothing of it, go to { $dir } and remove it yourself: rm */*_{ $id }.* sets/{ $id }.*
discard-pinned = Nothing is removed: { $id } is pinned. If nobody needs it: `resguardo unpin { $id }`
discard-depended-on = Nothing is removed: { $other } cannot be restored without { $id }.
discard-last = Nothing is removed: there is no other good backup of { $source } than what may be left in { $id }. Make one first, `resguardo backup`; it counts once it is whole and not suspect.
cli-discarded = { $id } is removed.
## Who is told, and how much of it

mail-last-but-for-alarms = This is the last message of today save for alarms: the bound for a day (`max_per_day`) is reached. What else there is to tell is in the log, and comes tomorrow.
reason-untold-some = { $channel } has not reached { $addressees } since { $since }, though it reaches others: { $error }.
reason-untold-some-hinted = { $channel } has not reached { $addressees } since { $since }, though it reaches others: { $error }. { $hint }
reason-withheld = { $count ->
        [one] One message waits
       *[other] { NUMBER($count) } messages wait
    } until { $until }: { $channel } has told as many as it may in a day (max_per_day). The log names what waits.
hint-mail-no-login = The mail server wants to know who writes: set mail.user and its password (EMAIL_HOST_USER, EMAIL_HOST_PASSWORD).
## What to do about it, in a letter

tell-skipped-why = It is tried again by itself. If this comes again and again, see in logs/backup.log what takes so long, or schedule it at another hour.
## What went wrong, part by part: as errors say it, which stay English in logs

cli-failed-source = { $source }: { $error }.
cli-verified-not = { $source }: NOT good: { $error }
cause-system-denied = Permission denied
cause-system-not-permitted = Operation not permitted
cause-system-missing = No such file or directory
cause-system-full = No space left on device
cause-system-quota = Disk quota exceeded
cause-system-read-only = Read-only file system
cause-system-input-output = Input/output error
cause-system-exists = File exists
cause-system-no-folder = Not a directory
cause-system-folder = Is a directory
cause-system-too-large = File too large
cause-system-files-open = Too many open files
cause-system-memory = Cannot allocate memory
cause-system-busy = Device or resource busy
cause-system-connection-refused = Connection refused
cause-system-connection-reset = Connection reset by peer
cause-system-connection-late = Connection timed out
cause-system-no-route = No route to host
cause-system-no-network = Network is unreachable
cause-system-stale = Stale file handle
cause-system-pipe = Broken pipe
cause-server-password = password authentication failed for user "{ $user }"
cause-server-no-database = database "{ $database }" does not exist
cause-server-no-role = role "{ $role }" does not exist
cause-server-starting = the database system is starting up
cause-server-ending = the database system is shutting down
cause-server-too-many = sorry, too many clients already
cause-server-connecting = error connecting to server
cause-server-silent = the server does not answer
cause-server-asks-password = the server asks for a password and none is configured
cause-server-standby = the server is a standby, where nothing can be written
cause-server-room = the room at the server cannot be seen
cause-server-full = the disk of the server's data runs full
cause-server-beside = the database does not fit beside the old one
cause-server-no-schema = there is no schema { $schema }
cause-server-no-extension = the extension { $extension } is not on the server
cause-server-no-extension-here = the extension { $extension } is not on this machine
cause-server-no-locale = the server has no locale { $locale }
cause-server-table-stands = a table { $table } stands there already
cause-server-database-stands = a database { $database } stands there already
cause-server-no-table = there is no such table
cause-server-not-in-backup = the backup does not hold it
cause-server-may-not-create = { $user } may not create a database
cause-server-may-not-act = { $user } may not act for the owner { $owner }
cause-server-session = the session { $pid } of { $who } holds a lock and does not end
cause-server-older-dump = pg_dump { $version } is older than the server, which is { $server }
cause-server-no-lock = the tables changed since it was looked at what stands there
cause-stop-signal = asked to stop by a signal
cause-stop-deadline = the deadline passed
cause-stop-yielded = made way for a restore
cause-no-consent = consent was not given
cause-nobody = nobody is there to be asked
cause-meanwhile = another restore was made since it was looked at what stands there
cause-nothing-kept = no restore has kept an old copy
cause-nothing-kept-of = nothing is kept of what was replaced
cause-undo = undo
cause-undo-of = undo the restore of { $source }
cause-old-gone = the old copy is not there
cause-held = another run holds the store
cause-held-verify = another verify is at work on the store
cause-held-drill = another drill is at work on the store
cause-held-drill-in = another drill is at work in { $dir }
cause-served = another run has served this slot meanwhile
cause-find-set = find set { $id }
cause-no-such-set = there is no such set
cause-find-verify = find a set to verify
cause-find-drill = find a set to drill
cause-none = there is none
cause-no-whole = none holds anything of the configured sources that is whole and not suspect
cause-find-configured = find a configured source in the store
cause-find-several = find the source of { $from }
cause-find-source = find { $source } in the store
cause-find-source-in = find { $source } in set { $id }
cause-no-good = there is no good artifact of it
cause-find-file = find { $path }
cause-no-such-file = there is no such file
cause-find-the-file = find the file
cause-several = several come into question
cause-holds = it holds { $names }
cause-no-kind = no source of its kind is configured
cause-no-such-kind = no such { $kind } is configured
cause-of-kind = { $source } is of kind { $kind }
cause-manifest = read the manifest of set { $id }
cause-the-manifest = the manifest of set { $id }
cause-damaged-or-missing = it is damaged or missing
cause-removed = it is being removed
cause-read-by = somebody reads it
cause-hold = hold set { $id }
cause-twice = two artifacts are given for it
cause-to-db = --to-db NAME goes with exactly one PostgreSQL database
cause-to-dir = --to-dir DIR goes with folders, files and SQLite databases
cause-table-alone = --table T goes with exactly one PostgreSQL database, in its own place
cause-replace-alone = --replace goes with --table T
cause-only-alone = --only GLOB goes with folders and files alone
cause-not-whole-file = it is missing, or has another size than its manifest states
cause-not-complete = it is not complete, for something could not be read when it was made
cause-other-bytes = its bytes are not those that were stored
cause-cut-short = the restore { $run } of it was cut short and is not settled
cause-within = it lies within { $path }, { $whose }
cause-empty-folder = the folder is empty where the newest complete set holds files
cause-room-backup = { $free } are free where this backup may need { $needed }
cause-room-drill = { $free } are free in { $dir } where this drill may need { $needed }
cause-room-at = look for room at { $path }
cause-room-needed = { $needed } are needed, { $free } are free
cause-room-unsaid = the system does not say
cause-drill-disk = the disk of the drill runs full
cause-scratch = make the scratch folder
cause-scratch-as = make the scratch folder as user { $user }
cause-scratch-clear = clear away what an earlier drill left in { $dir }
cause-restore-into = restore into { $dir }
cause-in-memory = it is kept in memory, not on a disk
cause-restore = restore { $what }
cause-replace = replace { $what }
cause-verify = verify { $path }
cause-compare = compare
cause-exchange = exchange
cause-exchange-data = exchange the data
cause-load = load
cause-dump = dump { $source }
cause-connect = connect to { $place }
cause-run = run { $program }
cause-open = open { $path }
cause-open-folder = open the folder { $path }
cause-read-copy = read the copy
cause-read-archive = read the archive
cause-read-set = read set { $id }
cause-read = read { $path }
cause-write = write { $path }
cause-write-found = write down what was found
cause-write-record = write the record
cause-write-journal = write the journal of the restore
cause-try-store = try the store
cause-look-into = look into the store
cause-look = look at { $path }
cause-list-store = list the store
cause-lock-store = lock the store
cause-publish = publish set { $id }
cause-remove-set = remove set { $id }
cause-unpack = unpack the archive
cause-safety = make a safety backup
cause-not-empty = it is not empty
cause-something-there = something stands there
cause-not-there = { $path } is not there
cause-no-folder = it is no folder
cause-no-file = it is no file
cause-no-regular-file = it is no regular file
cause-missing = it is missing
cause-unread = it cannot be read to its end
cause-digest = its digest is not the manifest's
cause-owner = `{ $path }` belongs to { $owner }, which only root can set
cause-owner-capability = `{ $path }` belongs to { $owner }, which this root may not set (CAP_CHOWN)
cause-files-bad = { $count } of { $all } files are bad
cause-files-unseen = { $count } of { $all } files could not be looked at
cause-files-bad-unseen = { $bad } of { $all } files are bad, { $unseen } of { $all } files could not be looked at
cause-and-more = and { $count } more
cause-differ-rows = { $found } rows where the manifest states { $stated }
cause-differ-bytes = { $found } bytes where the manifest states { $stated }
cause-differ-bytes-before = { $found } bytes before compression where the manifest states { $stated }
cause-differ-content = { $found } bytes of content where the manifest states { $stated }
cause-differ-files = { $found } files where the manifest states { $stated }
cause-differ-folders = { $found } folders where the manifest states { $stated }
cause-differ-indexes = { $found } indexes where the manifest states { $stated }
cause-differ = { $found } where the manifest states { $stated }
cause-other-rows = other rows than the manifest states
cause-other-columns = other columns than the manifest states
cause-other = other { $kind } than the manifest states
cause-lacks = missing
cause-not-stated = not in the manifest
cause-more = { $count } more differences
cause-table = table { $table }
cause-sequence = sequence { $sequence }
cause-large-objects = large objects
cause-archive = the archive
cause-tree = the digest of its tree is not the manifest's
cause-other-kind = it holds another kind of thing than the manifest states
cause-server-refused = connection refused
cause-server-ended = terminating connection due to administrator command
cause-server-closed = connection closed
cause-server-table = permission denied for table { $table }
cause-no-tool = start { $program }: there is none here
cause-nothing-stored = nothing good of it is stored
cause-nothing-to-prove = there is nothing to prove
cause-room-unpack = it holds more than there is room for
cause-do-drill = the drill could not be held
cause-do-list = list { $path }
cause-drill-nothing = { $count } of { $all } sources have nothing good to prove
cause-start = start { $program }
cause-none-here = there is none here
cause-wait = wait for { $program }
cause-find-pg-dump = find pg_dump
cause-none-on-machine = there is none on this machine
cause-no-sessions = the database { $database } lets no sessions in
cause-no-database = not a database
cause-no-database-name = no database can have this name
cause-owner-missing = the role { $role }, who owns the database, does not exist
cause-no-extension-right = { $user } may not create the extension { $extension }
cause-session-stays = the session { $pid } of { $who } does not end
cause-properties = give the new database its properties
cause-may-not-fill = { $user } may not fill { $table }, a table of an extension
cause-rows-lost = not every row arrived that was sent
cause-psql-ended = psql ended before it was told to
cause-commit-unsaid = the server did not say that it was done
cause-other-server = the dump is of a server { $dumped }, this one is { $server }
cause-several-schemas = several schemas have one
cause-find-table = find the table { $table }
cause-no-column = it has no column { $column }
cause-lock-tables = lock the tables
cause-rows-arrived = { $arrived } rows arrived, not { $expected }
cause-throw-away-ended = the throw-away server ended
cause-another-answers = another one answers in its place
cause-nameless = this machine has no name for user { $uid }
cause-make-database = make the database
cause-end-drill-server = end the server of an earlier drill
cause-empty = it is empty
cause-check-copy = check the copy
cause-recover-set = recover set { $id }
cause-settle = settle the restore of { $source }
cause-mark-set = mark set { $id }
cause-unpin-set = unpin set { $id }
cause-another-now = it is another now
cause-clear-restores = clear away after restores
cause-panicked = { $who } panicked
