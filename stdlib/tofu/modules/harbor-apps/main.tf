# Projects of the registry with their robots, and the registries that it caches. Secrets of robots are given to the registry, not
# made by it, so that nothing has to carry them from here to the clusters.

locals {
  # The registry puts its prefix and the project in front of a robot's name.
  pull_names = { for name, project in var.projects : name => trimprefix(project.pull_user, "${var.robot_prefix}${name}+") }
  # The provider has a name of its own for one of them.
  provider_names = { docker-hub = "docker-hub", github-ghcr = "github", docker-registry = "docker-registry" }
}

resource "harbor_config_system" "system" {
  project_creation_restriction = "adminonly"
  robot_name_prefix            = var.robot_prefix
}

# ── Caches ──
resource "harbor_registry" "cache" {
  for_each      = var.caches
  name          = each.key
  provider_name = local.provider_names[each.value.provider]
  endpoint_url  = each.value.url
  access_id     = each.value.user
  access_secret = each.value.password
}

resource "harbor_project" "cache" {
  for_each    = var.caches
  name        = each.key
  registry_id = harbor_registry.cache[each.key].registry_id
  # Nodes pull public images through it without a login.
  public                 = true
  vulnerability_scanning = false
  force_destroy          = true
}

# ── Projects ──
resource "harbor_project" "project" {
  for_each               = var.projects
  name                   = each.key
  public                 = false
  vulnerability_scanning = each.value.scan
  # Images that somebody still runs are not deleted along with a line of the description.
  force_destroy = false
}

resource "harbor_robot_account" "pull" {
  for_each    = var.projects
  name        = local.pull_names[each.key]
  description = "Pulls images of ${each.key}"
  level       = "project"
  secret      = each.value.pull_secret

  # The prefix becomes a part of the name when a robot is made.
  depends_on = [harbor_config_system.system]

  permissions {
    kind      = "project"
    namespace = harbor_project.project[each.key].name
    access {
      resource = "repository"
      action   = "pull"
    }
    access {
      resource = "repository"
      action   = "list"
    }
    access {
      resource = "tag"
      action   = "list"
    }
  }

  lifecycle {
    postcondition {
      condition     = self.full_name == each.value.pull_user
      error_message = "The registry calls this robot ${self.full_name}, but the clusters log in as ${each.value.pull_user}: the registry's prefix of robots is another one."
    }
  }
}

resource "harbor_robot_account" "push" {
  name        = var.push.name
  description = "Pushes images of ${var.push.project}"
  level       = "project"
  secret      = var.push.secret

  depends_on = [harbor_config_system.system]

  permissions {
    kind      = "project"
    namespace = harbor_project.project[var.push.project].name
    access {
      resource = "repository"
      action   = "pull"
    }
    access {
      resource = "repository"
      action   = "push"
    }
    access {
      resource = "repository"
      action   = "list"
    }
    access {
      resource = "tag"
      action   = "create"
    }
    access {
      resource = "tag"
      action   = "list"
    }
  }
}
