//! The state of one evaluation.

use crate::context::{Cx, Frame};
use crate::frozen::Frozen;
use crate::layout::Layout;
use crate::limits::Limits;
use crate::lost::Marks;
use crate::problems::Active;
use crate::providers::{Needers, Removed};
use crate::report::{Report, Reports};
use crate::secrets::Source as SecretSource;
use crate::why::WhyLeaf;
use crate::{Env, Layer, Options};
use indexmap::IndexMap;
use kss_ir::{
    Body, Each, FieldBlocks, Head, ModuleIr, Need, Program, Provide, RecordId, Remove, Statements, Tune, Use,
};
use kss_span::{ItemId, Origin, Symbol};
use kss_value::{EntryKey, ScopeKey, ScopeKind, SecretRef, Value};
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use std::rc::Rc;
use std::sync::Arc;

pub(crate) type EntryIx = u32;
pub(crate) type UnitIx = u32;
pub(crate) type ModIx = u32;
/// Records of a capability, each with the module that provides it.
pub(crate) type Providers = Rc<[(EntryIx, ModIx)]>;

/// What is evaluated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    /// The site without its clusters.
    Early,
    /// A cluster.
    Cluster,
    /// The site with its clusters.
    Site,
    /// Conditions of a test over finished evaluations.
    Test,
}

/// Who wrote something: a module, or the body of a site or cluster.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Writer {
    pub(crate) name: Symbol,
    pub(crate) module: bool,
}

/// Statements that count in a scope.
pub(crate) struct Unit<'a> {
    pub(crate) item: ItemId,
    pub(crate) stmts: &'a Statements,
    /// Where its entries live and what `cluster`, `node` … name.
    pub(crate) scope: ScopeKey,
    /// The module in use whose options are in scope.
    pub(crate) module: Option<ModIx>,
    /// The unit around, whose `let`s are in scope.
    pub(crate) parent: Option<UnitIx>,
    /// Locals around.
    pub(crate) frame: Rc<[Value]>,
    /// `where` of the `each` around.
    pub(crate) guard: Option<Guard<'a>>,
    pub(crate) layer: Layer,
    pub(crate) writer: Writer,
    /// The module entry that owns what is written here.
    pub(crate) owner: Arc<EntryKey>,
    /// The body of the site around a cluster: of its statements those count that change clusters and what is in them.
    pub(crate) around: bool,
}

/// A condition of an `each` for one entry.
#[derive(Clone, Copy)]
pub(crate) struct Guard<'a> {
    pub(crate) each: &'a Each,
    pub(crate) unit: UnitIx,
    pub(crate) entry: EntryIx,
}

/// A module in use.
pub(crate) struct ModuleInst<'a> {
    pub(crate) ir: &'a ModuleIr,
    pub(crate) scope: ScopeKey,
    pub(crate) unit: UnitIx,
    pub(crate) entry: EntryIx,
    /// A need was not met and is reported; what it reads of it is silent.
    pub(crate) unmet: bool,
}

/// A scope of this evaluation.
pub(crate) struct ScopeState {
    pub(crate) entry: EntryIx,
    /// In natural order.
    pub(crate) modules: Vec<ModIx>,
    pub(crate) inner: Option<Rc<[ScopeKey]>>,
}

/// One head that came to be.
#[derive(Clone)]
pub(crate) struct Instance<'a> {
    pub(crate) unit: UnitIx,
    pub(crate) node: u32,
    pub(crate) body: &'a Body,
    pub(crate) frame: Rc<[Value]>,
    pub(crate) because: Option<Arc<str>>,
}

/// One source of values of an entry.
#[derive(Clone)]
pub(crate) struct Contributor<'a> {
    pub(crate) writer: Writer,
    pub(crate) layer: Layer,
    pub(crate) node: u32,
    pub(crate) because: Option<Arc<str>>,
    pub(crate) guard: Option<Guard<'a>>,
    pub(crate) says: Says<'a>,
}

