//! Modules without their providers, so that OpenTofu can apply them: each resource becomes `terraform_data`, which keeps what it
//! is given. Variables, their validations, locals, `for_each`, references between resources and outputs stay as they are.

use hcl::{Block, Body, Structure};
use regex::Regex;

/// What providers would add to a resource.
const COMPUTED: &str = r#"{
  id = "id", certificate = "PEM", certificate_bundle = "PEM+root", csr = "CSR", issuer_id = "issuer", project_id = 1
  full_name = "robot_apps+pull", enrollment_token = "jwt", web_url = "https://git/x", ssh_url_to_repo = "ssh://git/x"
}"#;

/// `main.tf` and `outputs.tf` of a module, for `terraform_data`.
pub(crate) fn stand_in(main: &Body, outputs: &Body) -> String {
    let blocks = main.blocks().map(|block| match block.identifier() {
        "resource" => resource(block),
        _ => format(&Body::from(block.clone())),
    });
    let text: Vec<String> = blocks.chain([format(outputs)]).collect();
    redirect(&text.join("\n"))
}

fn resource(block: &Block) -> String {
    let labels: Vec<&str> = block.labels().iter().map(|label| label.as_str()).collect();
    let mut lines = vec![format!("resource \"terraform_data\" \"{}\" {{", labels.join("__"))];
    for attribute in block.body().attributes().filter(|attribute| matches!(attribute.key(), "for_each" | "count")) {
        lines.push(format!("  {} = {}", attribute.key(), format(attribute.expr())));
    }
    lines.push(format!("  input = merge({COMPUTED}, {})", object(block.body())));
    for lifecycle in block.body().blocks().filter(|block| block.identifier() == "lifecycle") {
        for condition in lifecycle.body().blocks() {
            let text = format(&Body::from(condition.clone()));
            lines.push(format!("  lifecycle {{\n{}\n  }}", text.replace("self.", "self.output.")));
        }
    }
    lines.push("}".to_owned());
    lines.join("\n")
}

/// Attributes and blocks of a body, as an object.
fn object(body: &Body) -> String {
    let about = ["for_each", "count", "depends_on", "lifecycle", "dynamic"];
    let fields = body.iter().filter_map(|structure| match structure {
        Structure::Attribute(attribute) if !about.contains(&attribute.key()) => {
            Some(format!("{} = {}", attribute.key(), format(attribute.expr())))
        }
        Structure::Block(block) if !about.contains(&block.identifier()) => {
            Some(format!("{} = {}", block.identifier(), object(block.body())))
        }
        _ => None,
    });
    // The last of several blocks of a name is enough.
    let mut fields: Vec<String> = fields.collect();
    fields.reverse();
    let mut seen = std::collections::BTreeSet::new();
    fields.retain(|field| seen.insert(field.split(' ').next().unwrap_or_default().to_owned()));
    format!("{{\n{}\n}}", fields.join("\n"))
}

fn format<T: hcl::format::Format>(value: &T) -> String {
    hcl::format::to_string(value).expect("what was read can be written")
}

/// References to resources, in every expression.
fn redirect(text: &str) -> String {
    let resource = r"\b((?:vault|harbor|keycloak|gitlab|teleport|ziti)_[a-z0-9_]+)\.([a-z0-9_]+)";
    let all = Regex::new(&format!(r" in {resource} :")).expect("a pattern");
    let text = all.replace_all(text, " in { for k, v in terraform_data.${1}__${2} : k => v.output } :");
    let one = Regex::new(&format!(r"{resource}(\[[^\[\]]*\])?\.")).expect("a pattern");
    one.replace_all(&text, "terraform_data.${1}__${2}${3}.output.").into_owned()
}
