//! The pure built-in functions. Those that read files, the lock or the entry around them live where these are known.

mod args;
mod concat;
mod cron;
mod lists;
mod network;
mod secrets;
mod table;
mod template;
mod text;

use args::Args;
pub use concat::{encode, interpolate};
pub use secrets::{alias, outputs_of};
pub use table::BUILTINS;
pub use template::template;

use crate::{Flags, Value};
use kss_span::Origin;
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// A built-in function.
pub struct Builtin {
    /// Its name.
    pub name: &'static str,
    /// Names and types of its parameters; `T`, `K`, `V` are any type.
    pub params: &'static [(&'static str, &'static str)],
    /// Type of its result.
    pub result: &'static str,
    /// What it does, in a sentence or two.
    pub doc: &'static str,
    /// Does it work with a list in which some element has an error? The others give poison then.
    parts: bool,
    run: fn(&Args) -> Result<Value, CallError>,
}

/// Why a function can't be called like this.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallError {
    /// What is wrong, with the values in it.
    pub message: String,
    /// Which argument is to blame, from 0; `None` if all of them are.
    pub argument: Option<usize>,
}

impl CallError {
    fn new(message: impl Into<String>) -> CallError {
        CallError { message: message.into(), argument: None }
    }

    fn at(argument: usize, message: impl Into<String>) -> CallError {
        CallError { message: message.into(), argument: Some(argument) }
    }
}

static BY_NAME: LazyLock<FxHashMap<&'static str, &'static Builtin>> =
    LazyLock::new(|| BUILTINS.iter().map(|builtin| (builtin.name, builtin)).collect());

impl Builtin {
    /// The function called `name`.
    pub fn find(name: &str) -> Option<&'static Builtin> {
        BY_NAME.get(name).copied()
    }

    /// Calls it. An argument that had an error gives poison.
    pub fn call(&self, args: &[Value], origin: Origin) -> Result<Value, CallError> {
        if args.len() != self.params.len() {
            let signature = self.signature();
            return Err(CallError::new(format!("`{signature}` is called with {} arguments", args.len())));
        }
        let hidden = |arg: &Value| arg.is_poison() || (!self.parts && arg.flags().has(Flags::POISON));
        if args.iter().any(hidden) {
            return Ok(Value::poison(origin));
        }
        (self.run)(&Args { builtin: self, values: args, origin })
    }

    /// As it would be declared: `count(l: [T]) -> Int`.
    pub fn signature(&self) -> String {
        let params: Vec<String> = self.params.iter().map(|(name, of)| format!("{name}: {of}")).collect();
        format!("{}({}) -> {}", self.name, params.join(", "), self.result)
    }
}

/// Calls the function `name`.
pub fn call(name: &str, args: &[Value], origin: Origin) -> Result<Value, CallError> {
    match Builtin::find(name) {
        Some(builtin) => builtin.call(args, origin),
        None => Err(CallError::new(format!("there is no function `{name}`"))),
    }
}

#[cfg(test)]
mod tests;
