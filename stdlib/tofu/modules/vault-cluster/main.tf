# A cluster's part of the secret store, inside of the cluster's namespace: how its accounts log in, what they may read, and how
# its certificates are issued. KV store and certificate authority are made with the namespace, by vault-base.

locals {
  # What each policy grants, path by path. Version 2 of the KV store keeps values and what is known about them at two paths.
  grants = { for name, policy in var.policies : name => concat(
    [for path in policy.read : { path = "${var.kv_mount}/data/${path}", capability = "read" }],
    [for path in policy.read : { path = "${var.kv_mount}/metadata/${path}", capability = "read" }],
    [for path in policy.list : { path = "${var.kv_mount}/metadata/${path}", capability = "list" }],
    [for path in policy.write : { path = "${var.kv_mount}/data/${path}", capability = "create" }],
    [for path in policy.write : { path = "${var.kv_mount}/data/${path}", capability = "update" }],
  ) }
  capabilities = { for name, grants in local.grants : name => {
    for grant in grants : grant.path => grant.capability...
  } }
  # Policies as JSON, because a name in one can't break out of it.
  policies = { for name, paths in local.capabilities : name => jsonencode({ path = {
    for path, capabilities in paths : path => { capabilities = sort(distinct(capabilities)) }
  } }) }
  units = { h = 3600, m = 60, s = 1 }
  # `1h30m` in seconds.
  ttl = { for name, role in var.roles : name => sum([
    for part in regexall("([0-9]+)([hms])", role.ttl) : tonumber(part[0]) * local.units[part[1]]
  ]) }
}

# ── Login ──
resource "vault_auth_backend" "kubernetes" {
  type        = "kubernetes"
  path        = var.k8s_auth_mount
  description = "Accounts of the cluster"
}

resource "vault_kubernetes_auth_backend_config" "kubernetes" {
  backend            = vault_auth_backend.kubernetes.path
  kubernetes_host    = var.k8s_host
  kubernetes_ca_cert = var.k8s_ca_cert
  token_reviewer_jwt = var.k8s_token_reviewer_jwt
  # The API server itself says whether a token is its own, and the secret store runs in no pod that could tell it more.
  disable_iss_validation = true
  disable_local_ca_jwt   = true
}

resource "vault_policy" "policy" {
  for_each = local.policies
  name     = each.key
  policy   = each.value
}

resource "vault_kubernetes_auth_backend_role" "role" {
  for_each                         = var.roles
  backend                          = vault_auth_backend.kubernetes.path
  role_name                        = each.key
  bound_service_account_names      = [each.value.service_account]
  bound_service_account_namespaces = [each.value.namespace]
  token_policies                   = [vault_policy.policy[each.key].name]
  token_ttl                        = local.ttl[each.key]
}

# ── Certificates ──
resource "vault_pki_secret_backend_role" "internal" {
  backend            = var.pki_mount
  name               = var.pki_role
  allowed_domains    = var.pki_domains
  allow_subdomains   = true
  allow_bare_domains = true
  key_type           = "ec"
  key_bits           = 256
  max_ttl            = tostring(var.pki_max_ttl)
}
