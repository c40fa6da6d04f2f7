//! kss-tests.
