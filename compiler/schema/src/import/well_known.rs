//! Parts of Kubernetes that charts hand through. A default that shows some of their fields means all of them.

use crate::import::node::{Node, Scalar};
use serde_json::Value as Json;

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
/// that it has not (but `enabled`, which charts add).
pub(crate) fn further_fields(key: &str, known: &[&str]) -> Vec<&'static str> {
    let key = key.to_ascii_lowercase();
    for (names, fields) in FIELDS {
        let all_known = known.iter().all(|k| *k == "enabled" || fields.contains(k));
        if all_known && names.iter().any(|name| key.ends_with(name)) {
            return fields.iter().copied().filter(|field| !known.contains(field)).collect();
        }
    }
    Vec::new()
}

/// Maps whose keys are free: labels, annotations, selectors of nodes, amounts. None if a default is of another type.
pub(crate) fn free_map<'a>(key: &str, mut defaults: impl Iterator<Item = &'a Json>) -> Option<Node> {
    let lower = key.to_ascii_lowercase();
    let text = || Node::scalar(Scalar::Str);
    if ["annotations", "labels", "nodeselector"].iter().any(|name| lower.ends_with(name)) {
        return defaults.all(Json::is_string).then(|| Node::map_of(text()));
    }
    let amounts = matches!(key, "limits" | "requests") && defaults.all(|v| v.is_string() || v.is_number());
    amounts.then(|| Node::map_of(Node::scalar(Scalar::Num).or(text())))
}

/// Keys that hold a number or a name or percentage.
pub(crate) fn number_or_name(key: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    ["port", "maxunavailable", "minavailable", "maxsurge"].iter().any(|name| lower.ends_with(name))
}

/// Does a text default look like an amount, which may be written as a number too? A version does not.
pub(crate) fn is_amount(text: &str) -> bool {
    let digits = text.chars().take_while(|c| c.is_ascii_digit() || *c == '.').count();
    let (number, unit) = text.split_at(digits);
    let plain = digits > 0 && number.matches('.').count() <= 1;
    plain && matches!(unit, "" | "m" | "k" | "M" | "G" | "T" | "Ki" | "Mi" | "Gi" | "Ti")
}

/// Variables of an environment: which there are is the program's to say.
pub(crate) fn is_environment(known: &[&str]) -> bool {
    let variable =
        |key: &&str| key.len() > 1 && key.bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'_');
    known.iter().all(variable)
}
