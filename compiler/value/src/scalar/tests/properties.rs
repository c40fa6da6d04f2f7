use super::*;
use crate::{Kind, Record};
use proptest::prelude::*;
use std::cmp::Ordering;
use std::hash::{BuildHasher, BuildHasherDefault};

/// Few different numbers, so that equal ones meet, and the extreme ones.
fn number() -> impl Strategy<Value = i64> {
    prop_oneof![-3..4i64, any::<i64>(), Just(i64::MAX), Just(i64::MIN), Just((1 << 53) + 1), Just(1 << 53)]
}

fn address() -> impl Strategy<Value = Ip> {
    prop_oneof![
        (0..4u32).prop_map(|n| Ip::V4((0x0a00_0000 + n).into())),
        any::<u32>().prop_map(|n| Ip::V4(n.into())),
        any::<u128>().prop_map(|n| Ip::V6(n.into())),
    ]
}

fn number_of(ip: Ip) -> u128 {
    match ip {
        Ip::V4(ip) => u128::from(ip.to_bits()),
        Ip::V6(ip) => ip.to_bits(),
    }
}

fn ports() -> impl Strategy<Value = PortSpec> {
    let protocols = prop_oneof![Just(Protocols::Tcp), Just(Protocols::Udp), Just(Protocols::Both)];
    (1..=u16::MAX, 1..=u16::MAX, protocols).prop_map(|(a, b, protocols)| PortSpec {
        first: a.min(b),
        last: a.max(b),
        protocols,
    })
}

fn addresses() -> impl Strategy<Value = Value> {
    let network = (address(), any::<u8>()).prop_filter_map("a prefix", |(ip, bits)| {
        let bits = bits % (if ip.is_ipv4() { 33 } else { 129 });
        Some(Value::cidr(Cidr::new(ip, bits).ok()?.trunc(), HERE))
    });
    let range = (address(), address()).prop_filter_map("one family", |(a, b)| {
        (a.is_ipv4() == b.is_ipv4()).then(|| Value::ip_range(IpRange { first: a.min(b), last: a.max(b) }, HERE))
    });
    prop_oneof![address().prop_map(|ip| Value::ip(ip, HERE)), network, range]
}

/// Every scalar that has a literal.
fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(|v| Value::bool(v, HERE)),
        number().prop_map(int),
        prop_oneof![any::<f64>(), Just(2f64.powi(53)), -2.0..2.0]
            .prop_filter("finite", |v| v.is_finite())
            .prop_map(|v| Value::float(v, HERE)),
        number().prop_map(|v| Value::percent(v, HERE)),
        prop_oneof![0..=i64::MAX as u64, (0..9000u64).prop_map(|n| n << 20), (0..9000u64).prop_map(|n| n * 1_000_000)]
            .prop_map(|v| Value::size(v, HERE)),
        prop_oneof![-9_223_372_036_854..=9_223_372_036_854i64, (-9000..9000i64).prop_map(|n| n * 30_000)]
            .prop_map(|v| Value::duration(v, HERE)),
        prop_oneof![any::<u64>(), (0..100u64).prop_map(|n| n * 500)].prop_map(|v| Value::cpu(v, HERE)),
        any::<[u8; 6]>().prop_map(|v| Value::mac(Mac(v), HERE)),
        addresses(),
        ports().prop_map(|v| Value::ports(v, HERE)),
        "[a-z]{1,2}-?[0-9]{0,2}".prop_map(|v| text(&v)),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        scalar(),
        Just(Value::none(HERE)),
        Just(Value::null(HERE)),
        "[ab]{1,2}".prop_map(|v| Value::case(v.as_str().into(), None, HERE)),
    ];
    leaf.prop_recursive(2, 12, 3, |inner| {
        let fields = prop::collection::vec(("[ab]{1}", inner.clone()), 0..3);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(|v| Value::list(v, HERE)),
            prop::collection::vec(inner.clone(), 0..3).prop_map(|v| Value::set(v, HERE)),
            fields.prop_map(|v| {
                let fields: Record = v.into_iter().map(|(name, value)| (name.as_str().into(), value)).collect();
                Value::record(fields, HERE)
            }),
            inner.prop_map(|v| Value::case("a".into(), Some(v), HERE)),
        ]
    })
}

fn class(value: &Value) -> Option<LiteralClass> {
    Some(match value.kind() {
        Kind::Bool(_) => LiteralClass::Bool,
        Kind::Int(v) if v >= 0 => LiteralClass::Int,
        Kind::Float(v) if v >= 0.0 => LiteralClass::Float,
        Kind::Percent(v) if v >= 0 => LiteralClass::Percent,
        Kind::Size(_) => LiteralClass::Size,
        Kind::Duration(v) if v >= 0 => LiteralClass::Duration,
        Kind::Cpu(_) => LiteralClass::Cpu,
        Kind::Mac(_) => LiteralClass::Mac,
        Kind::Ip(_) => LiteralClass::Ip,
        Kind::Cidr(_) => LiteralClass::Cidr,
        Kind::IpRange(_) => LiteralClass::IpRange,
        Kind::Ports(_) => LiteralClass::PortSpec,
        _ => return None,
    })
}

