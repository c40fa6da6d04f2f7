//! One test for each kind of mistake: the whole message as a person reads it, and that nothing is written.

#[path = "bad_input/harness.rs"]
mod harness;

#[path = "bad_input/addresses.rs"]
mod addresses;
#[path = "bad_input/files.rs"]
mod files;
#[path = "bad_input/foreign.rs"]
mod foreign;
#[path = "bad_input/machine.rs"]
mod machine;
#[path = "bad_input/merging.rs"]
mod merging;
#[path = "bad_input/modules.rs"]
mod modules;
#[path = "bad_input/names.rs"]
mod names;
#[path = "bad_input/secrets.rs"]
mod secrets;
