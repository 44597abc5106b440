"""Where the rules, the routes of alerts and the dashboards are in this repository."""

from localservers.home import REPOSITORY

FOLDER = REPOSITORY / "deploy" / "observability"
RULES = FOLDER / "prometheus"
ALERTMANAGER = FOLDER / "alertmanager" / "alertmanager.yml"
DASHBOARDS = FOLDER / "grafana"
