use super::*;

#[test]
fn pairs_of_overlapping_ranges() {
    let pools = [range("10.69.50.192/28"), range("10.69.50.208..10.69.50.210"), ip("10.69.50.10")];
    assert_eq!(overlapping_pair(&pools), None);
    let pools = [ip("fd42::1"), range("10.69.50.192/27"), ip("10.69.50.10"), cidr("10.69.50.192/28")];
    assert_eq!(overlapping_pair(&pools), Some((1, 3)));
    // A long range hides behind a short one that begins later.
    let pools = [ip("10.0.0.200"), range("10.0.0.0/24")];
    assert_eq!(overlapping_pair(&pools), Some((0, 1)));
    assert_eq!(overlapping_pair(&[ip("0.0.0.1"), ip("::1")]), None);
    assert_eq!(overlapping_pair(&[ip("0.0.0.1"), Value::poison(HERE), ip("0.0.0.1")]), Some((0, 2)));
}

#[test]
fn pairs_of_equal_values() {
    assert_eq!(duplicate_pair(&[int(1), text("1"), Value::float(1.0, HERE), int(1)]), Some((0, 2)));
    assert_eq!(duplicate_pair(&[int(1), int(2)]), None);
    assert_eq!(duplicate_pair(&[Value::poison(HERE), Value::poison(HERE), int(2)]), None);
    assert_eq!(duplicate_pair(&[list(&[int(1)]), list(&[int(2)]), list(&[int(1)])]), Some((0, 2)));
}

#[test]
fn free_blocks() {
    let ranges = |texts: &[&str]| texts.iter().filter_map(|t| as_range(&range(t))).collect::<Vec<_>>();
    let free = |taken: &[&str], within: &[&str], bits| {
        first_free_block(&ranges(taken), &ranges(within), bits).map(|net| net.to_string())
    };
    assert_eq!(free(&["10.69.50.192/28"], &["10.69.50.192/26"], 28).as_deref(), Some("10.69.50.208/28"));
    assert_eq!(free(&["10.0.0.1"], &["10.0.0.0/24"], 28).as_deref(), Some("10.0.0.16/28"));
    assert_eq!(free(&[], &["10.0.0.1..10.0.0.254"], 25), None);
    assert_eq!(free(&[], &["10.0.0.1..10.0.0.254"], 26).as_deref(), Some("10.0.0.64/26"));
    assert_eq!(free(&["10.0.0.0/24"], &["10.0.0.0/24"], 32), None);
    assert_eq!(free(&["10.0.0.0/24"], &["10.0.0.0/24", "10.0.1.0/24"], 24).as_deref(), Some("10.0.1.0/24"));
    // Two networks beside each other are not one.
    assert_eq!(free(&[], &["10.0.0.0/24", "10.0.1.0/24"], 23), None);
    assert_eq!(free(&["fd42::/65"], &["fd42::/64"], 65).as_deref(), Some("fd42::8000:0:0:0/65"));
    assert_eq!(free(&[], &["::/0"], 0).as_deref(), Some("::/0"));
    assert_eq!(free(&[], &["10.0.0.0/8"], 64), None);
    assert_eq!(free(&["255.255.255.0/24"], &["255.255.255.0/24"], 30), None);
}
