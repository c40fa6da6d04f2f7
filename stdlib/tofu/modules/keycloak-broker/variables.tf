# Secrets in maps that resources are made from carry no `sensitive` here: OpenTofu refuses such a map. Their values are
# sensitive all the same, because the variables that they come from are.

variable "realm" {
  type = object({
    name             = string
    display_name     = optional(string)
    login_with_email = optional(bool, true)
    registration     = optional(bool, false)
    reset_password   = optional(bool, false)
  })
  description = "The realm of the cluster's apps."
}

variable "upstream" {
  type = object({
    issuer        = string
    client_id     = string
    client_secret = string
    display_name  = optional(string, "Corporate Login")
  })
  description = "The realm of the site's people, which this one asks."
  validation {
    condition     = startswith(var.upstream.issuer, "https://")
    error_message = "Logins travel over TLS: the issuer has to begin with https://."
  }
}

variable "groups" {
  type = map(object({
    role          = string
    upstream_role = string
  }))
  description = "By name, the role that a group's members have, and the role at the upstream that puts somebody into it."
}

variable "default_scopes" {
  type        = list(string)
  default     = ["acr", "profile", "email", "roles", "openid", "groups"]
  description = "Scopes of every client. `openid` and `groups` are made here, the others come with the realm."
}

variable "social" {
  type = map(object({
    client_id     = string
    client_secret = string
    group         = string
    scopes        = optional(string)
  }))
  default     = {}
  description = "Public identity providers (google, github, microsoft), the OAuth app at each, and the group of those who come from it."
  validation {
    condition     = alltrue([for name in keys(var.social) : contains(["google", "github", "microsoft"], name)])
    error_message = "A public identity provider has to be google, github or microsoft."
  }
  validation {
    condition     = alltrue([for provider in var.social : contains(keys(var.groups), provider.group)])
    error_message = "The group of a public identity provider has to be one of `groups`."
  }
}

variable "clients" {
  type = map(object({
    kind            = string
    client_secret   = optional(string)
    redirect_uris   = optional(list(string), [])
    web_origins     = optional(list(string), [])
    standard_flow   = optional(bool, true)
    service_account = optional(bool, false)
    direct_grants   = optional(bool, false)
    token_exchange  = optional(bool, false)
    pkce            = optional(string)
    audiences       = optional(list(string), [])
  }))
  default     = {}
  description = "By identifier, each app that logs people in, or logs in itself. `kind` is `confidential`, `public` or `service`; `audiences` are other clients that its tokens are good for."
  validation {
    condition     = alltrue([for client in var.clients : contains(["confidential", "public", "service"], client.kind)])
    error_message = "The kind of a client has to be confidential, public or service."
  }
  validation {
    condition     = alltrue(flatten([for client in var.clients : [for id in client.audiences : contains(keys(var.clients), id)]]))
    error_message = "An audience of a client has to be one of `clients`."
  }
  validation {
    condition     = alltrue([for client in var.clients : client.pkce == null || client.pkce == "S256"])
    error_message = "The method of PKCE has to be S256: `plain` proves nothing."
  }
}
