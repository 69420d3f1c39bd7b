"""The services that people may be told by, as Apprise names them.

Of Apprise's 250 schemas those are left out that run programs, write files or speak to the machine itself (desktop
notices, syslog, D-Bus, GPIO), that have us listen, and those that nobody asks for.
"""

from collections.abc import Mapping

ALLOWED: Mapping[str, str] = {
    "mailto": "e-mail",
    "mailtos": "e-mail",
    "slack": "Slack",
    "discord": "Discord",
    "workflows": "Microsoft Teams",
    "workflow": "Microsoft Teams",
    "gchat": "Google Chat",
    "tgram": "Telegram",
    "matrix": "Matrix",
    "matrixs": "Matrix",
    "mmost": "Mattermost",
    "mmosts": "Mattermost",
    "rocket": "Rocket.Chat",
    "rockets": "Rocket.Chat",
    "zulip": "Zulip",
    "wxteams": "Webex",
    "webex": "Webex",
    "nctalk": "Nextcloud Talk",
    "nctalks": "Nextcloud Talk",
    "ntfy": "ntfy",
    "ntfys": "ntfy",
    "gotify": "Gotify",
    "gotifys": "Gotify",
    "pover": "Pushover",
    "pbul": "Pushbullet",
    "pagerduty": "PagerDuty",
    "opsgenie": "Opsgenie",
    "mailgun": "Mailgun",
    "sendgrid": "SendGrid",
    "twilio": "Twilio",
    "json": "JSON by HTTP",
    "jsons": "JSON by HTTPS",
}

# Those whose server is named in the URL, rather than being the service's own.
OF_ANY_SERVER = frozenset(
    {
        *("mailto", "mailtos", "matrix", "matrixs", "mmost", "mmosts", "rocket", "rockets", "nctalk", "nctalks"),
        *("ntfy", "ntfys", "gotify", "gotifys", "json", "jsons"),
    }
)
# Services whose own web address Apprise understands, such as https://hooks.slack.com/services/….
NATIVE = "https"


def schema_of(url: str) -> str:
    return url.partition("://")[0].lower() if "://" in url else ""


def is_allowed(url: str) -> bool:
    return schema_of(url) in ALLOWED or schema_of(url) == NATIVE


def in_words() -> str:
    return ", ".join(f"{schema}://" for schema in ALLOWED)
