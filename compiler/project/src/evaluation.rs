//! Queries of evaluation: one for what clusters read of the site, one for each cluster, one for the site.

use crate::assets::Assets;
use crate::cancel::Changes;
use crate::db::{self, Project, ScopeName, with_scopes};
use crate::shared::Shared;
use kss_eval::{Env, FileError, Options, ScopeModel, SiteEarly};
use kss_ir::Program;
use kss_schema::SchemaSet;
use kss_span::{ItemId, Symbol};
use std::sync::{Arc, LazyLock};

/// The world that an evaluation sees.
pub(crate) struct World {
    pub program: Program,
    pub assets: Assets,
    pub schemas: Shared<SchemaSet>,
    /// Changes, and how many there were when this began.
    pub changes: (Changes, u64),
    /// Clusters by the site that they belong to.
    pub clusters: Vec<(Symbol, Vec<Symbol>)>,
}

impl Env for World {
    fn program(&self) -> &Program {
        &self.program
    }

    fn interrupted(&self) -> bool {
        self.changes.0.check(self.changes.1);
        false
    }

    fn read(&self, path: &str) -> Result<Arc<[u8]>, FileError> {
        self.assets.read(path)
    }

    fn clusters(&self, site: Symbol) -> Vec<Symbol> {
        self.clusters.iter().find(|(name, _)| *name == site).map(|(_, list)| list.clone()).unwrap_or_default()
    }

    fn schemas(&self) -> Option<&SchemaSet> {
        Some(&self.schemas)
    }

    fn locked(&self, _url: &str) -> Option<Arc<str>> {
        None
    }

    fn locked_image(&self, image: &str) -> Option<String> {
        self.schemas.image_digest(image).map(|digest| format!("{image}@{digest}"))
    }

    fn public_key(&self, path: &str, key: &str) -> Option<String> {
        self.schemas.host_key(&format!("{path}#{key}")).map(|k| k.to_string())
    }
}

fn scope_item(item: ItemId, kind: &str, name: Symbol) -> bool {
    let key = item.key().name;
    key.strip_prefix(kind).and_then(|rest| rest.strip_prefix(' ')).is_some_and(|n| n == name.as_str())
}

/// The body of a site, or one of its overlays, of which a file may have several (`overlay home#2`).
fn is_site(item: ItemId, site: Symbol) -> bool {
    let key = item.key().name;
    let overlay = key.strip_prefix("overlay ").map(|name| name.split_once('#').map_or(name, |(name, _)| name));
    scope_item(item, "site", site) || overlay == Some(site.as_str())
}

pub(crate) fn world(db: &dyn salsa::Database, project: Project, wanted: impl Fn(ItemId) -> bool) -> World {
    // Read, so that a changed file that evaluation reads evaluates again.
    project.assets(db);
    let assets = project.door(db).clone();
    let mut sites: Vec<Symbol> = db::signatures(db, project).sites.keys().copied().collect();
    sites.sort();
    let clusters =
        sites.into_iter().map(|site| (site, clusters(db, project, ScopeName::new(db, site)).clone())).collect();
    let changes = project.changes(db).clone();
    let seen = changes.count();
    // Whoever came too late for the count is ended by the database.
    db.unwind_if_revision_cancelled();
    let program = with_scopes(db, project, wanted);
    World { program, assets, schemas: project.schemas(db).clone(), changes: (changes, seen), clusters }
}

fn options(db: &dyn salsa::Database, project: Project) -> Options {
    Options { public: project.public(db) }
}

/// What clusters may read of `site`.
#[salsa::tracked]
pub fn early<'db>(db: &'db dyn salsa::Database, project: Project, site: ScopeName<'db>) -> Option<Shared<SiteEarly>> {
    let name = site.name(db);
    let world = world(db, project, |item| is_site(item, name));
    kss_eval::evaluate_site_early(&world, name, options(db, project), None).map(Shared)
}

/// One cluster of `site`.
#[salsa::tracked]
pub fn cluster<'db>(
    db: &'db dyn salsa::Database,
    project: Project,
    site: ScopeName<'db>,
    cluster: ScopeName<'db>,
) -> Option<Shared<ScopeModel>> {
    let early = early(db, project, site).clone()?;
    let (site, name) = (site.name(db), cluster.name(db));
    let world = world(db, project, |item| is_site(item, site) || scope_item(item, "cluster", name));
    kss_eval::evaluate_cluster(&world, &early, name, options(db, project), None).map(Shared)
}

/// Names of the clusters of `site`, in natural order.
#[salsa::tracked]
pub fn clusters<'db>(db: &'db dyn salsa::Database, project: Project, site: ScopeName<'db>) -> Vec<Symbol> {
    let site = site.name(db);
    let mut names: Vec<Symbol> = db::scope_ids(db, project)
        .iter()
        .filter(|item| item.key().name.starts_with("cluster "))
        .filter_map(|item| db::lowered(db, project, db::ItemKey::new(db, *item)).scope())
        .filter(|body| body.site.is_some_and(|(name, _)| name == site))
        .map(|body| body.name)
        .collect();
    names.sort();
    names.dedup();
    names
}

/// The site itself, which reads its clusters.
#[salsa::tracked]
pub fn site<'db>(db: &'db dyn salsa::Database, project: Project, site: ScopeName<'db>) -> Option<Shared<ScopeModel>> {
    let early = early(db, project, site).clone()?;
    let name = site.name(db);
    let clusters: Vec<Arc<ScopeModel>> = clusters(db, project, site)
        .iter()
        .filter_map(|c| cluster(db, project, site, ScopeName::new(db, *c)).as_ref())
        .map(|shared| shared.0.clone())
        .collect();
    let world = world(db, project, |item| is_site(item, name));
    kss_eval::evaluate_site(&world, &early, &clusters, options(db, project), None).map(Shared)
}

/// Does a text at this path of NixOS options name a package? Between the elements of a list of records stands `*`.
pub fn is_package(path: &[Symbol]) -> bool {
    static NIXOS: LazyLock<kss_schema::Schema> = LazyLock::new(|| crate::load::LIBRARY.nixos());
    let segs: Vec<kss_schema::Seg> = path.iter().map(|name| kss_schema::Seg::Key(*name)).collect();
    kss_schema::takes_package(&NIXOS, &segs)
}
