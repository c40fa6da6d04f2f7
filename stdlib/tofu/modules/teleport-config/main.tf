# Who may join, and roles for people. A token is given to Teleport and not made by it, so that the agent of a cluster has it
# before either side runs. A token that leaked is replaced by generating the credential anew.

resource "teleport_provision_token" "cluster" {
  for_each = var.clusters
  version  = "v2"
  metadata = {
    # Teleport calls a token what it is.
    name        = var.tokens[each.key]
    description = "Agent of cluster ${each.key}"
    labels      = { cluster = each.key }
  }
  spec = {
    roles       = ["Kube", "App"]
    join_method = "token"
  }
}

resource "teleport_role" "kube_admin" {
  version = "v7"
  metadata = {
    name        = "kube-admin"
    description = "Everything in every cluster"
  }
  spec = {
    allow = {
      kubernetes_groups    = ["system:masters"]
      kubernetes_labels    = { "*" = ["*"] }
      kubernetes_resources = [{ kind = "*", namespace = "*", name = "*", verbs = ["*"] }]
      app_labels           = { "*" = ["*"] }
    }
  }
}

resource "teleport_role" "kube_viewer" {
  version = "v7"
  metadata = {
    name        = "kube-viewer"
    description = "What every account of a cluster may see"
  }
  spec = {
    allow = {
      kubernetes_groups    = ["system:authenticated"]
      kubernetes_labels    = { "*" = ["*"] }
      kubernetes_resources = [{ kind = "*", namespace = "*", name = "*", verbs = ["get", "list", "watch"] }]
    }
  }
}
