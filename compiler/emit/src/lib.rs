//! kss-emit.
