//! Meaning: names, types, and the lowering of syntax to [`kss_ir`]. Pure: a function of the trees it is given.
//!
//! Three steps, each of which a database can keep: [`items::FileItems`] of each file, [`Signatures`] of all files (types,
//! kinds, capabilities, what modules offer), then one lowering per item, which sees other items through the signatures only.

mod builtins;
mod checks;
mod index;
mod items;
mod lower;
mod program;
mod signatures;

pub use checks::unused_imports;
pub use index::{
    CallSite, Cursor, DeclKind, Declaration, EntryName, Index, Member, MemberKind, Target, Usage, Visible, Word,
    declarations, index_item,
};
pub use items::{Decl, FileItems, ImportedName};
pub use program::{Analysis, Lowered, SourceFile, analyse, assemble, lower_item};
pub use signatures::{FileSig, FnSig, ModuleSig, OptionSig, Signatures};

use kss_diag::Diagnostic;
use kss_span::Origin;

/// A diagnostic without positions.
pub type Diag = Diagnostic<Origin>;
