"""Addresses of clusters: one that names several hosts, and which of them is tried next."""

from urllib.parse import urlsplit, urlunsplit


def each_host(url: str) -> list[str]:
    """The address of each host that an address names: a://user@one:1,two:2/b is a://user@one:1/b and a://user@two:2/b."""
    parts = urlsplit(url)
    user, at, hosts = parts.netloc.rpartition("@")
    return [urlunsplit(parts._replace(netloc=f"{user}{at}{host}")) for host in hosts.split(",")]


class Rotation:
    """The hosts of one address, the one first that was good last.

    An attempt that is cancelled leads on to the next host too: whoever waits for a silent one gives up some time.
    """

    def __init__(self, url: str) -> None:
        self.hosts = each_host(url)
        self._next = 0

    def take(self) -> str:
        """The host to try now; another one is next, unless `is_good` is called."""
        host = self.hosts[self._next]
        self._next = (self._next + 1) % len(self.hosts)
        return host

    def is_good(self, host: str) -> None:
        """Begin with this host the next time."""
        self._next = self.hosts.index(host)
