use super::*;
use crate::scalar::{ScalarType, parse_text_as, spelling};
use crate::{EntryKey, Kind, Record, ScopeKey, ScopeKind, Secret, SecretPart, SecretRef};
use kss_span::Symbol;
use std::sync::Arc;

const HERE: Origin = Origin::NOWHERE;

fn run(name: &str, args: &[Value]) -> Value {
    call(name, args, HERE).unwrap_or_else(|e| panic!("{name}: {}", e.message))
}

fn refused(name: &str, args: &[Value]) -> String {
    call(name, args, HERE).expect_err(name).message
}

fn int(value: i64) -> Value {
    Value::int(value, HERE)
}

fn text(value: &str) -> Value {
    Value::text(value, HERE)
}

fn bool(value: bool) -> Value {
    Value::bool(value, HERE)
}

fn list(items: &[Value]) -> Value {
    Value::list(items.to_vec(), HERE)
}

fn texts(items: &[&str]) -> Value {
    list(&items.iter().map(|t| text(t)).collect::<Vec<_>>())
}

fn of(kind: ScalarType, value: &str) -> Value {
    parse_text_as(kind, value, HERE).unwrap_or_else(|e| panic!("{}", e.message))
}

fn ranges(items: &[&str]) -> Value {
    list(&items.iter().map(|t| of(ScalarType::IpRange, t)).collect::<Vec<_>>())
}

fn record(fields: &[(&str, Value)]) -> Value {
    let fields: Record = fields.iter().map(|(name, value)| ((*name).into(), value.clone())).collect();
    Value::record(fields, HERE)
}

fn reference(path: &str, key: &str) -> Arc<SecretRef> {
    let name = Symbol::new("homelab");
    let scope = ScopeKey { kind: ScopeKind::Site, outer: name, name, variant: 0 };
    let owner = EntryKey { scope, kind: "credential".into(), qualifier: "".into(), name: key.into() };
    Arc::new(SecretRef { owner, path: path.into(), key: key.into() })
}

fn secret(path: &str, key: &str) -> Value {
    let part = SecretPart::Ref(reference(path, key), Symbol::new("raw"));
    Value::secret(Secret { parts: vec![part] }, HERE)
}

fn template_of(value: &Value) -> String {
    run("template", std::slice::from_ref(value)).as_text().unwrap().into_owned()
}

#[test]
fn names_are_known_once_and_signatures_read_well() {
    let mut names: Vec<&str> = BUILTINS.iter().map(|b| b.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), BUILTINS.len());
    assert_eq!(Builtin::find("count").unwrap().signature(), "count(l: [T]) -> Int");
    assert_eq!(refused("count", &[]), "`count(l: [T]) -> Int` is called with 0 arguments");
    assert_eq!(refused("nope", &[]), "there is no function `nope`");
}

#[test]
fn lists() {
    let numbers = list(&[int(3), int(1), int(2), int(1)]);
    let one = std::slice::from_ref(&numbers);
    assert_eq!(run("count", one), int(4));
    assert_eq!(run("count", &[record(&[("a", int(1))])]), int(1));
    assert_eq!(run("sum", one), int(7));
    assert_eq!(run("sum", &[list(&[])]), int(0));
    assert_eq!(
        run("sum", &[list(&[of(ScalarType::Size, "1GiB"), of(ScalarType::Size, "2GiB")])]),
        of(ScalarType::Size, "3GiB")
    );
    assert_eq!(run("min", one), int(1));
    assert_eq!(run("max", one), int(3));
    assert_eq!(run("first", one), int(3));
    assert_eq!(run("last", one), int(1));
    assert_eq!(run("sort", &[texts(&["worker-10", "worker-2"])]), texts(&["worker-2", "worker-10"]));
    assert_eq!(run("distinct", one), list(&[int(3), int(1), int(2)]));
    assert_eq!(run("list", &[Value::set(vec![int(2), int(1)], HERE)]), list(&[int(1), int(2)]));
    assert_eq!(run("keys", &[record(&[("b", int(1)), ("a", int(2))])]), texts(&["a", "b"]));
    assert_eq!(run("values", &[record(&[("b", int(1)), ("a", int(2))])]), list(&[int(2), int(1)]));
    assert_eq!(run("flatten", &[list(&[list(&[int(1)]), list(&[]), list(&[int(2)])])]), list(&[int(1), int(2)]));
    assert_eq!(run("unique", one), bool(false));
    assert_eq!(run("contains", &[numbers.clone(), int(2)]), bool(true));
    assert_eq!(run("range", &[int(1), int(3)]), list(&[int(1), int(2), int(3)]));
    assert_eq!(run("range", &[int(1), int(0)]), list(&[]));
    assert_eq!(refused("first", &[list(&[])]), "the list is empty, so it has no `first`");
    assert!(refused("sum", &[texts(&["a"])]).contains("one is the text \"a\""));
    assert!(refused("sum", &[list(&[int(i64::MAX), int(1)])]).contains("too large"));
    assert!(refused("range", &[int(i64::MIN), int(i64::MAX)]).contains("longer than"));
    assert_eq!(refused("count", &[int(1)]), "`count` takes `l : [T]`, and this is the integer 1");
}