/// What a contributor says.
#[derive(Clone)]
pub(crate) enum Says<'a> {
    /// Fields.
    Fields { fields: &'a FieldBlocks, cx: Cx<'a>, frame: Rc<[Value]> },
    /// `remove helm loki values.test`
    Remove { path: &'a [Symbol], origin: Origin },
}

/// An entry: of a kind, a scope, a capability's record, a module in use.
pub(crate) struct Entry<'a> {
    pub(crate) key: Arc<EntryKey>,
    pub(crate) layout: Rc<Layout<'a>>,
    pub(crate) cells: Vec<Cell>,
    pub(crate) instances: Vec<Instance<'a>>,
    pub(crate) owner: Arc<EntryKey>,
    /// Module that wrote it.
    pub(crate) writer: Writer,
    pub(crate) namespace: Option<(Symbol, Origin)>,
    pub(crate) kubernetes: Option<Symbol>,
    pub(crate) origin: Origin,
    pub(crate) contributors: Option<Rc<[Contributor<'a>]>>,
    pub(crate) unchecked: Vec<(Vec<Symbol>, Origin)>,
    pub(crate) why: Vec<WhyLeaf>,
}

/// A field.
#[derive(Clone, Default)]
pub(crate) enum Cell {
    /// Nobody asked yet.
    #[default]
    Empty,
    /// Being computed.
    Busy,
    /// Computed.
    Done(Value),
    /// A `let` that nobody asked for and that can't be computed; whoever asks gets these.
    Failed(Rc<[Report]>),
}

impl Cell {
    /// What was computed.
    pub(crate) fn value(&self) -> Option<&Value> {
        match self {
            Cell::Done(value) => Some(value),
            _ => None,
        }
    }
}

/// The entries of a kind in a scope.
#[derive(Clone)]
pub(crate) enum Members {
    Busy,
    /// In natural order; the flag says that some could not be told.
    Done(Rc<[EntryIx]>, bool),
}

/// What a module in use, or a scope's body, is for `owner`.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct OwnerInfo {
    pub(crate) name: Symbol,
    pub(crate) phase: Option<Symbol>,
    pub(crate) namespace: Option<Symbol>,
    /// Has it an overlay of its name?
    pub(crate) overlay: bool,
    pub(crate) origin: Origin,
}

/// Why a field of the site can't be read before its clusters.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Late {
    /// From what was asked to what clusters write.
    pub(crate) chain: Vec<(String, Origin)>,
}

