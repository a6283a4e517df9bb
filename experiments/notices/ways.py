"""The ways by which a notice leaves: a mail server, a webhook.

Belongs here: handing one message over. Does not: what it says, whether it was said (sending). Each waits for ten seconds at most.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

import httpx

from data.settings import load_settings
from experiments.notices.rules import HERE, MailServer

SECONDS = 10.0
FAILURES = (OSError, smtplib.SMTPException, httpx.HTTPError)
"""What a way that does not work raises; anything else is an error of ours."""


@dataclass(frozen=True)
class Message:
    """What is sent: a subject and lines in both languages for people, the occasions for machines."""

    subject: str
    text: str
    occasions: tuple[Mapping[str, object], ...]


def by_mail(server: MailServer, address: str, said: Message) -> None:
    """Hand a message for one address to the mail server: nobody reads who else is told."""
    settings = load_settings()
    context = ssl.create_default_context()
    connection = (
        smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
        if server.security == "tls"
        else smtplib.SMTP(server.host, server.port, timeout=SECONDS)
    )
    with connection:
        if server.security == "starttls":
            connection.starttls(context=context)
        if settings.mail_user and settings.mail_password:
            connection.login(settings.mail_user, settings.mail_password.get_secret_value())
        connection.send_message(_mail(server.sender, address, said))


def by_webhook(address: str, rule: str, said: Message) -> None:
    """Post a message as JSON; no redirect is followed, and no proxy is asked for an address of this machine."""
    is_here = httpx.URL(address).host in HERE
    with httpx.Client(timeout=SECONDS, follow_redirects=False, trust_env=not is_here) as client:
        client.post(address, json={"rule": rule, **asdict(said)}).raise_for_status()


def _mail(sender: str, address: str, said: Message) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, address, said.subject
    mail["Date"], mail["Message-ID"] = formatdate(localtime=False), make_msgid(domain="zonelab")
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(said.text)
    return mail