#[test]
fn errors_in_elements_hide_only_what_they_must() {
    let broken = list(&[int(1), Value::poison(HERE), int(1)]);
    let one = std::slice::from_ref(&broken);
    assert_eq!(run("count", one), int(3));
    assert_eq!(run("unique", one), bool(false));
    assert_eq!(run("unique", &[list(&[Value::poison(HERE), Value::poison(HERE)])]), bool(true));
    assert!(run("sum", one).is_poison());
    assert!(run("count", &[Value::poison(HERE)]).is_poison());
    let broken = list(&[of(ScalarType::IpRange, "10.0.0.0/24"), Value::poison(HERE)]);
    assert_eq!(run("within", &[of(ScalarType::Ip, "10.0.0.1"), broken.clone()]), bool(true));
    assert!(run("within", &[of(ScalarType::Ip, "10.1.0.1"), broken.clone()]).is_poison());
    assert_eq!(run("disjoint", &[broken]), bool(true));
}

#[test]
fn texts_are_taken_apart() {
    assert_eq!(run("join", &[texts(&["a", "b"]), text(",")]), text("a,b"));
    assert_eq!(run("replace", &[text("a-b-c"), text("-"), text("_")]), text("a_b_c"));
    assert_eq!(run("split", &[text("a,b"), text(",")]), texts(&["a", "b"]));
    assert_eq!(run("length", &[text("åä")]), int(2));
    assert_eq!(run("lower", &[text("AB")]), text("ab"));
    assert_eq!(run("upper", &[text("tcp")]), text("TCP"));
    assert_eq!(run("trim", &[text(" a\n")]), text("a"));
    assert_eq!(run("starts-with", &[text("abc"), text("ab")]), bool(true));
    assert_eq!(run("ends-with", &[text("abc"), text("ab")]), bool(false));
    assert_eq!(run("contains", &[text("abc"), text("b")]), bool(true));
    assert_eq!(run("base64", &[text("user:pass")]), text("dXNlcjpwYXNz"));
    assert!(refused("split", &[text("a"), text("")]).contains("separator is empty"));
    assert!(refused("replace", &[text("a"), text(""), text("x")]).contains("is empty"));
    assert!(refused("join", &[list(&[int(1)]), text(",")]).contains("one is the integer 1"));
}

#[test]
fn patterns_match_all_of_a_text() {
    let version = "v[0-9]+.[0-9]+.[0-9]+[+]rke2r[0-9]+";
    assert_eq!(run("matches", &[text("v1.31.4+rke2r1"), text(version)]), bool(true));
    assert_eq!(run("matches", &[text("v1.31.4+rke2r1x"), text(version)]), bool(false));
    assert_eq!(run("matches", &[text("b"), text("a|b")]), bool(true));
    assert_eq!(run("matches", &[text("bc"), text("a|b")]), bool(false));
    assert!(refused("matches", &[text("a"), text("(")]).starts_with("`(` is no pattern: "));
    assert!(refused("matches", &[text("a"), text("a)(b")]).starts_with("`a)(b` is no pattern: "));
    assert!(refused("matches", &[text("a"), text("(x{1000}){1000}")]).contains("too large"));
}

