//! Arbitrary data goes through each emitter and is read back by somebody else; every line leads back to its node.

mod data;
mod hcl;
mod lines;
mod nix;
mod plain;
mod toml;
mod tools;
mod variables;
mod xml;
mod yaml;
