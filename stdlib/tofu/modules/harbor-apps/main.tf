# Projects of the registry with their robots. Secrets of robots are given to the registry, not made by it, so that nothing has to
# carry them from here to the clusters. Caches of other registries and the prefix of robots are settings of the machine.

locals {
  # The registry puts a prefix and the project in front of a robot's name.
  pull_names = { for name, project in var.projects : name => element(split("+", project.pull_user), 1) }
}

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