#[test]
fn lines_keep_their_origins() {
    let here = Origin::new(kss_span::ItemId::NOWHERE, 7);
    let there = Origin::new(kss_span::ItemId::NOWHERE, 9);
    let document = Value::list(
        vec![Value::text("a", here), Value::list(vec![Value::text("b\nc\n", there)], HERE), Value::text("", here)],
        HERE,
    );
    let lines = run("lines", &[document]);
    assert_eq!(lines, text("a\nb\nc\n\n"));
    let Kind::Lines(found) = lines.kind() else { panic!("{lines:?}") };
    assert_eq!(found.iter().map(|l| l.origin.node).collect::<Vec<_>>(), [7, 9, 9, 7]);
    let nested = run("lines", &[list(&[lines.clone(), text("d")])]);
    assert_eq!(nested, text("a\nb\nc\n\nd\n"));
    assert_eq!(run("lines", &[list(&[])]), text(""));
    let hidden = run("lines", &[list(&[text("user x"), secret("a", "b"), text("end")])]);
    assert_eq!(template_of(&hidden), "user x\n{{ .a__b }}\nend\n");
}

#[test]
fn slugs() {
    assert_eq!(run("slug", &[text("kss.lab.example.com")]), text("kss-lab-example-com"));
    assert_eq!(run("slug", &[text("/var/Cache//x/")]), text("var-cache-x"));
    assert!(refused("slug", &[text("/")]).contains("nothing of `/`"));
    let long = |end: &str| run("slug", &[text(&format!("{}{end}", "ab-".repeat(40)))]);
    let (one, two) = (long("x"), long("y"));
    assert_ne!(one, two);
    assert!(one.as_text().unwrap().len() <= 63);
}

#[test]
fn schedules() {
    for (every, line) in [
        ("1min", "* * * * *"),
        ("5min", "*/5 * * * *"),
        ("1h", "0 * * * *"),
        ("6h", "0 */6 * * *"),
        ("1d", "0 0 * * *"),
        ("7d", "0 0 * * 0"),
    ] {
        assert_eq!(run("cron", &[of(ScalarType::Duration, every)]), text(line), "{every}");
    }
    let no = |every: &str| refused("cron", &[of(ScalarType::Duration, every)]);
    assert_eq!(no("7min"), "no line of cron means every 7min; there is 6min and 10min");
    assert_eq!(no("90s"), "no line of cron means every 90s; there is 1min and 2min");
    assert_eq!(no("5h"), "no line of cron means every 5h; there is 4h and 6h");
    assert_eq!(no("30d"), "no line of cron means every 30d; there is 7d");
    assert_eq!(no("10s"), "no line of cron means every 10s; there is 1min");
}

