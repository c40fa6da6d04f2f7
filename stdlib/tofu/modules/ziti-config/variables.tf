variable "clusters" {
  type        = set(string)
  description = "Names of the clusters. Each gets a router whose role attribute is its name."
}

variable "client_devices" {
  type = map(object({
    role_attributes = optional(list(string), ["user"])
  }))
  default     = {}
  description = "By name, the devices of people, and what they may reach: role attributes that services are dialled by."
}

variable "overlay_services" {
  type = map(object({
    intercept_addresses = list(string)
    intercept_port      = number
    protocol            = optional(string, "tcp")
    host_address        = string
    host_port           = optional(number)
    bind_roles          = list(string)
    dial_roles          = list(string)
  }))
  default     = {}
  description = "By name, what the overlay network carries: names and port that devices connect to, where that arrives (the same port unless `host_port` is another), which routers bring it there, and which devices may connect."
  validation {
    condition     = alltrue([for service in var.overlay_services : contains(["tcp", "udp"], service.protocol)])
    error_message = "The protocol of a service has to be tcp or udp."
  }
  validation {
    condition = alltrue([for service in var.overlay_services :
      alltrue([for port in [service.intercept_port, coalesce(service.host_port, service.intercept_port)] : port >= 1 && port <= 65535])
    ])
    error_message = "A port is a number from 1 to 65535."
  }
  validation {
    condition     = alltrue([for service in var.overlay_services : length(service.bind_roles) > 0 && length(service.dial_roles) > 0])
    error_message = "A service without roles that bind or dial it can't be reached."
  }
}
