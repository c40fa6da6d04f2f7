//! Modules, capabilities, intents.

use crate::harness::mistake;

#[test]
fn two_cnis() {
    mistake("two-cnis").edit("kss.kss", "use canal\n", "use canal\n  use cilium\n").is_told_as("K0502");
}

#[test]
fn no_ingress() {
    mistake("no-ingress").edit("kss.kss", "  use nginx\n", "").is_told_as("K0501");
}

#[test]
fn no_registry() {
    mistake("no-registry")
        .edit("homelab.kss", "    use harbor            { version = \"2.14.2\" }\n", "")
        .is_told_as("K0501");
}

#[test]
fn removed_storage() {
    mistake("removed-network-policy").add("kss.kss", "  remove use network-policies\n").is_told_as("K0508");
}

#[test]
fn removed_entry_but_needed() {
    mistake("removed-entry-but-needed").add("kss.kss", "  remove route grafana\n").is_told_as("K0508");
}

#[test]
fn wrong_scope() {
    mistake("wrong-scope").add("kss.kss", "  use openbao\n").is_told_as("K0505");
}

#[test]
fn removed_but_needed() {
    mistake("removed-but-needed").add("kss.kss", "  remove use cert-manager\n").is_told_as("K0508");
}

#[test]
fn remove_of_nothing() {
    mistake("remove-of-nothing").add("kss.kss", "  remove use kiali\n").is_told_as("K0507");
}

#[test]
fn remove_of_unknown() {
    mistake("remove-of-unknown").add("kss.kss", "  remove use kialy\n").is_told_as("K0209");
}

#[test]
fn tune_of_nothing() {
    mistake("tune-of-nothing").edit("kcs.kss", "tune helm loki", "tune helm lokki").is_told_as("K0506");
}

#[test]
fn tune_of_unused_module() {
    mistake("tune-of-unused-module").add("kss.kss", "  tune cilium { exclusive = true }\n").is_told_as("K0506");
}

#[test]
fn used_twice() {
    mistake("used-twice").add("kss.kss", "  use longhorn { replicas = 3 }\n").is_told_as("K0510");
}

#[test]
fn lost_entries() {
    mistake("lost-entries")
        .file(
            "printers.kss",
            "## Printers that pods print on.\ntype Printer { model : laser | ink }\ntype Spooler {}\n\
             capability spooler : Spooler at most one per cluster\nintent printer : Printer for spooler per cluster\n\n\
             module cups {\n  provide spooler {}\n  for p in cluster.all.printer if p.model == laser {\n    \
             manifest ConfigMap \"printer-${p.name}\" in kube-system { data { NAME = p.name } }\n  }\n}\n\n\
             module office {\n  use cups\n  printer hall { model = laser }\n  printer attic { model = ink }\n  \
             printer cellar { model = ink }\n}\n",
        )
        .add("kss.kss", "  use office\n")
        .is_told_as("K0503");
}

#[test]
fn no_provider_for_entries() {
    mistake("no-provider-for-entries")
        .file(
            "printers.kss",
            "type Printer { model : laser | ink }\ntype Spooler {}\ncapability spooler : Spooler at most one per cluster\n\
             intent printer : Printer for spooler per cluster\n\nmodule office {\n  printer hall { model = laser }\n}\n",
        )
        .add("kss.kss", "  use office\n")
        .is_told_as("K0501");
}

#[test]
fn flow_without_pods() {
    mistake("flow-without-pods")
        .file(
            "probe.kss",
            "## Lets the office reach the printer, which is no pod of the cluster.\nmodule printer-access {\n  flow print {\n    \
             from  = host { ip = 10.69.10.30 }\n    to    = host { ip = 10.69.10.31 }\n    ports = [631/tcp]\n  }\n}\n",
        )
        .add("kss.kss", "  use printer-access\n")
        .is_told_as("K0402");
}

#[test]
fn cycle_of_kinds() {
    mistake("cycle-of-kinds")
        .file(
            "mirror.kss",
            "## A secret for every route, and a route for every secret.\nmodule mirror {\n  namespace mirror {}\n  \
             for r in cluster.all.route {\n    secret \"${r.name}-key\" { keys { host = r.fqdn } }\n  }\n  \
             for s in cluster.all.secret {\n    route \"${s.name}\" {\n      to     = Endpoint { namespace = namespace.mirror, service = \
             \"mirror\", port = 80 }\n      access = open\n    }\n  }\n}\n",
        )
        .add("kss.kss", "  use mirror\n")
        .is_told_as("K0509");
}

#[test]
fn provided_record_lacks_a_field() {
    mistake("provided-record-lacks-a-field")
        .file("own-mesh.kss", "module own-mesh {\n  provide mesh {\n    labels = {}\n  }\n}\n")
        .edit("kss.kss", "use canal\n", "use canal\n  use own-mesh\n")
        .is_told_as("K0203");
}

#[test]
fn too_few_nodes() {
    mistake("too-few-nodes")
        .edit("kss.kss", "  node worker-{1..3}   { ip = lan.host(30 + it), memory = 14GiB }\n", "")
        .edit("kss.kss", "use longhorn { replicas = 2 }", "use longhorn")
        .is_told_as("K0402");
}
