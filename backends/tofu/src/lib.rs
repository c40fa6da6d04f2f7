//! kss-tofu.
