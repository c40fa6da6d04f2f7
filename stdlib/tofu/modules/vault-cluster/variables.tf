variable "k8s_auth_mount" {
  type        = string
  description = "Where the cluster logs in: path of the auth method."
}

variable "k8s_host" {
  type        = string
  description = "URL of the cluster's API server."
  validation {
    condition     = startswith(var.k8s_host, "https://")
    error_message = "The API server is asked over TLS: its URL has to begin with https://."
  }
}

variable "k8s_token_reviewer_jwt" {
  type        = string
  sensitive   = true
  description = "Token with which the secret store asks the API server who somebody is."
}

variable "k8s_ca_cert" {
  type        = string
  default     = null
  description = "Certificate (PEM) of the authority that signed the API server's. Without it the API server needs one that the secret store's machine trusts."
}

variable "pki_domains" {
  type        = list(string)
  description = "Domains that certificates of the cluster's authority may be issued for, and names below them."
}

variable "pki_mount" {
  type        = string
  default     = "pki_int"
  description = "Where the cluster's certificate authority is mounted."
}

variable "pki_role" {
  type        = string
  default     = "internal"
  description = "Name of the role by which certificates are issued."
}

variable "pki_max_ttl" {
  type        = number
  default     = 31536000
  description = "Longest life of an issued certificate, in seconds (one year)."
}

variable "kv_mount" {
  type        = string
  default     = "secret"
  description = "Where the cluster's KV store is mounted."
}

variable "policies" {
  type = map(object({
    read  = optional(list(string), [])
    list  = optional(list(string), [])
    write = optional(list(string), [])
  }))
  default     = {}
  description = "By name, which secrets may be read, listed below, and written: paths in the KV store, `*` at the end for any rest."
  validation {
    condition = alltrue(flatten([for policy in var.policies : [
      for path in concat(policy.read, policy.list, policy.write) : can(regex("^[^/*][^*]*\\*?$", path))
    ]]))
    error_message = "A path of a policy begins at the KV store, without a slash in front, and has `*` only at its end."
  }
}

variable "roles" {
  type = map(object({
    service_account = string
    namespace       = string
    ttl             = optional(string, "1h")
  }))
  default     = {}
  description = "By policy, the account of the cluster that has it, and how long its login holds: `1h`, `90m`, `1h30m`."
  validation {
    condition     = alltrue([for role in var.roles : can(regex("^([0-9]+h)?([0-9]+m)?([0-9]+s)?$", role.ttl)) && role.ttl != ""])
    error_message = "The `ttl` of a role has to be written in hours, minutes and seconds: 1h30m."
  }
  validation {
    condition     = alltrue([for name in keys(var.roles) : contains(keys(var.policies), name)])
    error_message = "A role has the name of the policy that it grants, so each of `roles` needs one in `policies`."
  }
}
