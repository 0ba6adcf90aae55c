//! The store on real disks.

mod catalog;
mod index;
mod publishing;
mod restore_page;
mod surroundings;
