//! Overlays: `clusters/CLUSTER/kustomize/OVERLAY/`, a file for each object, and a `kustomization.yaml` that builds alone.
//!
//! Vendored files lie in a kustomization of their own below it, `vendored/`: the namespace of an overlay is for them. Over the
//! objects of the description it would be wrong, because kustomize gives a namespace to every kind that it doesn't know.

use kss_backend::kubernetes::{self, Overlay, object_name};
use kss_backend::layout::{distinct, overlay_dir, segment};
use kss_backend::read::Read;
use kss_backend::{Backend, Files, Image, Sink};
use kss_diag::code;
use kss_emit::{Node, yaml};
use kss_model::{Cluster, Entry, Model};
use kss_span::Origin;
use kss_value::{Kind, Value};

/// The backend of `output overlay` and `output manifest`.
pub struct Kustomize<'a> {
    /// Content of vendored files.
    pub files: &'a dyn Files,
}

/// Where the vendored files of an overlay lie in its directory.
const VENDORED: &str = "vendored";

impl Backend for Kustomize<'_> {
    fn name(&self) -> &'static str {
        "kustomize"
    }

    fn cluster(&self, _model: &Model, cluster: &Cluster, sink: &mut Sink<'_>) {
        kubernetes::lost_objects(&cluster.scope).into_iter().for_each(|lost| sink.report(lost));
        for overlay in kubernetes::overlays(&cluster.scope).into_iter().filter(kubernetes::Overlay::has_files) {
            let directory = overlay_dir(cluster.scope.key.name, overlay.name());
            let mut resources = self.objects(&overlay, &directory, sink);
            resources.extend(self.vendored(&overlay, &directory, sink));
            let mut fields = vec![("resources", Node::list(resources, overlay.entry.origin))];
            fields.extend(images(overlay.entry).map(|images| ("images", images)));
            kustomization(&directory, overlay.entry.origin, fields, sink);
        }
    }
}

impl Kustomize<'_> {
    /// Writes the objects of an overlay; the names of their files.
    fn objects(&self, overlay: &Overlay<'_>, directory: &str, sink: &mut Sink<'_>) -> Vec<Node> {
        let wanted: Vec<_> = overlay.objects.iter().map(|object| wanted_name(object)).collect();
        let mut files: Vec<_> = distinct(&wanted).into_iter().zip(&overlay.objects).collect();
        files.sort_by(|a, b| a.0.cmp(&b.0));
        let mut names = Vec::new();
        for (name, object) in files {
            if let Some(document) = kubernetes::object(object, self.files, sink) {
                let name = format!("{name}.yaml");
                sink.emitted(format!("{directory}/{name}"), yaml::emit(&document), object.origin);
                names.push(Node::text(name, object.origin));
            }
        }
        names
    }

    /// Writes the vendored files of an overlay with their kustomization; its directory, if there are any.
    fn vendored(&self, overlay: &Overlay<'_>, directory: &str, sink: &mut Sink<'_>) -> Option<Node> {
        let values = overlay.entry.items("vendored");
        let origin = overlay.entry.origin_of("vendored", overlay.entry.origin);
        let paths: Vec<_> = values.iter().filter_map(|value| Some((file_path(value)?, value.origin()))).collect();
        let wanted: Vec<_> = paths.iter().map(|(path, _)| (file_name(path), (*path).to_owned())).collect();
        let directory = format!("{directory}/{VENDORED}");
        let mut resources = Vec::new();
        for ((path, origin), name) in paths.iter().zip(distinct(&wanted)) {
            let Some(text) = self.files.text(path) else {
                sink.report(unread(overlay, path, *origin));
                continue;
            };
            let name = format!("{name}.yaml");
            sink.write(format!("{directory}/{name}"), text.to_owned(), *origin);
            resources.push(Node::text(name, *origin));
        }
        if resources.is_empty() {
            return None;
        }
        let namespace = overlay.entry.entry("namespace").map(|key| {
            let origin = overlay.entry.origin_of("namespace", origin);
            ("namespace", Node::text(key.name.as_str(), origin))
        });
        let fields = namespace.into_iter().chain([("resources", Node::list(resources, origin))]).collect();
        kustomization(&directory, origin, fields, sink);
        Some(Node::text(VENDORED, origin))
    }
}

fn kustomization(directory: &str, origin: Origin, fields: Vec<(&str, Node)>, sink: &mut Sink<'_>) {
    let head = [("apiVersion", "kustomize.config.k8s.io/v1beta1"), ("kind", "Kustomization")];
    let head = head.map(|(key, text)| (key, Node::text(text, origin)));
    let document = Node::map(head.into_iter().chain(fields), origin);
    sink.emitted(format!("{directory}/kustomization.yaml"), yaml::emit(&document), origin);
}

/// `configmap-settings-monitoring`, and what tells the object from others of that name.
fn wanted_name(object: &Entry) -> (String, String) {
    let kind = object.kubernetes.map_or("object", |kind| kind.as_str());
    let parts = [Some(kind), Some(object.name().as_str()), object.namespace.map(|namespace| namespace.as_str())];
    let name = parts.into_iter().flatten().collect::<Vec<_>>().join("-").to_lowercase();
    (segment(&name), format!("{}/{}", kubernetes::api_group(object), object_name(object)))
}

fn file_path(value: &Value) -> Option<&str> {
    match value.kind() {
        Kind::File(path) => Some(path),
        _ => None,
    }
}

/// The last part of a path, without the ending that it gets again.
fn file_name(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    segment(name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml")).unwrap_or(name))
}

fn unread(overlay: &Overlay<'_>, path: &str, origin: Origin) -> kss_diag::Diagnostic<Origin> {
    let message = format!("overlay `{}` vendors `{path}`, whose text is unknown", overlay.name());
    code::NOT_LOCKED.at(origin, message).label("named here").help("`kssc lock` fetches what is not locked yet")
}

/// Images that something in the cluster moves on. What their tag is now, if it is known here.
fn images(overlay: &Entry) -> Option<Node> {
    let updates = overlay.value("image-updates")?;
    let images = kss_backend::read::record_of(updates)?.iter().filter_map(|(_, value)| image(value));
    let images: Vec<_> = images.collect();
    (!images.is_empty()).then(|| Node::list(images, updates.origin()))
}

fn image(value: &Value) -> Option<Node> {
    let text = value.as_text()?;
    let image = Image::parse(&text);
    let field = |key, text: Option<&str>| text.map(|text| (key, Node::text(text, value.origin())));
    let fields = [field("name", Some(image.name)), field("newTag", image.tag), field("digest", image.digest)];
    Some(Node::map(fields.into_iter().flatten(), value.origin()))
}

#[cfg(test)]
mod tests;
