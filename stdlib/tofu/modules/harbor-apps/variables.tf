# Secrets in maps that resources are made from carry no `sensitive` here: OpenTofu refuses such a map. Their values are
# sensitive all the same, because the variables that they come from are.

variable "projects" {
  type = map(object({
    scan        = optional(bool, true)
    pull_user   = string
    pull_secret = string
  }))
  description = "By name, each project: whether what is pushed is scanned, and its robot that may pull, as the registry calls it (`robot_PROJECT+NAME`), with its secret."
  validation {
    condition     = alltrue([for name, project in var.projects : strcontains(project.pull_user, "${name}+")])
    error_message = "The name of a project's robot ends in the project, `+` and the robot's own name: robot_apps+pull."
  }
}

variable "push" {
  type = object({
    project = string
    name    = string
    secret  = string
  })
  description = "The robot that may push, and the project it may push to."
  validation {
    condition     = contains(keys(var.projects), var.push.project)
    error_message = "The robot that pushes belongs to a project which `projects` doesn't have."
  }
}
