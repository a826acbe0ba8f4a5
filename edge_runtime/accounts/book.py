"""The reader's accounts: add one, list them, remove one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from edge_runtime.accounts.secrets import erase_secrets, read_secrets, write_secrets
from edge_runtime.errors import AccountError, UnknownNameError
from edge_runtime.feeds.outcome import SyncOptions
from edge_runtime.profile.reader_profile import ReaderProfile
from edge_runtime.sentences import Sentence, msgid
from edge_runtime.storage.accounts import Account
from edge_runtime.storage.feeds import FeedStore


class Accounts:
    """Servers that subscriptions, articles and marks come from, and that are told what is read and saved here."""

    def __init__(self, feeds: FeedStore, profile: ReaderProfile, data_dir: Path) -> None:
        """Of a data directory."""
        self._feeds, self._profile, self._data_dir = feeds, profile, data_dir

    def all(self) -> list[Account]:
        """Every account, in the order of adding."""
        return self._feeds.accounts.all()

    def add(
        self, address: str, secret: str, now: datetime, user: str = "", options: SyncOptions | None = None
    ) -> Account:
        """Log in to a server, and keep the account; the next sync takes it in.

        Of one that is there the secret is kept anew.

        Args:
            address: Such as `miniflux+https://host` or `greader+https://host/api/greader.php`.
            secret: The password, or the API key of Miniflux; kept in a file for the reader alone.
            now: UTC-aware.
            user: Its name there; it may stand in the address too. With Miniflux's API key there is none.
            options: Limits of the request.

        Raises:
            FetchError: No such address, or the server was not reached or refuses.
            StorageError: It could not be kept.
        """
        from edge_runtime.accounts.opening import opened  # loaded here: it needs urllib3, and reading does not
        from edge_runtime.accounts.upstream import Login, account_address

        kind, url, named = account_address(address)
        login = Login(user or named, secret)
        if not secret or not (login.user or kind == "miniflux"):
            raise AccountError(
                Sentence("{address}: needs a secret and, but for an API key of Miniflux, a user", address=url)
            )
        if not (secret.isprintable() and (login.user or secret.isascii()) and login.user.isprintable()):
            raise AccountError(Sentence("{address}: a secret of characters that none has; copy it again", address=url))
        upstream = opened(kind, url, login, now, options or SyncOptions())
        try:
            upstream.log_in()
        finally:
            upstream.close()
        number = self._feeds.accounts.add(kind, url, login.user, now)
        write_secrets(self._data_dir, {**self._known_secrets(), number: secret})
        self._profile.store.set_upstreams([one.number for one in self.all()])
        (account,) = (one for one in self.all() if one.number == number)
        return account

    def remove(self, named: str) -> Account:
        """Forget an account, its secret and what waits to be sent; articles and marks stay.

        Args:
            named: Its number in the list, from 1, or its address.

        Raises:
            UnknownNameError: There is none, or several have this address.
            StorageError: It could not be written.
        """
        accounts = self.all()
        found = [one for place, one in enumerate(accounts, start=1) if named in (str(place), one.name, one.url)]
        if len(found) != 1:
            raise UnknownNameError(msgid("account"), named, tuple(one.name for one in accounts))
        (account,) = found
        write_secrets(self._data_dir, {n: s for n, s in self._known_secrets().items() if n != account.number})
        self._feeds.accounts.remove(account.number)
        self._profile.store.set_upstreams([one.number for one in self.all()])
        return account

    def erase(self) -> None:
        """Forget every secret; the accounts have gone with the subscriptions."""
        erase_secrets(self._data_dir)
        self._profile.store.set_upstreams([one.number for one in self.all()])

    def _known_secrets(self) -> dict[int, str]:
        return read_secrets(self._data_dir)
