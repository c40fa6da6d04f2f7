use super::{TextKind, check_text};

fn good(kind: TextKind, texts: &[&str]) {
    for text in texts {
        assert_eq!(check_text(kind, text), Ok(()), "{kind:?} {text}");
    }
}

/// Each refused, with the suggestion behind it.
fn bad(kind: TextKind, texts: &[(&str, &str, Option<&str>)]) {
    for (text, why, suggestion) in texts {
        let error = check_text(kind, text).expect_err(text);
        assert!(error.message.contains(why), "{text:?}: {}", error.message);
        assert_eq!(error.suggestion.as_deref(), *suggestion, "{text:?}");
        if let Some(better) = &error.suggestion {
            assert_eq!(check_text(kind, better), Ok(()), "the suggestion for {text:?}");
        }
    }
}

#[test]
fn versions() {
    good(
        TextKind::Version,
        &["1.19.0", "v1.19.4", "v1.31.4+rke2r1", "18.10.1-ce.0", "25.11", "18", "1.0~rc1", "2024-01-16T16-07-38Z"],
    );
    bad(
        TextKind::Version,
        &[
            ("", "begins with a number", None),
            ("latest", "begins with a number", None),
            ("1.2.3 ", "a space stands in none", Some("1.2.3")),
            ("1..2", "a part of it is empty", None),
            ("1.2.", "a part of it is empty", None),
            (">=1.2", "begins with a number", None),
        ],
    );
}

#[test]
fn names() {
    good(
        TextKind::Name,
        &["worker-1", "preferred_username", "portal.homelab", "K8sDisallowLatestTag", "_x", "harbor__db", "7zip"],
    );
    bad(
        TextKind::Name,
        &[
            ("", "can't be empty", None),
            ("a b", "a space stands in none", None),
            ("-a", "begins and ends", Some("a")),
            ("a.", "begins and ends", Some("a")),
            ("---", "begins and ends", None),
            ("café", "`é` stands in none", None),
            (&"a".repeat(254), "at most 253", None),
        ],
    );
}

#[test]
fn domains() {
    good(
        TextKind::Domain,
        &[
            "example.com",
            "dash",
            "*.kss.lab.example.com",
            "_acme-challenge.example.com",
            "3com.example",
            "xn--bcher-kva.example",
        ],
    );
    let long = format!("{}.com", "a".repeat(64));
    bad(
        TextKind::Domain,
        &[
            ("", "can't be empty", None),
            ("Example.COM", "lower case", Some("example.com")),
            ("example.com.", "without a dot", Some("example.com")),
            ("https://example.com/x", "has a scheme", Some("example.com")),
            ("a..b", "is empty", None),
            (&long, "64 bytes", None),
            ("-a.com", "begins or ends with `-`", None),
            ("a_b.com", "`_` stands in none", None),
            ("10.69.50.1", "its last part is a number", None),
            ("a.*.com", "`*` stands in none", None),
            ("bücher.example", "`ü` stands in none", None),
        ],
    );
}

#[test]
fn urls() {
    good(
        TextKind::Url,
        &[
            "https://example.com",
            "http://10.69.10.10:11434",
            "http://loki-gateway.monitoring.svc.cluster.local:80/loki/api/v1/push",
            "http://grafana",
            "https://[fd42:1::1]:8443/x",
            "ssh://git@gitlab.example.com:2222/infra/x.git",
            "oci://registry.example.com/charts",
            "https://kubernetes-sigs.github.io/headlamp/?a=b&c=%20#frag",
            "file:///etc/hosts",
            "https://*.example.com/*",
        ],
    );
    bad(
        TextKind::Url,
        &[
            ("", "no scheme", None),
            ("example.com/x", "no scheme", Some("https://example.com/x")),
            ("mailto:a@b.c", "no scheme", None),
            ("https://", "no host", None),
            ("https:///x", "no host", None),
            ("HTTPS://example.com", "lower case", Some("https://example.com")),
            ("https://Example.com/A", "lower case", Some("https://example.com/A")),
            ("https://example.com/a b", "a space at character 22 must be written as %20", None),
            ("https://example.com:", "nothing stands behind", None),
            ("https://example.com:0", "0 is no port", None),
            ("https://example.com:70000", "70000 is no port", None),
            ("https://10.69.50.300", "its last part is a number", None),
            ("https://a_b.com", "`_` stands in none", None),
            ("1http://x", "can't stand at character 1", None),
            ("http://ex/é", "`é` can't stand at character 11", None),
        ],
    );
}

#[test]
fn emails() {
    good(TextKind::Email, &["alex@example.com", "a.b+c@Example.COM", "o'neill@x.org", "root@localhost"]);
    bad(
        TextKind::Email,
        &[
            ("alex", "no `@`", None),
            ("@example.com", "before its `@`", None),
            ("a..b@example.com", "before its `@`", None),
            (".a@example.com", "before its `@`", None),
            ("a b@example.com", "a space can't stand", None),
            ("a@", "a domain can't be empty", None),
            ("a@b_c.com", "`_` stands in none", None),
        ],
    );
}

#[test]
fn paths_and_modes() {
    good(TextKind::Path, &["/etc/hosts", "alloy/logs.alloy", "../x", "a b", "/"]);
    bad(TextKind::Path, &[("", "can't be empty", None), ("a\0b", "U+0000 stands in no path", None)]);
    good(TextKind::Mode, &["0750", "0600", "0000", "2775"]);
    bad(
        TextKind::Mode,
        &[
            ("750", "four octal digits", Some("0750")),
            ("0780", "four octal digits", None),
            ("rwx", "four octal digits", None),
            ("", "four octal digits", None),
            ("00750", "four octal digits", None),
        ],
    );
}

#[test]
fn images() {
    let digest = format!("ghcr.io/a/b:1.2@sha256:{}", "0a".repeat(32));
    good(
        TextKind::Image,
        &[
            "busybox",
            "busybox:1.37",
            "ghcr.io/kube-vip/kube-vip:v0.8.0",
            "localhost:5000/a__b/c-d.e:latest",
            "[fd42::1]:5000/x",
            "registry/x",
            "nixos-25.11",
            &digest,
        ],
    );
    let short = "a@sha256:0a";
    bad(
        TextKind::Image,
        &[
            ("", "can't be empty", None),
            ("https://ghcr.io/a/b", "has a scheme", Some("ghcr.io/a/b")),
            ("ghcr.io/Kube/vip:V1", "lower case", Some("ghcr.io/kube/vip:V1")),
            ("a:", "is no tag", None),
            ("a:-b", "is no tag", None),
            ("a//b", "is empty", None),
            ("a/b c", "a space can't stand", None),
            ("a/b...c", "stands between", None),
            ("ghcr.io:0/a", "is no registry", None),
            (short, "64 hexadecimal digits", None),
            ("a@md5:00", "only sha256 and sha512", None),
            (":tag", "has no name", None),
        ],
    );
}
