# Debian's own interpreter and nginx as bases, where no registry answers: `make images-check` builds on them.
ARG BASE_IMAGE=debian:bookworm-slim

# venv and pip, for the stages that build.
FROM ${BASE_IMAGE} AS build
# hadolint ignore=DL3008 # whatever Debian's stable release has now: its updates are security updates
RUN apt-get update && apt-get install --yes --no-install-recommends python3-venv && rm -rf /var/lib/apt/lists/*

# In place of nginx:1.28-alpine, which has curl too.
FROM ${BASE_IMAGE} AS nginx
# hadolint ignore=DL3008 # the same
RUN apt-get update && apt-get install --yes --no-install-recommends nginx-light curl && rm -rf /var/lib/apt/lists/*

# In place of postgres:15, redis:7 and rabbitmq:3.13, with as much of their interfaces as docker-compose.yml and the tests use.
FROM ${BASE_IMAGE} AS postgres
# hadolint ignore=DL3008 # the same
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-15 && rm -rf /var/lib/apt/lists/*
COPY deploy/images/postgres-entrypoint.sh /usr/local/bin/
ENV PATH=/usr/lib/postgresql/15/bin:$PATH PGDATA=/var/lib/postgresql/data
# hadolint ignore=DL3066 # the account that Debian's package makes; nothing outside looks at its number
USER postgres
ENTRYPOINT ["postgres-entrypoint.sh"]
CMD ["postgres"]

FROM ${BASE_IMAGE} AS redis
# hadolint ignore=DL3008 # the same
RUN apt-get update && apt-get install --yes --no-install-recommends redis-server && rm -rf /var/lib/apt/lists/*
# hadolint ignore=DL3066 # the account that Debian's package makes; nothing outside looks at its number
USER redis
CMD ["redis-server", "--protected-mode", "no", "--save", "", "--dir", "/tmp"]

FROM ${BASE_IMAGE} AS rabbitmq
# hadolint ignore=DL3008 # the same
RUN apt-get update && apt-get install --yes --no-install-recommends rabbitmq-server && rm -rf /var/lib/apt/lists/* \
    && printf 'loopback_users = none\nlog.console = true\n' > /etc/rabbitmq/rabbitmq.conf
ENV PATH=/usr/lib/rabbitmq/bin:$PATH
# hadolint ignore=DL3066 # the account that Debian's package makes; nothing outside looks at its number
USER rabbitmq
CMD ["rabbitmq-server"]
