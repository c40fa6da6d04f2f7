//! The server as an editor sees it: a client over standard input and output, for every method.

mod client;
mod navigation;
mod random;
mod session;
mod writing;
