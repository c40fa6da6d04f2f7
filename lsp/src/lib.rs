//! The language server: the protocol of editors over [`kss_ide`]. It converts, asks, converts back; what it knows of the
//! language is all in that crate.
//!
//! ```text
//! client ─▶ transport ─▶ server (one function a method) ─▶ world (one thread, owns all projects, takes events in order)
//!                              ▲                              │ snapshots
//!                              └──────── answers ◀── pool ◀───┘
//! ```

mod announced;
mod answers;
mod capabilities;
mod completing;
mod config;
mod convert;
mod custom;
mod diagnostics;
mod evaluated;
mod library;
mod outgoing;
mod project;
mod record;
mod replay;
mod run;
mod server;
mod snapshot;
mod world;

pub use run::{Options, run};
