-- A database with everything that has ever broken a dump, a count or a restore.
CREATE ROLE odd_owner;
CREATE ROLE "Odd ""Member""" LOGIN PASSWORD 'pa''ss' CONNECTION LIMIT 3;
GRANT odd_owner TO "Odd ""Member""" WITH ADMIN OPTION;
COMMENT ON ROLE odd_owner IS 'who''s who';

CREATE SCHEMA "My.Schema (x)" AUTHORIZATION odd_owner;
CREATE SCHEMA other;

CREATE EXTENSION hstore SCHEMA other;
CREATE EXTENSION pg_trgm;
CREATE EXTENSION citext;
-- Of its tables one is dumped, and that without the rows the extension itself brings.
CREATE EXTENSION odd_config;
INSERT INTO odd_config_settings VALUES ('c', 'ours', false), ('d', E'also\nours', false);

-- Types.
CREATE TYPE mood AS ENUM ('sad', 'it''s ok', E'line\nbreak');
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE TYPE pair AS (a integer, b text);

-- Odd names, odd rows, duplicate rows, nulls, every escape of COPY.
CREATE TABLE "My.Schema (x)"."Tab""le
with newline; FROM stdin" ("col umn" text, "q""uote" integer, "new
line" bytea, "COPY" positive);
INSERT INTO "My.Schema (x)"."Tab""le
with newline; FROM stdin" VALUES
    ('COPY public.fake (id) FROM stdin;', 1, '\x00ff5c', 1),
    (E'a\nCOPY public.fake (id) FROM stdin;\n1\n\\.\n', 2, '\x', NULL),
    (E'\\.', 3, NULL, 3), (E'--\n-- PostgreSQL database dump complete\n--\n\n', 4, NULL, 4),
    ('\unrestrict x', 5, NULL, 5), (E'tab\tback\\slash\rreturn\bvt\v', NULL, NULL, NULL), ('', 0, '', 7), (NULL, NULL, NULL, NULL);
ALTER TABLE "My.Schema (x)"."Tab""le
with newline; FROM stdin" OWNER TO odd_owner;
CREATE TABLE twice (a integer, b text);
INSERT INTO twice SELECT 1, 'same' FROM generate_series(1, 10);
CREATE TABLE empty (id integer);
CREATE TABLE no_columns ();
INSERT INTO no_columns DEFAULT VALUES;
INSERT INTO no_columns DEFAULT VALUES;
CREATE TABLE only_generated (g integer GENERATED ALWAYS AS (7) STORED);
INSERT INTO only_generated DEFAULT VALUES;
CREATE TABLE dropped_column (a integer, b integer, c text);
INSERT INTO dropped_column VALUES (1, 2, 'x');
ALTER TABLE dropped_column DROP COLUMN b;
CREATE UNLOGGED TABLE unlogged (id integer);
INSERT INTO unlogged VALUES (1);

-- Identity, serial, generated, sequences of every state.
CREATE TABLE numbered (id bigint GENERATED ALWAYS AS IDENTITY, s serial, n positive DEFAULT 5,
    doubled integer GENERATED ALWAYS AS (s * 2) STORED, m mood, p pair, h other.hstore, c citext);
INSERT INTO numbered (m, p, h, c) VALUES ('sad', '(1,"a,b""c")', 'k=>"v"', 'Á'), (E'line\nbreak', NULL, '', 'b');
CREATE SEQUENCE "Seq ""x'y\" INCREMENT BY -3 MINVALUE -100 MAXVALUE 100 START 10;
SELECT nextval('"Seq ""x''y\"');
CREATE SEQUENCE never_called START 42;

-- Partitions, also of partitions, and inheritance with a late parent column.
CREATE TABLE events (at timestamptz, kind text, cash money) PARTITION BY RANGE (at);
CREATE TABLE events_2023 PARTITION OF events FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE events_rest PARTITION OF events DEFAULT PARTITION BY LIST (kind);
CREATE TABLE events_rest_a PARTITION OF events_rest FOR VALUES IN ('a');
CREATE TABLE events_rest_default PARTITION OF events_rest DEFAULT;
INSERT INTO events VALUES ('2023-06-01 12:00+02', 'a', 12.5), ('2024-06-01', 'a', -1), ('2024-06-01', NULL, 0);
CREATE TABLE by_mood (m mood, i integer) PARTITION BY HASH (m);
CREATE TABLE by_mood_0 PARTITION OF by_mood FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE by_mood_1 PARTITION OF by_mood FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO by_mood SELECT 'sad'::mood, i FROM generate_series(1, 3) i UNION ALL SELECT 'it''s ok'::mood, i FROM generate_series(1, 3) i;
CREATE TABLE parent (a integer);
CREATE TABLE child (b integer) INHERITS (parent);
ALTER TABLE parent ADD COLUMN late text DEFAULT 'late';
INSERT INTO parent VALUES (1, 'p');
INSERT INTO child (a, b, late) VALUES (2, 3, 'c');

-- Views, triggers, rules, functions whose bodies look like a dump.
CREATE VIEW seen AS SELECT a, 'COPY public.fake (id) FROM stdin;' AS text FROM twice;
CREATE MATERIALIZED VIEW kept AS SELECT count(*) FROM twice;
CREATE FUNCTION looks_like_a_dump() RETURNS trigger LANGUAGE plpgsql AS $_$
BEGIN
--
-- PostgreSQL database dump complete
--
/* COPY public.fake (id) FROM stdin; /* nested */ */
    EXECUTE $x$
COPY public.fake (id) FROM stdin;
1	$_ $ _$
\.
$x$;
    RETURN NEW;
END $_$;
CREATE FUNCTION "quo'ted"() RETURNS text LANGUAGE sql AS '
SELECT ''COPY public.fake (id) FROM stdin;
\.
--
-- PostgreSQL database dump complete
--

''';
CREATE FUNCTION atomic(i integer) RETURNS bigint LANGUAGE sql BEGIN ATOMIC
    SELECT count(*) FROM twice WHERE a = i;
    SELECT count(*) FROM empty;
END;
CREATE TRIGGER tr BEFORE UPDATE ON twice FOR EACH ROW EXECUTE FUNCTION looks_like_a_dump();
CREATE RULE two_actions AS ON DELETE TO empty DO ALSO (DELETE FROM twice WHERE a = old.id; DELETE FROM parent WHERE a = old.id);
COMMENT ON TABLE twice IS E'--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict x\nCOPY public.fake (id) FROM stdin;\n\\.\n';
COMMENT ON FUNCTION atomic IS E'it''s \\ "quoted" $$ $_$ /* -- ';

-- Row-level security, also forced.
CREATE TABLE guarded (id integer, who name);
ALTER TABLE guarded ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON guarded USING (who = current_user);
INSERT INTO guarded VALUES (1, 'postgres'), (2, 'nobody');

-- Large objects: small, empty, larger than one piece of pg_dump's.
SELECT lo_from_bytea(70001, '\x00ff27'), lo_create(70002),
       lo_from_bytea(70003, convert_to(repeat('0123456789', 30000), 'UTF8'));
COMMENT ON LARGE OBJECT 70001 IS 'it''s large';

GRANT SELECT ON twice TO "Odd ""Member""";
