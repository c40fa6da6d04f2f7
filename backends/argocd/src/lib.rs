//! kss-argocd.
