//! kss-vars.
