//! Where the state of an environment lies: an object in a bucket of the site's object store, locked while it is used.

use kss_backend::Sink;
use kss_backend::layout::{scope_dir, segment};
use kss_backend::read::Read;
use kss_emit::Node;
use kss_model::{Entry, Model, Scope};
use kss_span::{Origin, Symbol};
use kss_value::{EntryKey, ScopeKind, Value};

/// What the backend of an environment needs to know.
pub(crate) struct State<'a> {
    bucket: Node,
    endpoint: Node,
    region: Node,
    key: String,
    /// The account of the bucket, and its password.
    pub(crate) account: Option<(&'a Value, &'a Value)>,
    origin: Origin,
}

impl<'a> State<'a> {
    pub(crate) fn of(entry: &'a Entry, model: &'a Model, sink: &mut Sink<'_>) -> Option<State<'a>> {
        let origin = entry.origin_of("state", entry.origin);
        let bucket = sink.required(entry, "state", entry.entry("state"))?;
        let bucket = sink.required(entry, "state", find(model, bucket))?;
        let store = model.site.capabilities.get(&Symbol::new("object-store"));
        let endpoint = sink.required(entry, "site.object-store.url", store.and_then(|store| store.value("url")))?;
        let region = store.and_then(|store| store.value("region"));
        let name = sink.required(bucket, "full-name", bucket.value("full-name"))?;
        let account = bucket.value("access-key").zip(bucket.value("secret-key"));
        Some(State {
            bucket: sink.data(name, &(), "the name of the state's bucket")?,
            endpoint: sink.data(endpoint, &(), "`site.object-store.url`")?,
            region: match region {
                Some(region) => sink.data(region, &(), "`site.object-store.region`")?,
                // Stores that know no regions want one all the same.
                None => Node::text("us-east-1", origin),
            },
            key: format!("{}/{}/terraform.tfstate", scope_dir(&entry.key.scope), segment(&entry.name())),
            account,
            origin,
        })
    }

    /// The settings of the backend `s3`, and of whoever reads the state.
    pub(crate) fn settings(&self) -> Node {
        let yes = || Node::new(true, self.origin);
        let fields = [
            ("bucket", self.bucket.clone()),
            ("key", Node::text(self.key.as_str(), self.origin)),
            ("region", self.region.clone()),
            ("endpoints", Node::map([("s3", self.endpoint.clone())], self.origin)),
            // Two runs at once would write over each other.
            ("use_lockfile", yes()),
            // The store speaks the protocol and is not Amazon's.
            ("skip_credentials_validation", yes()),
            ("skip_metadata_api_check", yes()),
            ("skip_region_validation", yes()),
            ("skip_requesting_account_id", yes()),
            ("use_path_style", yes()),
        ];
        Node::map(fields, self.origin)
    }
}

/// The name under which other environments read the state of this one.
pub(crate) fn data_name(env: &EntryKey) -> String {
    let scope = match env.scope.kind {
        ScopeKind::Site | ScopeKind::Machine => "site".to_owned(),
        ScopeKind::Cluster | ScopeKind::Node => format!("cluster_{}", env.scope.outer),
    };
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    format!("{scope}_{}", env.name).chars().map(plain).collect()
}

/// The entry of a key.
pub(crate) fn find<'a>(model: &'a Model, key: &EntryKey) -> Option<&'a Entry> {
    let scope: &Scope = model.scopes().find(|scope| scope.key == key.scope)?;
    scope.entries(&key.kind).iter().find(|entry| *entry.key == *key)
}
