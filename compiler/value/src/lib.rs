//! kss-value.
