//! Parts of Kubernetes that charts hand through. A default that shows some of their fields means all of them.

use crate::import::node::{Node, Scalar};

/// Fields of the Kubernetes types that the keys of charts are named after.
const FIELDS: &[(&[&str], &[&str])] = &[
    (&["resources"], &["claims", "limits", "requests"]),
    (
        &["securitycontext"],
        &[
            "allowPrivilegeEscalation",
            "appArmorProfile",
            "capabilities",
            "fsGroup",
            "fsGroupChangePolicy",
            "privileged",
            "procMount",
            "readOnlyRootFilesystem",
            "runAsGroup",
            "runAsNonRoot",
            "runAsUser",
            "seLinuxChangePolicy",
            "seLinuxOptions",
            "seccompProfile",
            "supplementalGroups",
            "supplementalGroupsPolicy",
            "sysctls",
            "windowsOptions",
        ],
    ),
    (&["capabilities"], &["add", "drop"]),
    (&["seccompprofile", "apparmorprofile"], &["localhostProfile", "type"]),
    (&["affinity"], &["nodeAffinity", "podAffinity", "podAntiAffinity"]),
    (
        &["nodeaffinity", "podaffinity", "podantiaffinity"],
        &["preferredDuringSchedulingIgnoredDuringExecution", "requiredDuringSchedulingIgnoredDuringExecution"],
    ),
    (
        &["livenessprobe", "readinessprobe", "startupprobe"],
        &[
            "enabled",
            "exec",
            "failureThreshold",
            "grpc",
            "httpGet",
            "initialDelaySeconds",
            "periodSeconds",
            "successThreshold",
            "tcpSocket",
            "terminationGracePeriodSeconds",
            "timeoutSeconds",
        ],
    ),
    (&["httpget"], &["host", "httpHeaders", "path", "port", "scheme"]),
    (&["strategy", "updatestrategy", "deploymentstrategy"], &["partition", "rollingUpdate", "type"]),
    (&["rollingupdate"], &["maxSurge", "maxUnavailable", "partition"]),
    (&["lifecycle"], &["postStart", "preStop", "stopSignal"]),
    (&["dnsconfig"], &["nameservers", "options", "searches"]),
];

/// Fields that a Kubernetes type has beyond those of a default; none if `key` names no such type, or `known` has a field
/// that it has not.
pub(crate) fn further_fields(key: &str, known: &[&str]) -> Vec<&'static str> {
    let key = key.to_ascii_lowercase();
    for (names, fields) in FIELDS {
        if names.iter().any(|name| key.ends_with(name)) && known.iter().all(|k| fields.contains(k)) {
            return fields.iter().copied().filter(|field| !known.contains(field)).collect();
        }
    }
    Vec::new()
}

/// Maps whose keys are free: labels, annotations, selectors of nodes, amounts.
pub(crate) fn free_map(key: &str) -> Option<Node> {
    let lower = key.to_ascii_lowercase();
    if ["annotations", "labels", "nodeselector"].iter().any(|name| lower.ends_with(name)) {
        return Some(Node::map_of(Node::scalar(Scalar::Str)));
    }
    let amount = || Node::scalar(Scalar::Num).or(Node::scalar(Scalar::Str));
    matches!(key, "limits" | "requests").then(|| Node::map_of(amount()))
}

/// Keys that hold a number or a name or percentage.
pub(crate) fn number_or_name(key: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    ["port", "maxunavailable", "minavailable", "maxsurge"].iter().any(|name| lower.ends_with(name))
}

/// Does a text default look like an amount, which may be written as a number too?
pub(crate) fn is_amount(text: &str) -> bool {
    let number = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    number.len() < text.len() && matches!(number, "" | "m" | "k" | "M" | "G" | "T" | "Ki" | "Mi" | "Gi" | "Ti")
}
