//! What people and their tools need beside the deployments: facts of a cluster for scripts ([`Vars`]), texts of any kind
//! ([`Files`]), and what may not be published ([`PushGuard`]).

mod files;
mod guard;
mod vars;

pub use files::Files;
pub use guard::PushGuard;
pub use vars::Vars;

#[cfg(test)]
mod tests;