#[test]
fn networks() {
    assert_eq!(run("disjoint", &[ranges(&["10.0.0.0/25", "10.0.0.128/25"])]), bool(true));
    assert_eq!(run("disjoint", &[ranges(&["10.0.0.0/24", "10.0.0.128/25"])]), bool(false));
    assert!(refused("disjoint", &[list(&[int(1)])]).contains("one is the integer 1"));
    let nets = ranges(&["10.0.0.0/24", "10.0.2.0/24"]);
    assert_eq!(run("apart", &[nets.clone(), ranges(&["10.0.1.0/24", "10.0.1.7", "10.0.1.0/28"])]), bool(true));
    assert_eq!(run("apart", &[nets, ranges(&["10.0.1.0/24", "10.0.2.7"])]), bool(false));
    let halves = ranges(&["10.0.0.128/25", "10.0.0.0/25"]);
    assert_eq!(run("within", &[of(ScalarType::Cidr, "10.0.0.0/24"), halves.clone()]), bool(true));
    assert_eq!(run("within", &[of(ScalarType::Ip, "10.0.1.0"), halves]), bool(false));
    let overlap = |a, b| run("overlaps", &[of(ScalarType::IpRange, a), of(ScalarType::IpRange, b)]);
    assert_eq!(overlap("10.0.0.0/24", "10.0.0.255"), bool(true));
    assert_eq!(overlap("10.0.0.0/24", "10.0.1.0"), bool(false));
    assert_eq!(overlap("0.0.0.0/0", "::/0"), bool(false));
    assert_eq!(run("net", &[of(ScalarType::Ip, "10.0.0.1")]), of(ScalarType::Cidr, "10.0.0.1/32"));
    assert_eq!(run("net", &[of(ScalarType::Ip, "fd42::1")]), of(ScalarType::Cidr, "fd42::1/128"));
    let free = run("free", &[ranges(&["10.0.0.0..10.0.0.9", "10.0.0.20"]), ranges(&["10.0.0.0/27"])]);
    assert_eq!(free, ranges(&["10.0.0.10..10.0.0.19", "10.0.0.21..10.0.0.31"]));
    assert_eq!(run("free", &[ranges(&["0.0.0.0/0"]), ranges(&["255.255.255.0/24"])]), list(&[]));
}

#[test]
fn hardware_addresses_and_ports() {
    let mac = |ip: &str| spelling(&run("mac-of", &[of(ScalarType::Ip, ip)])).unwrap();
    assert_eq!(mac("10.69.50.20"), "52:54:00:69:50:20");
    assert_eq!(mac("10.1.2.3"), "52:54:00:01:02:03");
    assert_eq!(mac("192.168.1.10"), "52:54:01:a8:01:0a");
    assert_eq!(mac("10.100.100.100"), "52:54:01:64:64:64");
    assert_ne!(mac("10.64.64.64"), mac("10.100.100.100"));
    assert_eq!(run("mac-of", &[of(ScalarType::Ip, "fd42::1")]), run("mac-from", &[text("fd42::1")]));
    let Kind::Mac(made) = run("mac-from", &[text("homelab/master/lan")]).kind() else { panic!() };
    assert_eq!(made.0[0] & 0b11, 0b10);
    let first = (0..2000).map(|seed| run("mac-from", &[text(&seed.to_string())]));
    assert!(first.into_iter().all(|mac| !matches!(mac.kind(), Kind::Mac(mac) if mac.0[0] == 0xfe)), "libvirt's own");
    assert_eq!(run("mac-from", &[text("a")]), run("mac-from", &[text("a")]));
    assert_ne!(run("mac-from", &[text("a")]), run("mac-from", &[text("b")]));
    assert_eq!(run("tcp", &[int(443)]), of(ScalarType::PortSpec, "443/tcp"));
    assert_eq!(run("udp", &[int(53)]), of(ScalarType::PortSpec, "53/udp"));
    assert_eq!(refused("tcp", &[int(0)]), "0 is no port; they lie between 1 and 65535");
    assert_eq!(refused("tcp", &[int(-1)]), "-1 is no port; the largest is 65535");
}

#[test]
fn text_around_a_secret_is_a_secret() {
    let password = secret("harbor/apps-pull", "password");
    let url = interpolate(&[text("postgresql://app:"), password.clone(), text("@db/"), int(5)], HERE).unwrap();
    assert_eq!(template_of(&url), "postgresql://app:{{ .harbor_apps_pull__password }}@db/5");
    assert_eq!(run("secret", std::slice::from_ref(&url)), bool(true));
    assert_eq!(run("secret", &[list(&[int(1), url.clone()])]), bool(true));
    assert_eq!(run("secret", &[text("x")]), bool(false));
    let joined = run("join", &[list(&[text("a"), password.clone()]), text(":")]);
    assert_eq!(template_of(&joined), "a:{{ .harbor_apps_pull__password }}");
    let replaced = run("replace", &[text("x=@PW@;y=@PW@"), text("@PW@"), password.clone()]);
    assert_eq!(template_of(&replaced).matches("{{ .harbor_apps_pull__password }}").count(), 2);
    for name in ["length", "lower", "trim", "slug", "mac-from"] {
        assert!(refused(name, std::slice::from_ref(&password)).contains("nobody may read it"), "{name}");
    }
    assert!(refused("contains", &[password.clone(), text("x")]).contains("nobody may read it"));
    assert!(!format!("{url:?}").contains("postgresql"));
    assert_eq!(interpolate(&[text("a"), Value::none(HERE)], HERE).unwrap_err().argument, Some(1));
}

