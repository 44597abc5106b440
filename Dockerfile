# Any service in an image; the command chooses the role: api, worker or migrate.
# Build it from the repository's root: docker build --build-arg SERVICE=cart .

FROM python:3.11-slim-bookworm AS build
ARG SERVICE
RUN : "${SERVICE:?give --build-arg SERVICE=<a folder of services/>}"
RUN pip install --no-cache-dir uv==0.13.8
WORKDIR /app
COPY requirements.lock ./
COPY libs libs
COPY services/${SERVICE} services/${SERVICE}
RUN uv venv .venv && uv pip install --no-cache --python .venv/bin/python --constraint requirements.lock \
    --editable libs/contracts --editable libs/quote --editable libs/servicekit --editable "services/$SERVICE"

FROM python:3.11-slim-bookworm
ARG SERVICE
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin cartwheel
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 SERVICE=${SERVICE}
WORKDIR /app
USER 10001
EXPOSE 8000 8001
# The shell becomes the service, so that signals reach it.
ENTRYPOINT ["/bin/sh", "-c", "exec python -m \"$SERVICE\" \"$@\"", "service"]
CMD ["api", "--host", "0.0.0.0", "--port", "8000"]
