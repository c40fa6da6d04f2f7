variable "namespaces" {
  type        = set(string)
  description = "Namespaces of the site, each with a KV store: one for each cluster, and those of `plain_namespaces`."
  validation {
    condition     = alltrue([for name in var.namespaces : can(regex("^[a-z0-9][a-z0-9-]*$", name))])
    error_message = "A namespace is a name of lower case letters, digits and dashes."
  }
}

variable "plain_namespaces" {
  type        = set(string)
  default     = ["convenience"]
  description = "Those of `namespaces` that no cluster logs in to. They get no certificate authority."
}

variable "vault_fqdn" {
  type        = string
  description = "DNS name under which clients reach the secret store; it stands in the addresses inside of certificates."
}

variable "kv_mount" {
  type        = string
  default     = "secret"
  description = "Where the KV store of each namespace is mounted."
}

variable "pki_mount" {
  type        = string
  default     = "pki_int"
  description = "Where the certificate authority of each cluster's namespace is mounted."
}

variable "root_ttl" {
  type        = number
  default     = 315360000
  description = "Life of the root's certificate, in seconds (ten years)."
}

variable "issuer_ttl" {
  type        = number
  default     = 157680000
  description = "Life of the certificate of a cluster's authority, in seconds (five years)."
  validation {
    condition     = var.issuer_ttl > 0 && var.issuer_ttl < var.root_ttl
    error_message = "An authority can't outlive the root that signed it: issuer_ttl has to be less than root_ttl."
  }
}
