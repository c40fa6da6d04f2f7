//! kss-eval.
