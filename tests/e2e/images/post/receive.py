"""Takes mail (port 587, after STARTTLS and a login) and requests (port 443), and writes down each that
comes as /told/<n>.json: of mail who logged in, recipients, subject, text, html, conversation; of a
request method, path, headers and body."""
import asyncio
import email
import email.policy
import itertools
import json
import os
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.smtp import SMTP, AuthResult

numbers = itertools.count(1)


def told(**what):
    path = f"/told/{next(numbers):03}.json"
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(what, file, ensure_ascii=False)
    os.rename(path + ".new", path)


class Mail:
    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        text, html = (message.get_body([kind]) for kind in ("plain", "html"))
        told(
            way="mail",
            login=session.auth_data,
            to=envelope.rcpt_tos,
            subject=message["Subject"],
            id=message["Message-ID"],
            references=message["References"],
            text=text and text.get_content(),
            html=html and html.get_content(),
        )
        return "250 accepted"


def authenticate(server, session, envelope, mechanism, data):
    user, password = data.login.decode(), data.password.decode()
    is_known = (user, password) == (os.environ["MAIL_USER"], os.environ["MAIL_PASSWORD"])
    return AuthResult(success=is_known, handled=is_known, auth_data=user)


class Hooks(BaseHTTPRequestHandler):
    def take(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
        told(way="request", method=self.command, path=self.path, headers=dict(self.headers), body=body)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    do_GET = do_POST = do_PUT = take


async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain("/certificate.pem", "/key.pem")
    hooks = ThreadingHTTPServer(("", 443), Hooks)
    hooks.socket = context.wrap_socket(hooks.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=hooks.serve_forever, daemon=True).start()
    loop = asyncio.get_running_loop()
    session = lambda: SMTP(
        Mail(), hostname="mail.example.org", loop=loop, tls_context=context, require_starttls=True,
        authenticator=authenticate, auth_required=True,
    )
    server = await loop.create_server(session, "", 587)
    await server.serve_forever()


asyncio.run(main())
