use super::*;
use LiteralClass as C;

fn refused(class: C, text: &str, message: &str, suggestion: Option<&str>) {
    let error = parse_literal(class, text, HERE).expect_err(text);
    assert_eq!(error.message, message, "{text}");
    assert_eq!(error.suggestion.as_deref(), suggestion, "{text}");
    if let Some(better) = suggestion
        && class != C::Malformed
    {
        assert!(parse_literal(class, better, HERE).is_ok(), "the suggestion {better}");
    }
}

#[test]
fn integers() {
    assert_eq!(lit(C::Int, "64_512"), int(64_512));
    assert_eq!(lit(C::Int, "0x1f"), int(31));
    assert_eq!(lit(C::Int, "0b101"), int(5));
    assert_eq!(lit(C::Int, "0o17"), int(15));
    assert_eq!(lit(C::Int, "0"), int(0));
    assert_eq!(lit(C::Int, "9223372036854775807"), int(i64::MAX));
    assert_eq!(of(ScalarType::Int, "-9223372036854775808"), int(i64::MIN));
    refused(C::Int, "0750", "`0750` begins with a zero, which reads as octal elsewhere", Some("750"));
    refused(C::Int, "1__0", "`1__0` is no integer", None);
    let large = "`9223372036854775808` is too large; integers lie between -9223372036854775808 and 9223372036854775807";
    refused(C::Int, "9223372036854775808", large, None);
}

#[test]
fn floats_and_words() {
    assert_eq!(lit(C::Float, "0.5"), Value::float(0.5, HERE));
    assert_eq!(lit(C::Float, "1_000.25"), Value::float(1000.25, HERE));
    refused(C::Float, "inf", "`inf` is no number", None);
    refused(C::Float, "1_.0", "`1_.0` is no number", None);
    assert_eq!(lit(C::Bool, "true"), Value::bool(true, HERE));
    refused(C::Bool, "yes", "`yes` is neither `true` nor `false`", Some("true"));
    assert!(lit(C::None, "none").is_none());
    assert_eq!(lit(C::Null, "null"), Value::null(HERE));
}

#[test]
fn addresses() {
    assert_eq!(lit(C::Ip, "10.69.50.20"), Value::ip(Ip::from([10, 69, 50, 20]), HERE));
    assert_eq!(spelling(&lit(C::Ip, "FD42:1:0::1")).unwrap(), "fd42:1::1");
    refused(C::Ip, "10.69.50.300", "300 is no octet of an address; the largest is 255", None);
    refused(
        C::Ip,
        "10.69.050.1",
        "050 in `10.69.050.1` begins with a zero, which reads as octal elsewhere",
        Some("10.69.50.1"),
    );
    refused(C::Ip, "10.69.50", "`10.69.50` is no address: an IPv4 address has four numbers, this has 3", None);
    refused(C::Ip, "fd42:::1", "`fd42:::1` is no address: `::` stands once in an IPv6 address", None);
    refused(C::Ip, "fd42::12345", "`fd42::12345` is no address: `12345` has more than four digits", None);
    refused(C::Ip, "fd42::g", "`fd42::g` is no address: `g` is no hexadecimal digit", None);
    let few = "`1:2:3` is no address: an IPv6 address has eight groups, or `::` in place of zeros, this has 3";
    refused(C::Ip, "1:2:3", few, None);
    refused(
        C::Ip,
        "fe80::1%eth0",
        "`fe80::1%eth0` is no address: a zone belongs to a machine, not to an address",
        None,
    );
}

#[test]
fn networks() {
    assert_eq!(spelling(&lit(C::Cidr, "fd42:1::/64")).unwrap(), "fd42:1::/64");
    refused(C::Cidr, "10.69.50.5/24", "10.69.50.5/24 has host bits set", Some("10.69.50.0/24"));
    refused(C::Cidr, "10.0.0.0/33", "`33` is no prefix length; an IPv4 network has 0 to 32 bits", None);
    refused(C::Cidr, "10.0.0.0/08", "`08` is no prefix length; an IPv4 network has 0 to 32 bits", None);
    refused(
        C::Cidr,
        "10.0.0.1",
        "`10.0.0.1` has no prefix length; a network is written 10.69.50.0/24",
        Some("10.0.0.1/32"),
    );
    assert_eq!(lit(C::Cidr, "::/0"), cidr("::/0"));
}

#[test]
fn ranges_of_addresses() {
    assert_eq!(spelling(&lit(C::IpRange, "10.69.50.128..10.69.50.191")).unwrap(), "10.69.50.128-10.69.50.191");
    assert_eq!(range("10.0.0.0/30"), range("10.0.0.0-10.0.0.3"));
    assert_eq!(range("10.0.0.1"), range("10.0.0.1..10.0.0.1"));
    refused(C::IpRange, "10.0.0.9..10.0.0.1", "`10.0.0.9..10.0.0.1` ends before it begins", Some("10.0.0.1..10.0.0.9"));
    refused(
        C::IpRange,
        "10.0.0.9..fd42::1",
        "`10.0.0.9..fd42::1` begins in one family of addresses and ends in the other",
        None,
    );
}

