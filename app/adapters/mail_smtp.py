"""Letters over SMTP, by the standard library."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from app.ports.mail import Letter, MailFailedError

_TIMEOUT_S = 20


class SmtpMailer:
    """Mailer on one server: `smtps://` speaks TLS from the start, `smtp://` begins it where the server offers that, and must where a password is sent."""

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        self._at_once = parts.scheme == "smtps"
        self._host = parts.hostname or "localhost"
        self._port = parts.port or (465 if self._at_once else 587)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender = sender

    def send(self, letter: Letter) -> None:
        """Hand a letter over."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, letter.to, letter.subject
        message.set_content(letter.text)
        try:
            with self._connect() as server:
                server.send_message(message)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise MailFailedError(f"the mail server did not take a letter ({type(error).__name__}); expected KNEEWALL_SMTP_URL to name one that does") from None

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._at_once:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=_TIMEOUT_S, context=context)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=_TIMEOUT_S)
        try:
            self._introduce(server, context)
        except BaseException:
            server.close()
            raise
        return server

    def _introduce(self, server: smtplib.SMTP, context: ssl.SSLContext) -> None:
        """Begin TLS where it has not begun, and sign in where there is somebody to be."""
        if not self._at_once:
            server.ehlo()
            if self._user or server.has_extn("starttls"):
                server.starttls(context=context)
        if self._user:
            server.login(self._user, self._password)
