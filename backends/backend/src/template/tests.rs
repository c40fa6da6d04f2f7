use super::*;
use crate::OutputTree;
use crate::testing::{later, origin, record, secret, secret_part, site_key, value, with};
use serde_json::{Value as Json, json};

/// The document of a template.
fn parts(template: &Template) -> Json {
    let document = template.document(Vec::new(), origin(1));
    let text = json::emit(&document).unwrap().text;
    serde_json::from_str::<Json>(&text).unwrap()["parts"].clone()
}

fn document(value: &Value, format: Format) -> Template {
    let mut tree = OutputTree::default();
    let mut sink = Sink::new("test", &mut tree);
    let template = Template::of_document(value, format, "a test", &mut sink).unwrap();
    assert_eq!(sink.finish(), []);
    template
}

/// What a machine makes of a document: values in place of holes.
fn complete(part: &Json, value: &str) -> String {
    let raw = match part {
        Json::String(text) => return text.clone(),
        Json::Object(hole) if hole.contains_key("text") => {
            hole["text"].as_array().unwrap().iter().map(|part| complete(part, value)).collect()
        }
        _ => value.to_owned(),
    };
    match part.get("as").map(|how| how.as_str().unwrap()) {
        None => raw,
        Some("json") => serde_json::to_string(&raw).unwrap(),
        Some("shell") => format!("'{}'", raw.replace('\'', r"'\''")),
        Some("base64") => format!("<{raw}>"),
        Some(other) => panic!("{other}"),
    }
}

fn completed(template: &Template, value: &str) -> String {
    parts(template).as_array().unwrap().iter().map(|part| complete(part, value)).collect()
}

fn mixed() -> Value {
    let parts = vec![SecretPart::Plain("user:\"".into()), secret_part("db", "password", "raw")];
    let around = Value::secret(Secret { parts }, origin(6));
    let fields = [
        ("password", secret("db", "password")),
        ("around", around),
        ("ca", later(site_key(), "base", ["vault", "ca"])),
    ];
    let inner = Value::record(with(&record(json!({ "on": "no" })), &fields), origin(1));
    let list = Value::list(vec![value(json!("ksschole0x0z")), secret("db", "user")], origin(1));
    Value::record(with(&record(json!({ "plain": "x" })), &[("inner", inner), ("list", list)]), origin(1))
}

#[test]
fn texts_are_cut_at_their_lines_and_holes() {
    let parts_of = vec![
        SecretPart::Plain("a\nb ".into()),
        secret_part("p", "k", "json"),
        SecretPart::Group([SecretPart::Plain("u:".into()), secret_part("p", "k", "raw")].into(), Symbol::new("base64")),
        SecretPart::Plain("\n".into()),
    ];
    let template = Template::of_text(&Value::secret(Secret { parts: parts_of }, origin(1))).unwrap();
    let place = json!({ "scope": "site", "path": "p", "key": "k" });
    let expected = json!([
        "a\n", "b ", { "secret": place, "as": "json" }, { "text": ["u:", { "secret": place }], "as": "base64" }, "\n",
    ]);
    assert_eq!(parts(&template), expected);
    assert!(!template.is_plain());
}

#[test]
fn plain_texts_keep_their_end() {
    for text in ["a\nb\n", "a\nb", "", "\n", "a\n\n"] {
        let template = Template::of_text(&Value::text(text, origin(1))).unwrap();
        assert!(template.is_plain());
        let (lines, ended) = template.lines();
        assert_eq!(kss_emit::text::emit(&lines, ended).text, text);
        let data = match template.data() {
            Data::Text(text) => text.to_string(),
            Data::Lines(lines) => lines.iter().map(|line| format!("{}\n", line.text)).collect(),
            other => panic!("{other:?}"),
        };
        assert_eq!(data, text);
    }
}

#[test]
fn documents_read_back_whatever_the_secret_is() {
    let secret = "a\"b\\c: # 'd'\n\t${x}é";
    let expected = json!({
        "plain": "x",
        "inner": { "on": "no", "password": secret, "around": format!("user:\"{secret}"), "ca": secret },
        "list": ["ksschole0x0z", secret],
    });
    for format in [Format::Yaml, Format::Json, Format::Toml] {
        let text = completed(&document(&mixed(), format), secret);
        let read: Json = match format {
            Format::Json => serde_json::from_str(&text).unwrap(),
            Format::Toml => ::toml::from_str(&text).unwrap(),
            _ => serde_yaml::from_str(&text).unwrap(),
        };
        assert_eq!(read, expected, "{format:?}: {text}");
    }
}

#[test]
fn a_shell_reads_variables_as_they_are() {
    let data = Value::record(with(&record(json!({ "A": "x y" })), &[("B", secret("db", "password"))]), origin(1));
    let text = completed(&document(&data, Format::Env), "it's $HOME \"x\"");
    assert_eq!(text, "A='x y'\nB='it'\\''s $HOME \"x\"'\n");
    let output = std::process::Command::new("sh").arg("-c").arg(format!("{text}printf '%s|%s' \"$A\" \"$B\"")).output();
    assert_eq!(String::from_utf8(output.unwrap().stdout).unwrap(), "x y|it's $HOME \"x\"");
}

#[test]
fn lines_and_holes_know_who_wrote_them() {
    let template = document(&mixed(), Format::Yaml);
    let hole = template.parts().iter().find(|(part, _)| matches!(part, Part::Group(..))).unwrap();
    assert_eq!(hole.1, origin(6));
}

#[test]
fn what_is_no_document_is_reported() {
    let mut tree = OutputTree::default();
    let mut sink = Sink::new("test", &mut tree);
    let bad = Value::record(with(&record(json!({})), &[("a", value(json!({ "b": [] })))]), origin(1));
    assert_eq!(Template::of_document(&bad, Format::Env, "a test", &mut sink), None);
    assert_eq!(sink.finish().len(), 1);
}