fn hash(value: &Value) -> u64 {
    BuildHasherDefault::<rustc_hash::FxHasher>::default().hash_one(HashKey(value))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn the_networks_of_a_range_follow_each_other(value in addresses()) {
        let range = as_range(&value).expect("an address, a network or a range");
        let networks: Vec<IpRange> = range_cidrs(&range).iter().map(range_of_cidr).collect();
        prop_assert_eq!(networks.first().map(|net| net.first), Some(range.first));
        prop_assert_eq!(networks.last().map(|net| net.last), Some(range.last));
        for pair in networks.windows(2) {
            let (last, next) = (number_of(pair[0].last), number_of(pair[1].first));
            prop_assert_eq!(last.checked_add(1), Some(next));
        }
        // No more than two of a size.
        prop_assert!(networks.len() <= 2 * 128);
    }

    #[test]
    fn what_is_spelled_reads_back(value in scalar()) {
        let kind = ScalarType::of(&value).unwrap();
        let spelled = spelling(&value).unwrap();
        prop_assert_eq!(parse_text_as(kind, &spelled, HERE), Ok(value), "{}", spelled);
    }

    #[test]
    fn a_literal_reads_back(value in scalar()) {
        if let Some(class) = class(&value) {
            let written = literal(&value).unwrap();
            prop_assert_eq!(parse_literal(class, &written, HERE), Ok(Literal::Value(value)), "{}", written);
        }
    }

    #[test]
    fn no_text_makes_a_parser_panic(text in any::<String>()) {
        for kind in ScalarType::ALL {
            let _ = parse_text_as(kind, &text, HERE);
        }
        let _ = (parse_literal(LiteralClass::Range, &text, HERE), parse_literal(LiteralClass::Malformed, &text, HERE));
    }

    #[test]
    fn every_suggestion_is_right(text in r"[0-9a-fA-F_.:/%+ -]{0,12}(GiB|min|m|/tcp|\.\.|@)?[0-9a-zA-Z.:]{0,6}") {
        for kind in ScalarType::ALL {
            if let Err(error) = parse_text_as(kind, &text, HERE)
                && let Some(better) = error.suggestion
            {
                prop_assert!(parse_text_as(kind, &better, HERE).is_ok(), "{:?}: {} for {}", kind, better, text);
            }
        }
        for class in [LiteralClass::Range, LiteralClass::IpRange, LiteralClass::Malformed] {
            if let Err(error) = parse_literal(class, &text, HERE) {
                prop_assert!(!error.message.is_empty());
            }
        }
    }

    #[test]
    fn compare_is_a_total_order(a in value(), b in value(), c in value()) {
        prop_assert_eq!(compare(&a, &a), Ordering::Equal);
        prop_assert_eq!(compare(&a, &b), compare(&b, &a).reverse());
        let mut three = [a, b, c];
        three.sort_by(compare);
        prop_assert!(compare(&three[0], &three[2]).is_le());
        prop_assert!(compare(&three[0], &three[1]).is_le() && compare(&three[1], &three[2]).is_le());
    }

    #[test]
    fn compare_equal_and_hash_agree(a in value(), b in value()) {
        prop_assert_eq!(compare(&a, &b) == Ordering::Equal, a == b);
        if a == b {
            prop_assert_eq!(hash(&a), hash(&b));
        }
    }

    #[test]
    fn numbers_order_exactly(a in number(), b in number()) {
        let wide = Value::float(a as f64, HERE);
        let exact = (a as f64) as i128;
        prop_assert_eq!(compare(&wide, &int(b)), exact.cmp(&i128::from(b)));
        prop_assert_eq!(wide == int(b), exact == i128::from(b));
        if wide == int(b) {
            prop_assert_eq!(hash(&wide), hash(&int(b)));
        }
    }

    #[test]
    fn operators_never_panic(a in value(), b in value()) {
        use BinaryOp::*;
        for op in [Eq, Ne, Lt, Le, Gt, Ge, In, NotIn, Add, Sub, Mul, Div, Rem] {
            let _ = binary(op, &a, &b, HERE);
        }
    }

    #[test]
    fn addresses_come_back(ip in address(), by in any::<i32>()) {
        let start = Value::ip(ip, HERE);
        if let Ok(moved) = binary(BinaryOp::Add, &start, &int(i64::from(by)), HERE) {
            prop_assert_eq!(binary(BinaryOp::Sub, &moved, &start, HERE), Ok(int(i64::from(by))));
        }
    }

    #[test]
    fn overlaps_are_found_as_by_hand(items in prop::collection::vec(addresses(), 0..8)) {
        let meet = |(a, b): (&Value, &Value)| match (as_range(a), as_range(b)) {
            (Some(a), Some(b)) => a.first.is_ipv4() == b.first.is_ipv4() && a.first <= b.last && b.first <= a.last,
            _ => false,
        };
        let by_hand = (0..items.len()).any(|i| (0..i).any(|j| meet((&items[i], &items[j]))));
        let found = overlapping_pair(&items);
        prop_assert_eq!(found.is_some(), by_hand);
        if let Some((i, j)) = found {
            prop_assert!(i < j && meet((&items[i], &items[j])));
        }
    }

    #[test]
    fn a_free_block_is_free(taken in prop::collection::vec((0..256u32, 0..64u32), 0..8), bits in 24..=32u8) {
        let base = 0x0a00_0000u32;
        let range = |(start, length): &(u32, u32)| IpRange {
            first: Ip::V4((base + start).into()),
            last: Ip::V4((base + (start + length).min(255)).into()),
        };
        let taken: Vec<IpRange> = taken.iter().map(range).collect();
        let net: Cidr = "10.0.0.0/24".parse().unwrap();
        let meets = |block: &Cidr| taken.iter().any(|t| t.first <= block.broadcast() && block.network() <= t.last);
        let by_hand = net.subnets(bits).unwrap().find(|block| !meets(block));
        prop_assert_eq!(first_free_block(&taken, &[range_of_cidr(&net)], bits), by_hand);
    }
}
