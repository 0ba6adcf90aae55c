"""A real SMTP server for the tests of mail: aiosmtpd on 127.0.0.1, on a port of its own choosing.

    smtp.py FOLDER [starttls|tls] [auth=USER:PASSWORD] [refuse=RECIPIENT] [busy=N] [drop] [slow] [stay] [silent]

Prints its port on one line, then writes every mail it accepts to FOLDER/<n>.eml, with the envelope's
recipients in a header of its own, and one line for each command that tells the story to FOLDER/story.
Ends when its standard input is closed, so that it never outlives the test that started it.
"""
import asyncio
import ssl
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult


class Handler:
    def __init__(self, folder, options):
        self.folder, self.count = folder, 0
        self.refuse = options.get("refuse")
        self.busy = int(options.get("busy", "0"))
        self.drop, self.slow = "drop" in options, "slow" in options

    def tell(self, line):
        with open(self.folder / "story", "a") as story:
            story.write(line + "\n")

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address == self.refuse:
            self.tell(f"refused {address}")
            return "550 5.1.1 no such mailbox"
        if self.busy > 0:
            self.busy -= 1
            self.tell(f"busy {address}")
            return "451 4.3.2 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.drop:
            self.tell("dropped")
            server.transport.abort()
            return "421 gone"
        if self.slow:
            self.tell("slow")
            await asyncio.sleep(600)
        self.count += 1
        head = f"X-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\nX-TLS: {session.ssl is not None}\r\n"
        (self.folder / f"{self.count}.new").write_bytes(head.encode() + envelope.original_content)
        (self.folder / f"{self.count}.new").rename(self.folder / f"{self.count}.eml")
        self.tell(f"accepted {', '.join(envelope.rcpt_tos)}")
        return f"250 2.0.0 Ok: queued as {self.count}"


class Staying(SMTP):
    async def smtp_QUIT(self, arg):
        await asyncio.sleep(600)


class Silent(asyncio.Protocol):
    def connection_made(self, transport):
        print("connected", flush=True)


async def main():
    folder = Path(sys.argv[1])
    options = dict((word.split("=", 1) + [""])[:2] for word in sys.argv[2:])
    handler = Handler(folder, options)
    context = None
    if "starttls" in options or "tls" in options:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "cert.pem", folder / "key.pem")

    def authenticate(server, session, envelope, mechanism, data):
        given = f"{data.login.decode()}:{data.password.decode()}"
        handler.tell(f"login {data.login.decode()}")
        if given == options["auth"]:
            return AuthResult(success=True)
        # As careless servers do, this one repeats the password it refuses.
        refusal = f"535 5.7.8 not the password: {data.password.decode()}"
        return AuthResult(success=False, handled=False, message=refusal)

    def session():
        if "silent" in options:
            return Silent()
        auth = {"authenticator": authenticate, "auth_required": True, "auth_require_tls": False} if "auth" in options else {}
        starttls = {"tls_context": context, "require_starttls": True} if "starttls" in options else {}
        kind = Staying if "stay" in options else SMTP
        return kind(handler, hostname="test", loop=asyncio.get_running_loop(), **auth, **starttls)

    wrapper = context if "tls" in options else None
    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0, ssl=wrapper)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
