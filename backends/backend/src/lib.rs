//! kss-backend.
