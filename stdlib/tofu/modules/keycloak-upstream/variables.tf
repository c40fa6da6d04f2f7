# Secrets in maps that resources are made from carry no `sensitive` here: OpenTofu refuses such a map. Their values are
# sensitive all the same, because the variables that they come from are.

variable "realm" {
  type        = string
  default     = "upstream"
  description = "Name of the realm of the site's people."
}

variable "display_name" {
  type        = string
  default     = "Upstream Corporate IdP"
  description = "What the login page calls the realm."
}

variable "users" {
  type = list(object({
    username   = string
    email      = string
    first_name = string
    last_name  = string
    role       = string
  }))
  default     = []
  description = "People, with what each of them may reach: role `admin`, `demo` or `user`."
  validation {
    condition     = alltrue([for user in var.users : contains(["admin", "demo", "user"], user.role)])
    error_message = "The role of a user has to be admin, demo or user."
  }
  validation {
    condition     = length(distinct([for user in var.users : lower(user.username)])) == length(var.users)
    error_message = "Two users have the same login; capital letters make no difference."
  }
}

variable "password_seed" {
  type        = string
  default     = null
  sensitive   = true
  description = "Secret from which each person's first password is derived. Without it nobody has one until an administrator sets it."
}

variable "clients" {
  type = map(object({
    redirect_uris   = list(string)
    client_secret   = string
    standard_flow   = optional(bool, true)
    service_account = optional(bool, false)
  }))
  default     = {}
  description = "By identifier, who asks this realm for logins: brokers of clusters, the git server."
}
