# Secrets in maps that resources are made from carry no `sensitive` here: OpenTofu refuses such a map. Their values are
# sensitive all the same, because the variables that they come from are.

variable "robot_prefix" {
  type        = string
  default     = "robot_"
  description = "What the registry puts in front of every robot's name. Its own default has a `$` in it, which every shell on the way would read."
  validation {
    condition     = can(regex("^[a-z][a-z0-9_.-]*$", var.robot_prefix))
    error_message = "The prefix of robots begins with a lower case letter, and has letters, digits, dots, dashes and underscores."
  }
}

variable "caches" {
  type = map(object({
    provider = string
    url      = string
    user     = optional(string)
    password = optional(string)
  }))
  default     = {}
  description = "Registries whose images are kept once somebody pulled them, by their host; the project of each has that name. A login raises the limits that some of them set."
  validation {
    condition     = alltrue([for cache in var.caches : contains(["docker-hub", "github-ghcr", "docker-registry"], cache.provider)])
    error_message = "A registry is spoken to as docker-hub, github-ghcr or docker-registry."
  }
}

variable "projects" {
  type = map(object({
    scan        = optional(bool, true)
    pull_user   = string
    pull_secret = string
  }))
  description = "By name, each project: whether what is pushed is scanned, and its robot that may pull, as the registry calls it (`robot_PROJECT+NAME`), with its secret."
  validation {
    condition     = length(setintersection(keys(var.projects), keys(var.caches))) == 0
    error_message = "A project of `projects` has the name of a registry in `caches`."
  }
  validation {
    condition     = alltrue([for name, project in var.projects : startswith(project.pull_user, "${var.robot_prefix}${name}+")])
    error_message = "The name of a project's robot is the prefix of robots, the project, `+` and the robot's own name: robot_apps+pull."
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