#[test]
fn base64_of_a_secret_is_of_the_whole_text() {
    let password = secret("harbor/apps-pull", "password");
    let alone = run("base64", std::slice::from_ref(&password));
    assert_eq!(template_of(&alone), "{{ .harbor_apps_pull__password | b64enc }}");
    let pair = interpolate(&[text("100%\"user\":"), password.clone()], HERE).unwrap();
    let auth = run("base64", &[pair]);
    assert_eq!(template_of(&auth), r#"{{ printf "100%%\"user\":%s" .harbor_apps_pull__password | b64enc }}"#);
    let twice = run("base64", &[interpolate(&[text("x"), auth], HERE).unwrap()]);
    let inner = r#"(printf "100%%\"user\":%s" .harbor_apps_pull__password | b64enc)"#;
    assert_eq!(template_of(&twice), format!("{{{{ printf \"x%s\" {inner} | b64enc }}}}"));
}

#[test]
fn templates_escape_what_is_plain() {
    assert_eq!(template_of(&text("a {{ b }}")), "a {{ \"{{\" }} b }}");
    assert_eq!(template_of(&text("plain")), "plain");
    assert_eq!(template_of(&int(5)), "5");
    let braces = interpolate(&[text("{"), secret("a", "b"), text("}")], HERE).unwrap();
    assert_eq!(template_of(&braces), "{{ \"{\" }}{{ .a__b }}}");
    assert_eq!(template_of(&text("{{{{{")), "{{ \"{{\" }}{{ \"{{\" }}{");
    let plain = secret("a", "b");
    let Kind::Secret(plain) = plain.kind() else { panic!() };
    let json = Value::secret(encode(plain, Symbol::new("json")), HERE);
    assert_eq!(template_of(&json), "{{ .a__b | toJson }}");
    let odd = Value::secret(encode(plain, Symbol::new("hex")), HERE);
    assert!(refused("template", &[odd]).contains("`hex`"));
}

#[test]
fn references_are_listed_once_in_order() {
    let (a, b) = (secret("z/one", "k"), secret("a/two", "k"));
    let data = record(&[("x", a.clone()), ("y", list(&[b, a.clone(), text("plain")]))]);
    let refs = run("refs", &[list(&[data])]);
    let Kind::List(items) = refs.kind() else { panic!("{refs:?}") };
    let aliases: Vec<_> = items.iter().map(|r| r.get("alias".into()).cloned().unwrap()).collect();
    assert_eq!(list(&aliases), texts(&["a_two__k", "z_one__k"]));
    assert_eq!(items[1].get("path".into()), Some(&text("z/one")));
    assert_eq!(items[1].get("key".into()), Some(&text("k")));
    assert_eq!(items[1].get("value".into()), Some(&a));
    let same = list(&[secret("a/b", "k"), secret("a-b", "k")]);
    assert!(refused("refs", &[same]).contains("would both be called `a_b__k`"));
    assert_eq!(alias(&reference("1/x", "k")), "_1_x__k");
}

#[test]
fn outputs_are_known_later() {
    let env = reference("a", "b").owner.clone();
    let out = outputs_of(&env, &[("base".into(), vec!["ca".into(), "url".into()])], HERE);
    let ca = out.get("base".into()).and_then(|call| call.get("ca".into())).unwrap();
    assert!(matches!(ca.kind(), Kind::Later(later) if later.path == [Symbol::new("base"), Symbol::new("ca")]));
    assert!(interpolate(std::slice::from_ref(ca), HERE).unwrap_err().message.contains("known only when"));
}
