"""The one password of all demo accounts: known to everybody, which is why only this machine may reach them."""

DEMO_PASSWORD = "siteloop-demo"