#[test]
fn hardware_addresses() {
    assert_eq!(spelling(&lit(C::Mac, "52:54:00:69:50:AB")).unwrap(), "52:54:00:69:50:ab");
    refused(C::Mac, "52:54:00", "`52:54:00` is no hardware address: it has six octets, this has 3", None);
    refused(
        C::Mac,
        "52:54:00:69:50:2g",
        "`52:54:00:69:50:2g` is no hardware address: `2g` is not two hexadecimal digits",
        None,
    );
    let dashed = "`52-54-00-69-50-AB` separates with `-`; a hardware address is written with `:`";
    refused(C::Mac, "52-54-00-69-50-AB", dashed, Some("52:54:00:69:50:ab"));
}

#[test]
fn sizes() {
    assert_eq!(lit(C::Size, "8GiB"), Value::size(8 << 30, HERE));
    assert_eq!(lit(C::Size, "1.5GiB"), Value::size(1536 << 20, HERE));
    assert_eq!(lit(C::Size, "500MB"), Value::size(500_000_000, HERE));
    assert_eq!(lit(C::Size, "500kB"), lit(C::Size, "500KB"));
    refused(C::Size, "8Gi", "`8Gi` is no size; it is written 8GiB or 500MB", Some("8GiB"));
    refused(C::Size, "8gib", "`8gib` is no size; it is written 8GiB or 500MB", Some("8GiB"));
    refused(C::Size, "0.3B", "`0.3B` is no whole number of bytes", None);
    refused(C::Size, "8EiB", "`8EiB` is too large; sizes end below 8EiB", None);
    refused(
        C::Size,
        "99999999999999999999999999999999999999999GiB",
        &too_large("99999999999999999999999999999999999999999GiB"),
        None,
    );
    assert_eq!(size("10Gi"), size("10GiB"));
    assert_eq!(size("1024"), size("1KiB"));
}

fn too_large(text: &str) -> String {
    format!("`{text}` is too large; sizes end below 8EiB")
}

#[test]
fn durations() {
    assert_eq!(lit(C::Duration, "60d"), Value::duration(60 * 86_400_000, HERE));
    assert_eq!(lit(C::Duration, "1h30min"), Value::duration(5_400_000, HERE));
    assert_eq!(lit(C::Duration, "1.5s"), Value::duration(1500, HERE));
    assert_eq!(duration("5m"), duration("5min"));
    assert_eq!(duration("0"), duration("0s"));
    assert_eq!(duration("-1m30s"), Value::duration(-90_000, HERE));
    let wrong = |text: &str| format!("`{text}` is no duration; it is written 30s, 5min, 2h or 7d");
    refused(C::Duration, "5m", &wrong("5m"), None);
    refused(C::Duration, "5hours", &wrong("5hours"), Some("5h"));
    refused(C::Duration, "5s3h", &wrong("5s3h"), None);
    refused(C::Duration, "s", &wrong("s"), None);
    refused(C::Duration, "0.5ms", "`0.5ms` is no whole number of milliseconds", None);
    let long = "`99999999999999999w` is too long; durations end at 106751d";
    refused(C::Duration, "99999999999999999w", long, None);
    refused(C::Duration, "106752d", "`106752d` is too long; durations end at 106751d", None);
    assert_eq!(spelling(&lit(C::Duration, "106751d")).unwrap(), "2562024h");
}

#[test]
fn cores_and_percentages() {
    assert_eq!(lit(C::Cpu, "250m"), Value::cpu(250, HERE));
    assert_eq!(of(ScalarType::Cpu, "2"), Value::cpu(2000, HERE));
    assert_eq!(of(ScalarType::Cpu, "0.5"), Value::cpu(500, HERE));
    refused(C::Cpu, "0.5m", "`0.5m` is no whole number of thousandths of a core", None);
    assert_eq!(lit(C::Percent, "200%"), Value::percent(200, HERE));
    refused(C::Percent, "0.5%", "`0.5%` has a fraction; percentages are whole numbers", None);
    refused(C::Percent, "15", "`15` is no percentage; it is written 15%", Some("15%"));
}

#[test]
fn ports() {
    let ports = |first, last, protocols| Value::ports(PortSpec { first, last, protocols }, HERE);
    assert_eq!(lit(C::PortSpec, "443/tcp"), ports(443, 443, Protocols::Tcp));
    assert_eq!(lit(C::PortSpec, "4240..4245/udp"), ports(4240, 4245, Protocols::Udp));
    assert_eq!(lit(C::PortSpec, "53/tcp+udp"), ports(53, 53, Protocols::Both));
    refused(C::PortSpec, "0/tcp", "0 is no port; they lie between 1 and 65535", None);
    refused(C::PortSpec, "65536/tcp", "65536 is no port; the largest is 65535", None);
    refused(C::PortSpec, "9..1/tcp", "`9..1/tcp` ends before it begins", Some("1..9/tcp"));
    refused(C::PortSpec, "443/TCP", "`TCP` is no protocol of ports: tcp, udp, tcp+udp", Some("443/tcp"));
    refused(C::PortSpec, "443", "`443` has no protocol; ports are written 443/tcp", Some("443/tcp"));
}

