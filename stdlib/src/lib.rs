//! kss-stdlib.
