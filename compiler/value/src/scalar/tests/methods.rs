use super::*;

fn call(value: &Value, name: &str, args: &[Value]) -> Value {
    call_method(value, name, args, HERE).unwrap_or_else(|e| panic!("{name}: {}", e.message))
}

fn refused(value: &Value, name: &str, args: &[Value]) -> String {
    call_method(value, name, args, HERE).expect_err(name).message
}

#[test]
fn hosts_and_subnets() {
    let lan = cidr("10.69.50.0/24");
    assert_eq!(call(&lan, "host", &[int(20)]), ip("10.69.50.20"));
    assert_eq!(call(&lan, "host", &[int(0)]), ip("10.69.50.0"));
    assert_eq!(call(&lan, "host", &[int(-1)]), ip("10.69.50.255"));
    assert_eq!(call(&lan, "host", &[int(-256)]), ip("10.69.50.0"));
    let outside = "10.69.50.0/24 has no address number 256; it goes from 10.69.50.0 to 10.69.50.255";
    assert_eq!(refused(&lan, "host", &[int(256)]), outside);
    assert!(refused(&lan, "host", &[int(-257)]).contains("number -257"));
    assert_eq!(call(&cidr("::/0"), "host", &[int(-1)]), ip("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
    assert!(refused(&lan, "host", &[int(i64::MIN)]).contains("has no address"));
    assert_eq!(call(&lan, "subnet", &[int(28), int(3)]), cidr("10.69.50.48/28"));
    assert_eq!(call(&lan, "subnet", &[int(28), int(-1)]), cidr("10.69.50.240/28"));
    assert_eq!(call(&lan, "subnet", &[int(24), int(0)]), lan);
    assert_eq!(call(&cidr("::/0"), "subnet", &[int(0), int(0)]), cidr("::/0"));
    let count = "10.69.50.0/24 has no network number 16 of 28 bits; there are 16, from 0";
    assert_eq!(refused(&lan, "subnet", &[int(28), int(16)]), count);
    assert!(refused(&lan, "subnet", &[int(23), int(0)]).contains("their prefix has 24 to 32"));
    assert!(refused(&lan, "subnet", &[int(300), int(0)]).contains("their prefix has 24 to 32"));
}

#[test]
fn parts_of_networks_and_ports() {
    let lan = cidr("10.69.50.0/24");
    assert_eq!(call(&lan, "first", &[]), ip("10.69.50.0"));
    assert_eq!(call(&lan, "last", &[]), ip("10.69.50.255"));
    assert_eq!(call(&lan, "prefix", &[]), int(24));
    assert_eq!(call(&cidr("fd42::/64"), "family", &[]), int(6));
    assert_eq!(call(&ip("10.0.0.1"), "family", &[]), int(4));
    assert_eq!(call(&range("10.0.0.1..10.0.0.9"), "last", &[]), ip("10.0.0.9"));
    let ports = of(ScalarType::PortSpec, "4240..4245/tcp+udp");
    assert_eq!(call(&ports, "first", &[]), int(4240));
    assert_eq!(call(&ports, "last", &[]), int(4245));
    assert_eq!(call(&ports, "protocols", &[]), list(&[text("tcp"), text("udp")]));
}

#[test]
fn amounts_are_exact() {
    assert_eq!(call(&size("3GiB"), "mib", &[]), int(3072));
    assert_eq!(call(&size("3GiB"), "gib", &[]), int(3));
    assert_eq!(call(&size("3GiB"), "kib", &[]), int(3 << 20));
    assert_eq!(call(&size("500MB"), "bytes", &[]), int(500_000_000));
    assert_eq!(refused(&size("1536MiB"), "gib", &[]), "1536MiB is no whole number of gibibytes");
    assert_eq!(call(&duration("2d"), "hours", &[]), int(48));
    assert_eq!(call(&duration("2d"), "days", &[]), int(2));
    assert_eq!(call(&duration("90min"), "minutes", &[]), int(90));
    assert_eq!(call(&duration("90s"), "seconds", &[]), int(90));
    assert_eq!(call(&duration("90s"), "milliseconds", &[]), int(90_000));
    assert_eq!(refused(&duration("36h"), "days", &[]), "36h is no whole number of days");
    assert_eq!(call(&of(ScalarType::Cpu, "1.5"), "milli", &[]), int(1500));
    assert_eq!(call(&of(ScalarType::Percent, "15%"), "number", &[]), int(15));
    assert!(refused(&int(1), "mib", &[]).contains("the integer 1 has no `mib`"));
}

#[test]
fn parts_of_texts() {
    let url = text("https://git.example.com:8443/infra/x?y");
    assert_eq!(call(&url, "scheme", &[]), text("https"));
    assert_eq!(call(&url, "host", &[]), text("git.example.com"));
    assert_eq!(call(&url, "port", &[]), int(8443));
    assert_eq!(call(&url, "path", &[]), text("/infra/x"));
    assert_eq!(call(&text("http://[fd42::1]"), "host", &[]), text("fd42::1"));
    assert_eq!(call(&text("ssh://git@x"), "port", &[]), int(22));
    assert!(refused(&text("s3://bucket/x"), "port", &[]).contains("`s3` has no usual one"));
    let image = text("localhost:5000/a/b:1.2");
    assert_eq!(call(&image, "repository", &[]), text("localhost:5000/a/b"));
    assert_eq!(call(&image, "name", &[]), text("b"));
    assert_eq!(call(&image, "tag", &[]), text("1.2"));
    assert!(call(&image, "digest", &[]).is_none());
}

#[test]
fn every_method_has_a_type_and_runs() {
    let samples = [
        (ScalarType::Ip, "10.0.0.1"),
        (ScalarType::Cidr, "10.0.0.0/24"),
        (ScalarType::IpRange, "10.0.0.1..10.0.0.2"),
        (ScalarType::PortSpec, "443/tcp"),
        (ScalarType::Size, "1GiB"),
        (ScalarType::Duration, "1d"),
        (ScalarType::Cpu, "1"),
        (ScalarType::Percent, "1%"),
        (ScalarType::Url, "https://example.com/"),
        (ScalarType::Image, "a:b"),
    ];
    let mut seen = 0;
    for (kind, sample) in samples {
        for name in method_names(kind) {
            let sig = method_type(kind, name).unwrap();
            let args = [int(28), int(0)];
            let result = call(&of(kind, sample), name, &args[2 - sig.params.len()..]);
            let (MethodResult::Scalar(result_type) | MethodResult::Optional(result_type)) = sig.result else {
                seen += 1;
                continue;
            };
            assert!(result.is_none() || ScalarType::of(&result) == Some(result_type), "{kind:?}.{name}");
            seen += 1;
        }
    }
    assert_eq!(seen, 32);
    assert_eq!(method_type(ScalarType::Text, "host"), None);
}