#[test]
fn ranges_of_values() {
    let ends = |text: &str| match parse_literal(C::Range, text, HERE) {
        Ok(Literal::Range(first, last)) => (first, last),
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(ends("1..128"), (int(1), int(128)));
    assert_eq!(ends("0x10..0x1f"), (int(16), int(31)));
    assert_eq!(ends("100%..300%"), (Value::percent(100, HERE), Value::percent(300, HERE)));
    assert_eq!(ends("1GiB..8GiB"), (size("1GiB"), size("8GiB")));
    assert_eq!(ends("30s..5min"), (duration("30s"), duration("5min")));
    assert_eq!(ends("100m..2000m"), (Value::cpu(100, HERE), Value::cpu(2000, HERE)));
    assert_eq!(ends("0.5..1.5"), (Value::float(0.5, HERE), Value::float(1.5, HERE)));
    refused(C::Range, "128..1", "`128..1` ends before it begins", Some("1..128"));
    refused(C::Range, "1..2GiB", "`1` is an integer and `2GiB` a size; the ends of a range have one type", None);
    refused(C::Range, "1..", "`` is no integer", None);
    let (first, last) = ends("1..128");
    assert!(in_range(&int(1), &first, &last) && in_range(&int(128), &first, &last));
    assert!(!in_range(&int(0), &first, &last) && !in_range(&int(129), &first, &last));
}

#[test]
fn malformed() {
    refused(C::Malformed, "10Gi", "`Gi` in `10Gi` is no unit", Some("10GiB"));
    refused(C::Malformed, "500M", "`M` in `500M` is no unit", Some("500MB"));
    refused(C::Malformed, "30sec", "`sec` in `30sec` is no unit", Some("30s"));
    refused(C::Malformed, "7x", "`x` in `7x` is no unit", None);
    refused(C::Malformed, "1.2.3", "`1.2.3` is no number", None);
}

#[test]
fn as_numbers() {
    assert_eq!(of(ScalarType::Asn, "AS64513"), int(64_513));
    assert_eq!(of(ScalarType::Asn, "4200000000"), int(4_200_000_000));
    for reserved in [0, 23_456, 65_535, 4_294_967_295] {
        assert!(check_asn(reserved).unwrap_err().message.contains("reserved"));
    }
    assert!(check_asn(-1).is_err() && check_asn(4_294_967_296).is_err());
    assert!(parse_text_as(ScalarType::Asn, "ASx", HERE).is_err());
}

#[test]
fn spellings() {
    let cases = [
        (duration("60d"), "1440h", "60d"),
        (duration("5min"), "5m", "5min"),
        (duration("90s"), "1m30s", "90s"),
        (duration("1500ms"), "1s500ms", "1500ms"),
        (duration("0s"), "0s", "0s"),
        (duration("-90s"), "-1m30s", "-90s"),
        (size("10GiB"), "10Gi", "10GiB"),
        (size("500MB"), "500M", "500MB"),
        (size("1000KiB"), "1000Ki", "1000KiB"),
        (size("1TB"), "1T", "1TB"),
        (size("1234B"), "1234", "1234B"),
        (size("0B"), "0", "0B"),
        (of(ScalarType::Cpu, "100m"), "100m", "100m"),
        (of(ScalarType::Cpu, "2000m"), "2", "2000m"),
        (of(ScalarType::Percent, "200%"), "200%", "200%"),
        (of(ScalarType::PortSpec, "4240..4245/tcp"), "4240-4245/tcp", "4240..4245/tcp"),
        (range("10.0.0.1..10.0.0.9"), "10.0.0.1-10.0.0.9", "10.0.0.1..10.0.0.9"),
        (Value::float(2.0, HERE), "2.0", "2.0"),
        (Value::float(-0.0, HERE), "0.0", "0.0"),
        (Value::float(1e21, HERE), "1000000000000000000000.0", "1000000000000000000000.0"),
        (text("a\"${b}"), "a\"${b}", "\"a\\\"\\${b}\""),
        (Value::case("server".into(), None, HERE), "server", "server"),
    ];
    for (value, data, source) in cases {
        assert_eq!(spelling(&value).as_deref(), Some(data));
        assert_eq!(literal(&value).as_deref(), Some(source));
    }
    assert_eq!(spelling(&Value::none(HERE)), None);
    assert_eq!(spelling(&list(&[])), None);
    assert_eq!(spelling(&Value::float(f64::NAN, HERE)), None);
}

#[test]
fn descriptions_are_short() {
    assert_eq!(describe(&size("8GiB")), "the size 8GiB");
    assert_eq!(describe(&ip("10.0.0.1")), "the address 10.0.0.1");
    assert_eq!(describe(&text("a\nb")), "the text \"a…\"");
    assert!(describe(&text(&"x".repeat(1000))).chars().count() < 80);
    assert_eq!(describe(&list(&[])), "a list");
}
