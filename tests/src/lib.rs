//! What the tests of the whole project share.

<<<<<<< HEAD
pub mod build;
=======
pub mod spec;
>>>>>>> docs
pub mod tools;
