"""What the parts of a form with files must look like while they are read."""

import re

from django.http.multipartparser import MultiPartParserError

# Between the colon and the word Django passes over every kind of white space, line ends included.
BASE64 = re.compile(rb"content-transfer-encoding *:\W{0,1024}base64", re.IGNORECASE)
MAX_HEADER_BYTES = 1024
"""How far behind its boundary a header of a part can stand. Source: django.http.multipartparser."""


class PlainParts:
    """The body of a form, read as from ``body``; raises MultiPartParserError, a 400, at a part that is in base64.

    No browser sends such a part (RFC 7578, 4.7), and decoding it costs more than any limit of ours counts. A file that
    only speaks of base64 passes, because what counts is a header between a boundary and the first empty line.
    """

    def __init__(self, body, boundary: bytes):
        self.body, self.boundary = body, b"--" + boundary
        self.reach = len(self.boundary) + 2 * MAX_HEADER_BYTES
        self.seen = b""

    def read(self, *size):
        return self._passed(self.body.read(*size))

    def readline(self, *size):
        return self._passed(self.body.readline(*size))

    def _passed(self, chunk):
        self.seen = self.seen[-self.reach :] + chunk
        if any(self._is_in_headers(match.start()) for match in BASE64.finditer(self.seen)):
            raise MultiPartParserError("A part of this form is in base64.")
        return chunk

    def _is_in_headers(self, position):
        boundary = self.seen.rfind(self.boundary, max(0, position - self.reach), position)
        return boundary >= 0 and b"\r\n\r\n" not in self.seen[boundary:position]
