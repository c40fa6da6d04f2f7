//! kss-helm.
