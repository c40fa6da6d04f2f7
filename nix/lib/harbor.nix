# The parts of Harbor: their containers, what they know of each other, and the configuration that holds no secret.
{
  lib,
  pkgs,
  cfg,
  # The folder of what is made up at each start.
  run,
}:

let
  # The addresses of the parts: fixed, so that nothing has to look them up.
  base = builtins.head (builtins.match "([0-9]+[.][0-9]+[.][0-9]+)[.]0/24" cfg.subnet);
  address = lib.mapAttrs (_: number: "${base}.${toString number}") {
    postgresql = 10;
    redis = 11;
    registry = 12;
    registryctl = 13;
    core = 14;
    portal = 15;
    jobservice = 16;
    trivy-adapter = 17;
    exporter = 18;
  };
  redis = number: "redis://redis:6379${lib.optionalString (number != 0) "/${toString number}"}?idle_timeout_seconds=30";
  metrics = cfg.metricsPort != null;

  storage =
    if cfg.storage == null then
      { filesystem.rootdirectory = "/storage"; }
    else
      {
        s3 = {
          inherit (cfg.storage) bucket region;
          regionendpoint = cfg.storage.endpoint;
          accesskey = cfg.storage.accessKey;
          secure = lib.hasPrefix "https:" cfg.storage.endpoint;
          v4auth = true;
          chunksize = 5242880;
          rootdirectory = "/";
        };
      };
  registryConfig = {
    version = "0.1";
    log = {
      level = "info";
      fields.service = "registry";
    };
    storage = storage // {
      cache.layerinfo = "redis";
      maintenance.uploadpurging = {
        enabled = true;
        age = "168h";
        interval = "24h";
        dryrun = false;
      };
      delete.enabled = true;
    };
    redis = {
      addr = "redis:6379";
      readtimeout = "10s";
      writetimeout = "10s";
      dialtimeout = "10s";
      db = 1;
      pool = {
        maxidle = 100;
        maxactive = 500;
        idletimeout = "60s";
      };
    };
    http = {
      addr = ":5000";
      debug =
        if metrics then
          {
            addr = ":9090";
            prometheus = {
              enabled = true;
              path = "/metrics";
            };
          }
        else
          { addr = "localhost:5001"; };
    };
    auth.htpasswd = {
      realm = "harbor-registry-basic-realm";
      path = "/etc/registry/passwd";
    };
    validation.disabled = true;
    compatibility.schema1.enabled = true;
  };
  # JSON is YAML as well.
  json = name: data: "${pkgs.writeText name (builtins.toJSON data)}";
  jobserviceConfig = json "kss-harbor-jobservice.yml" (
    {
      protocol = "http";
      port = 8080;
      worker_pool = {
        workers = cfg.jobWorkers;
        backend = "redis";
        redis_pool = {
          redis_url = redis 2;
          namespace = "harbor_job_service_namespace";
          idle_timeout_second = 3600;
        };
      };
      job_loggers = [
        {
          name = "FILE";
          level = "INFO";
          settings.base_dir = "/var/log/jobs";
          sweeper = {
            duration = 7;
            settings.work_dir = "/var/log/jobs";
          };
        }
      ];
      loggers = [
        {
          name = "STD_OUTPUT";
          level = "INFO";
        }
      ];
      reaper = {
        max_update_hours = 24;
        max_dangling_hours = 168;
      };
      max_retrieve_size_mb = 10;
    }
    // lib.optionalAttrs metrics {
      metric = {
        enabled = true;
        path = "/metrics";
        port = 9090;
      };
    }
  );
  registryctlConfig = json "kss-harbor-registryctl.yml" {
    protocol = "http";
    port = 8080;
    log_level = "info";
    registry_config = "/etc/registry/config.yml";
  };
  coreConfig = pkgs.writeText "kss-harbor-app.conf" ''
    appname = Harbor
    runmode = prod
    enablegzip = true

    [prod]
    httpport = 8080
  '';
  portalConfig = pkgs.writeText "kss-harbor-portal.conf" ''
    pid /tmp/nginx.pid;
    events { }
    http {
      include /etc/nginx/mime.types;
      client_body_temp_path /tmp/client_body_temp;
      proxy_temp_path /tmp/proxy_temp;
      fastcgi_temp_path /tmp/fastcgi_temp;
      uwsgi_temp_path /tmp/uwsgi_temp;
      scgi_temp_path /tmp/scgi_temp;
      gzip on;
      gzip_types text/css application/json application/javascript image/svg+xml;
      server {
        listen 8080;
        root /usr/share/nginx/html;
        location /devcenter-api-2.0 { try_files $uri $uri/ /swagger-ui-index.html; }
        location / { try_files $uri $uri/ /index.html; }
        location = /index.html { add_header Cache-Control "no-store, no-cache, must-revalidate"; }
      }
    }
  '';

  database = {
    host = "postgresql";
    port = "5432";
    user = "postgres";
    name = "registry";
  };
  connections = {
    MAX_IDLE_CONNS = "100";
    MAX_OPEN_CONNS = "900";
    CONN_MAX_LIFETIME = "5m";
    CONN_MAX_IDLE_TIME = "0";
  };
  prefixed = prefix: lib.mapAttrs' (name: lib.nameValuePair "${prefix}${name}");
  metric = part: lib.optionalAttrs metrics ({ METRIC_NAMESPACE = "harbor"; } // { METRIC_SUBSYSTEM = part; });

  # How the parts run; `name` is the one that the others know.
  parts = {
    postgresql = {
      image = cfg.images.database;
      caps = [
        "CHOWN"
        "DAC_OVERRIDE"
        "SETGID"
        "SETUID"
      ];
      extra = [ "--shm-size=1g" ];
      environmentFiles = [ "${run}/database.env" ];
      volumes = [ "${cfg.dataDir}/database:/var/lib/postgresql/data" ];
    };
    redis = {
      image = cfg.images.redis;
      volumes = [ "${cfg.dataDir}/redis:/var/lib/redis" ];
    };
    registry = {
      image = cfg.images.registry;
      needs = [ "redis" ];
      volumes = [
        "${cfg.dataDir}/registry:/storage"
        "${run}/registry:/etc/registry:ro"
      ];
    };
    registryctl = {
      image = cfg.images.registryctl;
      needs = [ "registry" ];
      environmentFiles = [ "${run}/registryctl.env" ];
      volumes = [
        "${cfg.dataDir}/registry:/storage"
        "${run}/registry:/etc/registry:ro"
        "${registryctlConfig}:/etc/registryctl/config.yml:ro"
      ];
    };
    core = {
      image = cfg.images.core;
      needs = [
        "postgresql"
        "redis"
        "registry"
      ];
      environmentFiles = [ "${run}/core.env" ];
      environment = {
        CONFIG_PATH = "/etc/core/app.conf";
        PORT = "8080";
        LOG_LEVEL = "info";
        EXT_ENDPOINT = cfg.url;
        _REDIS_URL_CORE = redis 0;
        _REDIS_URL_REG = redis 1;
        DATABASE_TYPE = "postgresql";
        MAX_JOB_WORKERS = toString cfg.jobWorkers;
        CORE_URL = "http://core:8080";
        CORE_LOCAL_URL = "http://127.0.0.1:8080";
        TOKEN_SERVICE_URL = "http://core:8080/service/token";
        REGISTRY_URL = "http://registry:5000";
        REGISTRY_CONTROLLER_URL = "http://registryctl:8080";
        REGISTRY_STORAGE_PROVIDER_NAME = builtins.head (builtins.attrNames storage);
        REGISTRY_CREDENTIAL_USERNAME = "harbor_registry_user";
        PORTAL_URL = "http://portal:8080";
        JOBSERVICE_URL = "http://jobservice:8080";
        WITH_TRIVY = "True";
        TRIVY_ADAPTER_URL = "http://trivy-adapter:8080";
        ROBOT_SCANNER_NAME_PREFIX = "kss";
        SYNC_QUOTA = "true";
        READ_ONLY = "false";
        PERMITTED_REGISTRY_TYPES_FOR_PROXY_CACHE = "docker-hub,harbor,docker-registry,github-ghcr";
        REPLICATION_ADAPTER_WHITELIST = "docker-hub,harbor,docker-registry,github-ghcr";
        POSTGRESQL_HOST = database.host;
        POSTGRESQL_PORT = database.port;
        POSTGRESQL_USERNAME = database.user;
        POSTGRESQL_DATABASE = database.name;
        POSTGRESQL_SSLMODE = "disable";
      }
      // prefixed "POSTGRESQL_" connections
      // metric "core"
      // lib.optionalAttrs metrics {
        METRIC_ENABLE = "true";
        METRIC_PATH = "/metrics";
        METRIC_PORT = "9090";
      };
      volumes = [
        "${cfg.dataDir}/core:/data"
        "${coreConfig}:/etc/core/app.conf:ro"
        "${run}/core/private_key.pem:/etc/core/private_key.pem:ro"
        "${run}/core/key:/etc/core/key:ro"
      ];
    };
    portal = {
      image = cfg.images.portal;
      volumes = [ "${portalConfig}:/etc/nginx/nginx.conf:ro" ];
    };
    jobservice = {
      image = cfg.images.jobservice;
      needs = [ "core" ];
      environmentFiles = [ "${run}/jobservice.env" ];
      environment = {
        LOG_LEVEL = "info";
        CORE_URL = "http://core:8080";
        REGISTRY_URL = "http://registry:5000";
        REGISTRY_CONTROLLER_URL = "http://registryctl:8080";
        REGISTRY_CREDENTIAL_USERNAME = "harbor_registry_user";
        JOBSERVICE_WEBHOOK_JOB_MAX_RETRY = "3";
        JOBSERVICE_WEBHOOK_JOB_HTTP_CLIENT_TIMEOUT = "3";
      }
      // metric "jobservice";
      volumes = [
        "${cfg.dataDir}/job_logs:/var/log/jobs"
        "${jobserviceConfig}:/etc/jobservice/config.yml:ro"
      ];
    };
    trivy-adapter = {
      image = cfg.images.trivy;
      caps = [ ];
      needs = [ "redis" ];
      environment = {
        SCANNER_LOG_LEVEL = "info";
        SCANNER_REDIS_URL = redis 5;
        SCANNER_STORE_REDIS_URL = redis 5;
        SCANNER_STORE_REDIS_NAMESPACE = "harbor.scanner.trivy:store";
        SCANNER_JOB_QUEUE_REDIS_URL = redis 5;
        SCANNER_JOB_QUEUE_REDIS_NAMESPACE = "harbor.scanner.trivy:job-queue";
        SCANNER_TRIVY_CACHE_DIR = "/home/scanner/.cache/trivy";
        SCANNER_TRIVY_REPORTS_DIR = "/home/scanner/.cache/reports";
        SCANNER_TRIVY_VULN_TYPE = "os,library";
        SCANNER_TRIVY_SECURITY_CHECKS = "vuln";
        SCANNER_TRIVY_SEVERITY = "UNKNOWN,LOW,MEDIUM,HIGH,CRITICAL";
        SCANNER_TRIVY_IGNORE_UNFIXED = lib.boolToString cfg.scanner.ignoreUnfixed;
        SCANNER_TRIVY_SKIP_UPDATE = lib.boolToString cfg.scanner.skipUpdate;
        SCANNER_TRIVY_SKIP_JAVA_DB_UPDATE = lib.boolToString cfg.scanner.skipUpdate;
        SCANNER_TRIVY_OFFLINE_SCAN = lib.boolToString cfg.scanner.skipUpdate;
        SCANNER_TRIVY_INSECURE = "false";
        SCANNER_TRIVY_TIMEOUT = cfg.scanner.timeout;
      };
      volumes = [
        "${cfg.dataDir}/trivy:/home/scanner/.cache/trivy"
        "${cfg.dataDir}/reports:/home/scanner/.cache/reports"
      ];
    };
  }
  // lib.optionalAttrs metrics {
    exporter = {
      image = cfg.images.exporter;
      needs = [ "core" ];
      environmentFiles = [ "${run}/exporter.env" ];
      environment = {
        LOG_LEVEL = "info";
        HARBOR_EXPORTER_PORT = "8080";
        HARBOR_EXPORTER_METRICS_PATH = "/metrics";
        HARBOR_EXPORTER_METRICS_ENABLED = "true";
        HARBOR_EXPORTER_MAX_REQUESTS = "30";
        HARBOR_EXPORTER_CACHE_TIME = "23";
        HARBOR_EXPORTER_CACHE_CLEAN_INTERVAL = "14400";
        HARBOR_METRIC_NAMESPACE = "harbor";
        HARBOR_METRIC_SUBSYSTEM = "exporter";
        HARBOR_REDIS_URL = redis 2;
        HARBOR_REDIS_NAMESPACE = "harbor_job_service_namespace";
        HARBOR_REDIS_TIMEOUT = "3600";
        HARBOR_SERVICE_SCHEME = "http";
        HARBOR_SERVICE_HOST = "core";
        HARBOR_SERVICE_PORT = "8080";
        HARBOR_DATABASE_HOST = database.host;
        HARBOR_DATABASE_PORT = database.port;
        HARBOR_DATABASE_USERNAME = database.user;
        HARBOR_DATABASE_DBNAME = database.name;
        HARBOR_DATABASE_SSLMODE = "disable";
      }
      // prefixed "HARBOR_DATABASE_" connections;
    };
  };
in
{
  inherit address parts registryConfig;
}
