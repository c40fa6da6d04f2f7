//! kss-model.
