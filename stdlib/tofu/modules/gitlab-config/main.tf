# Groups and the site's repository on the git server, who reads them, and what CI gets to push images with. The server's host key
# is pinned where it is made, so nothing here scans for it.

locals {
  groups = { site = gitlab_group.site.id, apps = gitlab_group.apps.id }
  # The login is a secret; whether there is one is none, and decides what exists.
  has_registry = nonsensitive(var.registry_push != null)
  ci_groups    = local.has_registry ? toset(["site", "apps"]) : toset([])
}

resource "gitlab_group" "site" {
  name             = var.group
  path             = var.group
  description      = "The site's own configuration"
  visibility_level = "internal"
}

resource "gitlab_group" "apps" {
  name             = var.apps_group
  path             = var.apps_group
  description      = "Apps that the clusters run"
  visibility_level = "internal"
}

resource "gitlab_project" "site" {
  name             = var.project
  path             = var.project
  namespace_id     = gitlab_group.site.id
  description      = "Sources of the site on main, the deploy tree on a branch of its own"
  visibility_level = "internal"
  default_branch   = "main"
  # The first push brings its own history.
  initialize_with_readme = false
}

# ── ArgoCD ──
resource "gitlab_user" "argocd" {
  name                  = "ArgoCD"
  username              = "argocd"
  email                 = "argocd@${var.email_domain}"
  is_admin              = false
  can_create_group      = false
  projects_limit        = 0
  skip_confirmation     = true
  force_random_password = true # It logs in with its key.
}

resource "gitlab_user_sshkey" "argocd" {
  count   = var.argocd_key == null ? 0 : 1
  user_id = gitlab_user.argocd.id
  title   = "argocd-deploy"
  key     = var.argocd_key
}

resource "gitlab_project_membership" "argocd" {
  project      = gitlab_project.site.id
  user_id      = gitlab_user.argocd.id
  access_level = "reporter"
}

resource "gitlab_group_membership" "argocd" {
  group_id     = gitlab_group.apps.id
  user_id      = gitlab_user.argocd.id
  access_level = "reporter"
}

# ── Who works on the site ──
resource "gitlab_user_sshkey" "admin" {
  count = var.admin_ssh_key == null ? 0 : 1
  title = "admin-push"
  key   = var.admin_ssh_key
}

# ── CI ──
resource "gitlab_group_variable" "registry" {
  for_each    = local.ci_groups
  group       = local.groups[each.key]
  key         = "HARBOR_REGISTRY"
  value       = var.registry_host
  description = "Registry that images are pushed to"
  raw         = true
}

resource "gitlab_group_variable" "push_user" {
  for_each    = local.ci_groups
  group       = local.groups[each.key]
  key         = "HARBOR_PUSH_USER"
  value       = var.registry_push.user
  description = "Robot that may push"
  raw         = true # There is a `$` in front of names of robots, unless another prefix is set.
}

resource "gitlab_group_variable" "push_password" {
  for_each    = local.ci_groups
  group       = local.groups[each.key]
  key         = "HARBOR_PUSH_PASSWORD"
  value       = var.registry_push.password
  description = "Its password"
  raw         = true
  masked      = true
}
