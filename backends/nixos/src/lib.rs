//! kss-nixos.
