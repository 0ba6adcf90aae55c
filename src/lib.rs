//! resguardo keeps an application's data restorable. The floors, from the bottom up; a folder
//! imports from floors below it and from inside itself, never sideways, never up.

pub mod domain;

pub mod config;
pub mod sys;
pub mod words;

pub mod source;
pub mod store;
pub mod transform;

pub mod job;

pub mod standing;

pub mod notify;
pub mod serve;

pub mod runner;

pub mod daemon;

pub mod cli;
