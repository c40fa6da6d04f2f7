//! kss-project.
