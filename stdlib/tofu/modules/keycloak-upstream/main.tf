# The realm of the site's people, and who asks it for logins. Secrets of clients are given to it, so that both sides have them
# before either of them runs.

locals {
  users = { for user in var.users : user.username => user }
  # Everybody may what `user` may, so that others need to look for one role only.
  roles     = ["admin", "demo", "user"]
  passwords = { for name in keys(local.users) : name => substr(sha256("${coalesce(var.password_seed, "-")}:${name}"), 0, 24) }
  # Whether there is a seed is no secret.
  has_password = nonsensitive(var.password_seed != null)
}

resource "keycloak_realm" "upstream" {
  realm                    = var.realm
  enabled                  = true
  display_name             = var.display_name
  registration_allowed     = false
  login_with_email_allowed = true
  duplicate_emails_allowed = false
  reset_password_allowed   = true
  edit_username_allowed    = false
  access_token_lifespan    = "5m"
  sso_session_idle_timeout = "30m"
  sso_session_max_lifespan = "10h"

  security_defenses {
    brute_force_detection {
      permanent_lockout = false
    }
  }
}

resource "keycloak_role" "user" {
  realm_id    = keycloak_realm.upstream.id
  name        = "user"
  description = "Uses the site's apps"
}

resource "keycloak_role" "above" {
  for_each        = toset([for role in local.roles : role if role != "user"])
  realm_id        = keycloak_realm.upstream.id
  name            = each.key
  composite_roles = [keycloak_role.user.id]
}

resource "keycloak_user" "user" {
  for_each       = local.users
  realm_id       = keycloak_realm.upstream.id
  username       = each.key
  email          = each.value.email
  email_verified = true
  first_name     = each.value.first_name
  last_name      = each.value.last_name
  enabled        = true

  dynamic "initial_password" {
    for_each = local.has_password ? [true] : []
    content {
      value     = local.passwords[each.key]
      temporary = true
    }
  }

  lifecycle {
    # It was changed at the first login.
    ignore_changes = [initial_password]
  }
}

resource "keycloak_user_roles" "user" {
  for_each = local.users
  realm_id = keycloak_realm.upstream.id
  user_id  = keycloak_user.user[each.key].id
  role_ids = [each.value.role == "user" ? keycloak_role.user.id : keycloak_role.above[each.value.role].id]
  # The realm gives everybody a role of its own.
  exhaustive = false
}

resource "keycloak_openid_client" "client" {
  for_each                     = var.clients
  realm_id                     = keycloak_realm.upstream.id
  client_id                    = each.key
  access_type                  = "CONFIDENTIAL"
  client_secret                = each.value.client_secret
  standard_flow_enabled        = each.value.standard_flow
  implicit_flow_enabled        = false
  direct_access_grants_enabled = false
  service_accounts_enabled     = each.value.service_account
  # Keycloak refuses addresses for a client that nobody comes back to.
  valid_redirect_uris = each.value.standard_flow ? each.value.redirect_uris : []
  web_origins         = each.value.standard_flow ? ["+"] : []
  use_refresh_tokens  = false
}

resource "keycloak_openid_user_realm_role_protocol_mapper" "roles" {
  for_each            = var.clients
  realm_id            = keycloak_realm.upstream.id
  client_id           = keycloak_openid_client.client[each.key].id
  name                = "realm-roles"
  claim_name          = "realm_access.roles"
  multivalued         = true
  add_to_id_token     = true
  add_to_access_token = true
  add_to_userinfo     = true
}
