"""Reads a mail from standard input as any mail program would, by Python's `email`, and prints what is in
it as JSON: headers, defects, both parts, and what a person sees of the HTML.
"""
import email
import email.policy
import json
import sys
from html.parser import HTMLParser

BLOCKS = {"p", "h1", "h2", "tr", "div", "title", "br"}


class Seen(HTMLParser):
    def __init__(self):
        super().__init__()
        self.lines, self.line, self.elements, self.addresses, self.hidden = [], "", [], [], 0

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.addresses += [value for name, value in attrs if name in ("href", "src", "background", "action", "data")]
        self.hidden += tag in ("style", "script")
        if tag in BLOCKS:
            self.end_line()

    def handle_endtag(self, tag):
        self.hidden -= tag in ("style", "script")
        if tag in BLOCKS:
            self.end_line()
        if tag == "th":
            self.line += ": "

    def handle_data(self, data):
        self.line += "" if self.hidden else data

    def end_line(self):
        line = " ".join(self.line.split())
        self.lines += [line] if line else []
        self.line = ""


message = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
seen = Seen()
seen.feed(html.get_content())
seen.close()
headers = {}
for name, value in message.items():
    assert name.lower() not in headers, f"{name} stands twice"
    headers[name.lower()] = str(value)
parts = [part.get_content_type() for part in message.walk()]
assert parts == ["multipart/alternative", "text/plain", "text/html"], parts
defects = [repr(defect) for part in message.walk() for defect in part.defects]
defects += [f"{name}: {defect!r}" for name, value in message.items() for defect in value.defects]
json.dump({
    "headers": headers,
    "defects": defects,
    "text": text.get_content().replace("\r\n", "\n"),
    "html": html.get_content().replace("\r\n", "\n"),
    "seen": seen.lines,
    "elements": seen.elements,
    "addresses": seen.addresses,
}, sys.stdout)