/// One evaluation.
pub(crate) struct Eval<'a> {
    pub(crate) env: &'a dyn Env,
    pub(crate) program: &'a Program,
    pub(crate) options: Options,
    pub(crate) role: Role,
    pub(crate) site: ScopeKey,
    pub(crate) foreign: Vec<Arc<Frozen>>,
    /// `let`s of records that are being computed, the innermost last.
    pub(crate) derived: Vec<(Origin, Symbol)>,
    /// Those that need themselves, which was said.
    pub(crate) endless: FxHashSet<Origin>,
    /// Which of them holds a scope.
    foreign_of: FxHashMap<ScopeKey, usize>,
    /// Modules that are not in use because of a `remove use`: which one, and where.
    pub(crate) gone: FxHashMap<(ScopeKey, Symbol), (Symbol, Option<Origin>)>,

    pub(crate) scopes: IndexMap<ScopeKey, ScopeState, FxBuildHasher>,
    pub(crate) units: Vec<Unit<'a>>,
    pub(crate) modules: Vec<ModuleInst<'a>>,
    pub(crate) entries: Vec<Entry<'a>>,
    pub(crate) by_key: FxHashMap<Arc<EntryKey>, EntryIx>,
    pub(crate) owners: FxHashMap<Arc<EntryKey>, OwnerInfo>,
    pub(crate) members: FxHashMap<(ScopeKey, Symbol), Members>,
    pub(crate) layouts: FxHashMap<RecordId, Rc<Layout<'a>>>,
    pub(crate) kind_layouts: FxHashMap<Symbol, Rc<Layout<'a>>>,

    // Statements by what they concern.
    pub(crate) heads: FxHashMap<(ScopeKey, Symbol), Vec<(UnitIx, &'a Head)>>,
    pub(crate) tunes: FxHashMap<(Symbol, Symbol), Vec<(UnitIx, &'a Tune)>>,
    pub(crate) computed_tunes: FxHashMap<Symbol, Vec<(UnitIx, &'a Tune)>>,
    pub(crate) module_tunes: FxHashMap<Symbol, Vec<(UnitIx, &'a Tune)>>,
    pub(crate) eaches: FxHashMap<Symbol, Vec<(UnitIx, &'a Each)>>,
    pub(crate) removes: FxHashMap<(Symbol, Symbol), Vec<(UnitIx, &'a Remove)>>,
    pub(crate) uses: FxHashMap<(ScopeKey, Symbol), Vec<(UnitIx, &'a Use)>>,
    pub(crate) provides: FxHashMap<Symbol, Vec<(ModIx, &'a Provide)>>,
    /// Records of capabilities, once all who may provide them are known.
    pub(crate) providers: FxHashMap<(ScopeKey, Symbol), Providers>,
    pub(crate) needs: Vec<(ModIx, &'a Need)>,
    /// Kinds that something written in an inner scope tunes, and capabilities that modules of inner scopes provide.
    pub(crate) reach: Reach,

    pub(crate) lets: FxHashMap<(UnitIx, Symbol), Cell>,
    pub(crate) file_lets: FxHashMap<ItemId, Cell>,
    pub(crate) guards: FxHashMap<(usize, UnitIx, EntryIx), Cell>,
    pub(crate) data: FxHashMap<Arc<str>, Value>,

    pub(crate) active: Vec<Active>,
    /// Functions that are being computed: in which item each stands, and where it is called.
    pub(crate) calls: Vec<(ItemId, Origin)>,
    pub(crate) reports: Reports,
    pub(crate) limits: Limits,
    pub(crate) marks: Marks,
    /// Only fields that nobody asked for are computed now; what is wrong in them is kept with them.
    pub(crate) quiet: bool,
    /// A message is made, and texts show nothing private.
    pub(crate) masked: bool,
    pub(crate) late: Option<Rc<Late>>,
    pub(crate) late_cells: FxHashMap<(EntryIx, u32), Rc<Late>>,
    pub(crate) late_lets: FxHashMap<(UnitIx, Symbol), Rc<Late>>,
    pub(crate) late_members: FxHashMap<(ScopeKey, Symbol), Rc<Late>>,
    pub(crate) secret_sources: FxHashMap<SecretRef, SecretSource>,
    /// Places in the secret store whose path or key is private.
    pub(crate) private_places: FxHashSet<SecretRef>,
    /// Capabilities whose absence is reported.
    pub(crate) absent: FxHashSet<(ScopeKey, Symbol)>,
    /// The same with who needs them, until they are reported.
    pub(crate) missing: IndexMap<(ScopeKey, Symbol), Needers>,
    /// Entries that somebody removed.
    pub(crate) removed: IndexMap<Arc<EntryKey>, Removed>,
    /// Names that were read of entries which somebody may remove.
    pub(crate) names_read: Vec<(Arc<EntryKey>, Origin)>,
}

/// What can be told of the program before evaluating it.
#[derive(Default)]
pub(crate) struct Reach {
    pub(crate) tuned_from_machines: FxHashSet<Symbol>,
    pub(crate) provided_by: FxHashMap<Symbol, FxHashSet<ScopeKind>>,
    /// Literal names of entries that anybody declares.
    pub(crate) declared: FxHashSet<(Symbol, Symbol)>,
    /// Kinds of which somebody declares entries by computed names.
    pub(crate) computed: FxHashSet<Symbol>,
}

impl<'a> Eval<'a> {
    pub(crate) fn new(
        env: &'a dyn Env,
        options: Options,
        role: Role,
        site: Symbol,
        foreign: Vec<Arc<Frozen>>,
    ) -> Eval<'a> {
        let program = env.program();
        let mut foreign_of = FxHashMap::default();
        for (at, frozen) in foreign.iter().enumerate() {
            // Of two that hold a scope the first counts.
            for scope in frozen.modules.keys() {
                foreign_of.entry(*scope).or_insert(at);
            }
        }
        Eval {
            env,
            program,
            options,
            role,
            site: ScopeKey { kind: ScopeKind::Site, outer: site, name: site, variant: 0 },
            foreign,
            derived: Vec::new(),
            endless: FxHashSet::default(),
            foreign_of,
            gone: FxHashMap::default(),
            scopes: IndexMap::default(),
            units: Vec::new(),
            modules: Vec::new(),
            entries: Vec::new(),
            by_key: FxHashMap::default(),
            owners: FxHashMap::default(),
            members: FxHashMap::default(),
            layouts: FxHashMap::default(),
            kind_layouts: FxHashMap::default(),
            heads: FxHashMap::default(),
            tunes: FxHashMap::default(),
            computed_tunes: FxHashMap::default(),
            module_tunes: FxHashMap::default(),
            eaches: FxHashMap::default(),
            removes: FxHashMap::default(),
            uses: FxHashMap::default(),
            provides: FxHashMap::default(),
            providers: FxHashMap::default(),
            needs: Vec::new(),
            reach: Reach::of(program),
            lets: FxHashMap::default(),
            file_lets: FxHashMap::default(),
            guards: FxHashMap::default(),
            data: FxHashMap::default(),
            active: Vec::new(),
            calls: Vec::new(),
            reports: Reports::default(),
            limits: Limits::default(),
            marks: Marks::default(),
            quiet: false,
            masked: false,
            late: None,
            late_cells: FxHashMap::default(),
            late_lets: FxHashMap::default(),
            late_members: FxHashMap::default(),
            secret_sources: FxHashMap::default(),
            private_places: FxHashSet::default(),
            absent: FxHashSet::default(),
            missing: IndexMap::new(),
            removed: IndexMap::new(),
            names_read: Vec::new(),
        }
    }

    /// The finished evaluation that holds a scope.
    pub(crate) fn foreign_scope(&self, scope: ScopeKey) -> Option<&Arc<Frozen>> {
        self.foreign.get(*self.foreign_of.get(&scope)?)
    }

    /// The finished evaluation that holds an entry.
    pub(crate) fn foreign_with(&self, key: &EntryKey) -> Option<&Arc<Frozen>> {
        // The entry of a cluster lies in the site and is held by the cluster.
        let scopes = [crate::world::home(key), key.scope];
        scopes.into_iter().filter_map(|scope| self.foreign_scope(scope)).find(|frozen| frozen.entries.contains_key(key))
    }

    pub(crate) fn entry(&self, ix: EntryIx) -> &Entry<'a> {
        &self.entries[ix as usize]
    }

    pub(crate) fn unit(&self, ix: UnitIx) -> &Unit<'a> {
        &self.units[ix as usize]
    }

    pub(crate) fn module(&self, ix: ModIx) -> &ModuleInst<'a> {
        &self.modules[ix as usize]
    }

    /// The context of the statements of a unit.
    pub(crate) fn unit_cx(&self, ix: UnitIx) -> Cx<'a> {
        let unit = self.unit(ix);
        Cx::new(unit.item, unit.scope).in_unit(ix)
    }

    /// The locals around a unit's statements.
    pub(crate) fn unit_frame(&self, ix: UnitIx) -> Frame {
        Frame::from(&self.unit(ix).frame)
    }

    /// What was reported since the last time.
    pub(crate) fn take_reports(&mut self) -> Vec<Report> {
        std::mem::take(&mut self.reports).finish()
    }

    pub(crate) fn report(&mut self, report: impl Into<Report>) {
        self.reports.push(report);
    }
}
