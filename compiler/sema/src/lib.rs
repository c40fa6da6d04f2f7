//! kss-sema.
