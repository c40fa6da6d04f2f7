//! kss-schema.
