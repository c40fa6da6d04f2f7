# The project of one cluster in the registry, and its robot that may pull.

resource "harbor_project" "cluster" {
  name                   = var.cluster_name
  public                 = false
  vulnerability_scanning = var.scan
  force_destroy          = false
}

resource "harbor_robot_account" "pull" {
  name        = "pull"
  description = "Pulls images of cluster ${var.cluster_name}"
  level       = "project"
  secret      = var.pull_secret

  permissions {
    kind      = "project"
    namespace = harbor_project.cluster.name
    access {
      resource = "repository"
      action   = "pull"
    }
    access {
      resource = "repository"
      action   = "list"
    }
  }
}
