//! The one integration test program: what no single floor can show. Tests are data through small
//! helpers in `support`; every test makes its own folders and servers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test ends by them")]
#![allow(clippy::print_stdout, reason = "what was measured is shown with the test")]

mod support;

mod archive;
mod bad_world;
mod calendar;
mod check;
mod config;
mod contract;
mod demo;
mod diary;
mod doors;
mod drill;
mod drill_latest;
mod drill_matrix;
mod drill_refuted;
mod drill_source;
mod drill_source_confined;
mod drill_source_databases;
mod drill_source_files;
mod drill_source_mishaps;
mod drill_source_rights;
mod drill_whole;
mod hang_up;
mod heartbeat;
mod life;
mod log;
mod mail;
mod mail_drill;
mod mail_letter;
mod mail_spool;
mod monitoring;
mod night;
mod operators_page;
mod page;
mod page_kept;
mod postgres;
mod postgres_contract;
mod postgres_night;
mod postgres_throwaway;
mod postgres_versions;
mod public_tools;
mod readmes;
mod record;
mod refusals;
mod restore;
mod restore_aside;
mod restore_files;
mod restore_in_place;
mod restore_journal;
mod restore_owners;
mod restore_postgres;
mod restore_postgres_locales;
mod restore_postgres_server;
mod restore_sqlite;
mod restore_tables;
mod samples;
mod scripts;
mod serve;
mod sqlite;
mod store;
mod telling;
mod telling_record;
mod terminal;
mod tidy;
mod transform;
mod verify;
mod walks;
mod webhook;
mod whereabouts;
mod wide_row;
mod words;
