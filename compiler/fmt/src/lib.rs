//! kss-fmt.
