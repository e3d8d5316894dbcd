"""A mail server for the tests: says on standard output, one JSON object a line, which port it has and what happens.

Settings come as JSON in the first argument: protection (starttls, tls or none), name (in its certificate), login (null, or
user and password), authority (where to write the certificate of its authority).

Recipients at these domains are treated in their own way:
  refused.example      550 for good
  later.example        451 at the first attempt
  content.example      554 to the message itself
"""

import asyncio
import base64
import email
import email.policy
import io
import json
import ssl
import sys
import xml.etree.ElementTree
import zipfile

import trustme
from aiosmtpd.smtp import SMTP, AuthResult


def say(**event):
    print(json.dumps(event), flush=True)


def structure(part):
    """The tree of parts: a leaf is its type, a multipart its subtype with what is in it."""
    if part.is_multipart():
        return {part.get_content_subtype(): [structure(inner) for inner in part.iter_parts()]}
    return part.get_content_type()


def parts_of(message):
    for part in message.walk():
        if part.is_multipart():
            continue
        content = part.get_content()
        yield {
            "type": part.get_content_type(),
            "charset": part.get_content_charset(),
            "text": content if isinstance(content, str) else None,
            "bytes": None if isinstance(content, str) else base64.b64encode(content).decode(),
            "name": part.get_filename(),
            "disposition": part.get_content_disposition(),
            "content_id": part["Content-ID"],
            "defects": [str(defect) for defect in part.defects],
        }


def sheet_of(message):
    """How many cells each row of the attached workbook has; none without a workbook."""
    for part in message.iter_attachments():
        if part.get_filename().endswith(".xlsx"):
            archive = zipfile.ZipFile(io.BytesIO(part.get_content()))
            assert archive.testzip() is None
            sheet = xml.etree.ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
            return [len(row.findall("{*}c")) for row in sheet.find("{*}sheetData")]
    return None


class Handler:
    def __init__(self):
        self.seen = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        domain = address.rpartition("@")[2]
        say(event="recipient", address=address)
        if domain == "refused.example":
            return "550 5.1.1 no such mailbox"
        if domain == "later.example" and address not in self.seen:
            self.seen.add(address)
            return "451 4.2.1 the mailbox is busy, come again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        say(
            event="message",
            sender=envelope.mail_from,
            recipients=envelope.rcpt_tos,
            protected=session.ssl is not None,
            authenticated=bool(session.authenticated),
            headers=[[name, str(value)] for name, value in message.items()],
            defects=[str(defect) for defect in message.defects],
            structure=structure(message),
            sheet=sheet_of(message),
            parts=list(parts_of(message)),
            longest_line=max(len(line) for line in envelope.original_content.split(b"\r\n")),
        )
        if any(address.endswith("@content.example") for address in envelope.rcpt_tos):
            return "554 5.6.0 the content is not wanted here"
        return "250 taken"


class Server(SMTP):
    """Says also of connections that were protected from the first byte that they are."""

    def connection_made(self, transport):
        super().connection_made(transport)
        self.session.ssl = self.session.ssl or transport.get_extra_info("ssl_object")


async def main():
    settings = json.loads(sys.argv[1])
    protection, login = settings["protection"], settings["login"]
    authority = trustme.CA()
    authority.cert_pem.write_to_path(settings["authority"])
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(settings["name"]).configure_cert(context)

    def authenticate(server, session, envelope, mechanism, data):
        right = login and [data.login.decode(), data.password.decode()] == [login["user"], login["password"]]
        say(event="login", mechanism=mechanism, right=bool(right))
        return AuthResult(success=bool(right), handled=False)

    handler = Handler()

    def server():
        return Server(
            handler,
            hostname="relay.example.org",
            tls_context=context if protection == "starttls" else None,
            require_starttls=protection == "starttls",
            auth_required=login is not None,
            auth_require_tls=protection == "starttls",
            authenticator=authenticate,
        )

    listening = await asyncio.get_running_loop().create_server(
        server, "127.0.0.1", 0, ssl=context if protection == "tls" else None
    )
    say(port=listening.sockets[0].getsockname()[1])
    await listening.serve_forever()


asyncio.run(main())
