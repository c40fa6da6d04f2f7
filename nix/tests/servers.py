#!/usr/bin/env python3
"""Stands for the servers that scripts of the library speak to, on the loopback: `servers.py KIND DIR [WORD…]`.

Prints its port. What it is asked, it writes to DIR/calls, one line each: method, path and body. What is kept is kept as long as
it runs; a word of another kind than the right one in a header of authentication is refused.
"""

import http.server
import json
import pathlib
import ssl
import sys
import urllib.parse

KIND, DIR, WORDS = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]


class Server(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_any(self):
        length = int(self.headers.get("Content-Length") or 0)
        text = self.rfile.read(length).decode()
        url = urllib.parse.urlsplit(self.path)
        self.query = urllib.parse.parse_qs(url.query)
        with open(DIR / "calls", "a", encoding="utf-8") as calls:
            calls.write(f"{self.command} {urllib.parse.unquote(self.path)} {text}\n")
        try:
            status, answer = getattr(self, KIND)(self.command, url.path, json.loads(text) if text else None)
        except KeyError as error:
            status, answer = 404, {"message": f"404: {error}"}
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = handle_any

    def log_message(self, *words):
        pass

    # GitHub below /orgs, GitLab below /api/v4.
    groups, variables, projects = {}, {}, {}

    def forge(self, method, path, body):
        if path.startswith("/orgs/"):
            if self.headers.get("Authorization") != "Bearer gh-token":
                return 401, {"message": "Bad credentials"}
            page = int(self.query["page"][0])
            listed = json.loads((DIR / "repositories.json").read_text(encoding="utf-8"))
            return 200, listed[page - 1 : page]
        if self.headers.get("PRIVATE-TOKEN") != "gl-token":
            return 401, {"message": "401 Unauthorized"}
        path = urllib.parse.unquote(path.removeprefix("/api/v4/"))
        if method == "POST" and path == "groups":
            self.groups[body["path"]] = {"id": 7, **body}
            return 201, self.groups[body["path"]]
        if path.startswith("groups/7/variables"):
            name = path.rpartition("/")[2]
            if method == "POST":
                self.variables[body["key"]] = body
            elif method == "PUT":
                self.variables[name] = {**self.variables[name], **body}
            return 200, self.variables[body["key"] if body else name]
        if path.startswith("groups/"):
            return 200, self.groups[path.partition("/")[2]]
        if method == "POST" and path == "projects":
            name = f"apps/{body['path']}"
            url = f"file://{DIR}/gitlab/{body['path']}.git"
            self.projects[name] = {"id": len(self.projects) + 1, "http_url_to_repo": url, **body}
            return 201, self.projects[name]
        name = path.partition("/")[2]
        if method == "PUT":
            project = next(p for p in self.projects.values() if str(p["id"]) == name)
            project.update(body)
            return 200, project
        return 200, self.projects[name]

    # Harbor, whose administrator has the password that stands in WORDS.
    registries, caches = [], {}

    def harbor(self, method, path, body):
        import base64

        path = path.removeprefix("/api/v2.0/")
        if path == "health":
            return 200, {"status": "healthy" if "sick" not in WORDS else "unhealthy"}
        wanted = "Basic " + base64.b64encode(f"admin:{WORDS[0]}".encode()).decode()
        if self.headers.get("Authorization") != wanted:
            return 401, {"errors": [{"message": "unauthorized"}]}
        if path == "registries" and method == "GET":
            # Names are searched by what they contain.
            text = self.query["q"][0].partition("=")[2]
            return 200, [r for r in self.registries if text in r["name"]]
        if path == "registries":
            self.registries.append({"id": len(self.registries) + 1, **body})
            return 201, None
        if path.startswith("registries/"):
            self.registries[int(path.rpartition("/")[2]) - 1].update(body)
            return 200, None
        if path == "projects":
            self.caches[body["project_name"]] = body
            return 201, None
        if path.startswith("projects/"):
            return 200, self.caches[path.partition("/")[2]]
        return 200, {}

    # The controller of OpenZiti, whose administrator has the password in DIR/password.
    routers = {}

    def ziti(self, method, path, body):
        path = path.removeprefix("/edge/management/v1/")
        password = DIR / "password"
        if path == "version":
            return 200, {"data": {}}
        if path == "authenticate":
            right = body == {"username": "admin", "password": password.read_text(encoding="utf-8")}
            return (200, {"data": {"token": "session"}}) if right else (401, {"error": {}})
        if self.headers.get("zt-session") != "session":
            return 401, {"error": {}}
        if path == "current-identity/authenticators":
            return 200, {"data": [{"method": "cert", "id": "c"}, {"method": "updb", "id": "u"}]}
        if path == "current-identity/authenticators/u":
            if body["currentPassword"] != password.read_text(encoding="utf-8"):
                return 400, {"error": {}}
            password.write_text(body["password"], encoding="utf-8")
            return 200, {"data": {}}
        if path == "edge-routers" and method == "GET":
            return 200, {"data": [{"id": i} for i, r in self.routers.items() if f'"{r["name"]}"' in self.query["filter"][0]]}
        if path == "edge-routers":
            self.routers["r1"] = {**body, "enrollmentJwt": "first-token"}
            return 201, {"data": {"id": "r1"}}
        name, _, verb = path.removeprefix("edge-routers/").partition("/")
        if verb == "re-enroll":
            self.routers[name]["enrollmentJwt"] = "second-token"
            return 200, {}
        return 200, {"data": self.routers[name]}


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
if KIND == "ziti":
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(DIR / "pki/server.chain.pem", DIR / "pki/server.key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
