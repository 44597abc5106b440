"""The mailbox's pages: the list of mails, and one mail as its recipient sees it."""

from collections.abc import Sequence
from html import escape

from cartwheel_local.mailbox.mail import Mail

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
  body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }}
  table {{ border-collapse: collapse; width: 100%; }}
  td, th {{ border-bottom: 1px solid #ddd; padding: .4rem; text-align: left; vertical-align: top; }}
  iframe {{ border: 1px solid #bbb; height: 36rem; width: 100%; }}
  pre {{ background: #f6f6f6; overflow: auto; padding: 1rem; white-space: pre-wrap; }}
</style>
<main>{body}</main>
</html>
"""


def list_page(mails: Sequence[Mail]) -> str:
    """Render the newest mail first."""
    rows = "".join(_row(mail) for mail in reversed(mails))
    table = f"<table><thead><tr><th>Subject</th><th>To</th></tr></thead><tbody>{rows}</tbody></table>"
    body = f"<h1>Mailbox</h1><p>{len(mails)} sent.</p>" + (table if mails else "")
    return _PAGE.format(title="Mailbox", body=body)


def mail_page(mail: Mail) -> str:
    """Render one mail: its HTML in a sandbox without scripts, whose links open beside it, then text and headers."""
    frame = escape(f'<base target="_blank">{mail.html}', quote=True)
    headers = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in mail.headers.items()
    )
    body = (
        f'<p><a href="/">All mails</a></p><h1>{escape(mail.subject)}</h1><p>To {escape(mail.to)}</p>'
        f'<iframe title="The mail" sandbox="allow-popups allow-popups-to-escape-sandbox" srcdoc="{frame}"></iframe>'
        f"<h2>Text</h2><pre>{escape(mail.text)}</pre><h2>Headers</h2><table>{headers}</table>"
    )
    return _PAGE.format(title=escape(mail.subject), body=body)


def _row(mail: Mail) -> str:
    link = f'<a href="/mails/{escape(mail.id)}">{escape(mail.subject) or "(no subject)"}</a>'
    return f"<tr><td>{link}</td><td>{escape(mail.to)}</td></tr>"
