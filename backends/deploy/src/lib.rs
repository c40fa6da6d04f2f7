//! kss-deploy.
