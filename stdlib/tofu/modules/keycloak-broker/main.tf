# The realm of a cluster's apps: who may log in comes from the upstream realm or public identity providers, what for is in
# groups, and which apps there are is in clients. Secrets of clients are given to it and not made by it, so that the apps have
# theirs before it runs.

locals {
  # Defaults of the providers: what a login needs and nothing more.
  social_scopes = { google = "openid profile email", github = "user:email", microsoft = "openid profile email" }
  audiences = merge([for id, client in var.clients : {
    for audience in client.audiences : "${id}/${audience}" => { client = id, audience = audience }
  }]...)
}

resource "keycloak_realm" "broker" {
  realm                    = var.realm.name
  enabled                  = true
  display_name             = var.realm.display_name
  registration_allowed     = var.realm.registration
  login_with_email_allowed = var.realm.login_with_email
  duplicate_emails_allowed = false
  reset_password_allowed   = var.realm.reset_password
  edit_username_allowed    = false
}

# ── Who may what ──
resource "keycloak_role" "role" {
  for_each = toset([for group in var.groups : group.role])
  realm_id = keycloak_realm.broker.id
  name     = each.key
}

resource "keycloak_group" "group" {
  for_each = var.groups
  realm_id = keycloak_realm.broker.id
  name     = each.key
}

resource "keycloak_group_roles" "group" {
  for_each = var.groups
  realm_id = keycloak_realm.broker.id
  group_id = keycloak_group.group[each.key].id
  role_ids = [keycloak_role.role[each.value.role].id]
}

# ── Scopes ──
resource "keycloak_openid_client_scope" "openid" {
  realm_id               = keycloak_realm.broker.id
  name                   = "openid"
  description            = "OpenID Connect"
  include_in_token_scope = true
}

# The realm's own scope with this claim is none of the defaults below.
resource "keycloak_openid_sub_protocol_mapper" "sub" {
  realm_id                   = keycloak_realm.broker.id
  client_scope_id            = keycloak_openid_client_scope.openid.id
  name                       = "sub"
  add_to_access_token        = true
  add_to_token_introspection = true
}

resource "keycloak_openid_client_scope" "groups" {
  realm_id               = keycloak_realm.broker.id
  name                   = "groups"
  description            = "Groups that somebody is in"
  consent_screen_text    = "Groups"
  include_in_token_scope = true
}

resource "keycloak_openid_group_membership_protocol_mapper" "groups" {
  realm_id            = keycloak_realm.broker.id
  client_scope_id     = keycloak_openid_client_scope.groups.id
  name                = "groups"
  claim_name          = "groups"
  full_path           = false
  add_to_id_token     = true
  add_to_access_token = true
  add_to_userinfo     = true
}

resource "keycloak_realm_default_client_scopes" "broker" {
  realm_id       = keycloak_realm.broker.id
  default_scopes = var.default_scopes

  depends_on = [keycloak_openid_client_scope.openid, keycloak_openid_client_scope.groups]
}

# ── Clients ──
resource "keycloak_openid_client" "client" {
  for_each                        = var.clients
  realm_id                        = keycloak_realm.broker.id
  client_id                       = each.key
  access_type                     = each.value.kind == "public" ? "PUBLIC" : "CONFIDENTIAL"
  client_secret                   = each.value.client_secret
  standard_flow_enabled           = each.value.standard_flow
  implicit_flow_enabled           = false
  direct_access_grants_enabled    = each.value.direct_grants
  service_accounts_enabled        = each.value.service_account
  standard_token_exchange_enabled = each.value.token_exchange
  pkce_code_challenge_method      = each.value.pkce
  # Keycloak refuses addresses for a client that nobody comes back to.
  valid_redirect_uris = each.value.standard_flow ? each.value.redirect_uris : []
  web_origins         = each.value.standard_flow || each.value.direct_grants ? each.value.web_origins : []
}

resource "keycloak_openid_client_default_scopes" "client" {
  for_each       = var.clients
  realm_id       = keycloak_realm.broker.id
  client_id      = keycloak_openid_client.client[each.key].id
  default_scopes = var.default_scopes

  depends_on = [keycloak_openid_client_scope.openid, keycloak_openid_client_scope.groups]
}

resource "keycloak_openid_audience_protocol_mapper" "audience" {
  for_each                 = local.audiences
  realm_id                 = keycloak_realm.broker.id
  client_id                = keycloak_openid_client.client[each.value.client].id
  name                     = "aud-${each.value.audience}"
  included_client_audience = keycloak_openid_client.client[each.value.audience].client_id
  add_to_id_token          = true
  add_to_access_token      = true
}

# ── The upstream ──
resource "keycloak_oidc_identity_provider" "upstream" {
  realm              = keycloak_realm.broker.id
  alias              = "upstream"
  display_name       = var.upstream.display_name
  enabled            = true
  issuer             = var.upstream.issuer
  authorization_url  = "${var.upstream.issuer}/protocol/openid-connect/auth"
  token_url          = "${var.upstream.issuer}/protocol/openid-connect/token"
  user_info_url      = "${var.upstream.issuer}/protocol/openid-connect/userinfo"
  jwks_url           = "${var.upstream.issuer}/protocol/openid-connect/certs"
  logout_url         = "${var.upstream.issuer}/protocol/openid-connect/logout"
  client_id          = var.upstream.client_id
  client_secret      = var.upstream.client_secret
  default_scopes     = "openid profile email roles"
  validate_signature = true
  trust_email        = true
  store_token        = false
  # Who lost a role at the upstream loses it here, at the next login.
  sync_mode                     = "FORCE"
  first_broker_login_flow_alias = "first broker login"
  extra_config                  = { clientAuthMethod = "client_secret_post" }
}

resource "keycloak_custom_identity_provider_mapper" "upstream" {
  for_each                 = var.groups
  realm                    = keycloak_realm.broker.id
  name                     = "upstream-${each.value.upstream_role}-to-${each.key}"
  identity_provider_alias  = keycloak_oidc_identity_provider.upstream.alias
  identity_provider_mapper = "oidc-advanced-group-idp-mapper"
  extra_config = {
    syncMode                 = "INHERIT"
    claims                   = jsonencode([{ key = "realm_access.roles", value = each.value.upstream_role }])
    "are.claim.values.regex" = "false"
    group                    = "/${keycloak_group.group[each.key].name}"
  }
}

# ── Public identity providers ──
resource "keycloak_oidc_identity_provider" "social" {
  for_each      = var.social
  realm         = keycloak_realm.broker.id
  alias         = each.key
  provider_id   = each.key
  enabled       = true
  client_id     = each.value.client_id
  client_secret = each.value.client_secret
  # Keycloak knows the addresses of these providers.
  authorization_url             = ""
  token_url                     = ""
  default_scopes                = coalesce(each.value.scopes, local.social_scopes[each.key])
  trust_email                   = true
  store_token                   = false
  sync_mode                     = "IMPORT"
  first_broker_login_flow_alias = "first broker login"
}

resource "keycloak_custom_identity_provider_mapper" "social" {
  for_each                = var.social
  realm                   = keycloak_realm.broker.id
  name                    = "${each.key}-to-${each.value.group}"
  identity_provider_alias = keycloak_oidc_identity_provider.social[each.key].alias
  # Named so for every provider.
  identity_provider_mapper = "oidc-hardcoded-group-idp-mapper"
  extra_config = {
    syncMode = "INHERIT"
    group    = "/${keycloak_group.group[each.value.group].name}"
  }
}
