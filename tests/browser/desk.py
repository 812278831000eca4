"""What people do at the desk, in a real browser."""

from typing import Any


def sign_in(page: Any, name: str, *, password: str | None = None, path: str = "/admin/") -> None:
    """Sign in as the account that `tests.factories.make_user` made (its password is its name), going to `path`."""
    page.goto(path)
    page.fill("#id_username", name)
    page.fill("#id_password", password or name)
    page.click("[type=submit]")
