//! kss-kustomize.
