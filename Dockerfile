# Any service in an image; the command chooses the role: api, worker or migrate (docs/operations/images.md).
# `make images` builds all of them. One by hand, from the repository's root: docker build --build-arg SERVICE=cart .
#
# BUILD_IMAGE has the interpreter of BASE_IMAGE, and venv and pip beside it; nothing of it is left in the image.
ARG BASE_IMAGE=python:3.11-slim-bookworm
ARG BUILD_IMAGE=python:3.11-slim-bookworm

FROM ${BUILD_IMAGE} AS service
ARG SERVICE
COPY services /services
RUN : "${SERVICE:?is not given: add --build-arg SERVICE=NAME, a folder of services/}" \
    && if [ ! -e "/services/$SERVICE/service.toml" ]; then echo "there is no service $SERVICE in services/" >&2; exit 2; fi \
    && mkdir /service \
    && cp -r "/services/$SERVICE/pyproject.toml" "/services/$SERVICE/src" "/services/$SERVICE/migrations" /service/

FROM ${BUILD_IMAGE} AS tools
RUN --mount=type=bind,source=deploy/images/tools.lock,target=/tools.lock \
    --mount=type=secret,id=certificates,target=/etc/ssl/certs/ca-certificates.crt \
    python3 -m venv /tools \
    && PIP_CERT=/etc/ssl/certs/ca-certificates.crt /tools/bin/pip install --no-cache-dir --disable-pip-version-check \
       --require-hashes --requirement /tools.lock
# A cached stage is mounted by buildah 1.28 as it was before its last step: this one changes no file.
WORKDIR /tools

# What all services have in common, in layers that their images share.
FROM ${BASE_IMAGE} AS chassis
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin cartwheel \
    && rm -rf /usr/local/lib/python3.*/ensurepip /usr/local/lib/python3.*/site-packages/* /usr/local/bin/pip*
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY libs/contracts libs/contracts
COPY libs/quote libs/quote
COPY libs/servicekit libs/servicekit
RUN --mount=type=bind,from=tools,source=/tools,target=/tools \
    --mount=type=bind,source=requirements.lock,target=/requirements.lock \
    --mount=type=secret,id=certificates,target=/etc/ssl/certs/ca-certificates.crt \
    export UV_SYSTEM_CERTS=1 UV_PYTHON_DOWNLOADS=never PYC_INVALIDATION_MODE=UNCHECKED_HASH \
    && /tools/bin/uv venv --no-cache --python "$(command -v python3)" .venv \
    && /tools/bin/uv pip install --no-cache --python .venv/bin/python \
       --constraint /requirements.lock --build-constraint /requirements.lock --compile-bytecode \
       --editable libs/contracts --editable libs/quote --editable libs/servicekit \
    && python -m compileall -q --invalidation-mode unchecked-hash libs

FROM chassis
ARG SERVICE
COPY --from=service /service services/${SERVICE}
RUN --mount=type=bind,from=tools,source=/tools,target=/tools \
    --mount=type=bind,source=requirements.lock,target=/requirements.lock \
    --mount=type=secret,id=certificates,target=/etc/ssl/certs/ca-certificates.crt \
    export UV_SYSTEM_CERTS=1 UV_PYTHON_DOWNLOADS=never PYC_INVALIDATION_MODE=UNCHECKED_HASH \
    && /tools/bin/uv pip install --no-cache --python .venv/bin/python \
       --constraint /requirements.lock --build-constraint /requirements.lock --compile-bytecode --editable "services/$SERVICE" \
    && python -m compileall -q --invalidation-mode unchecked-hash services \
    && /tools/bin/cyclonedx-py environment --output-reproducible --output-file sbom.cdx.json .venv/bin/python
ENV SERVICE=${SERVICE}
USER 10001
EXPOSE 8000 8001
HEALTHCHECK --interval=5s --timeout=4s --start-period=30s --retries=6 CMD ["python", "-m", "servicekit.cli.healthcheck"]
# The shell becomes the service, so that signals reach it.
ENTRYPOINT ["/bin/sh", "-c", "exec python -m \"$SERVICE\" \"$@\"", "service"]
CMD ["api", "--host", "0.0.0.0", "--port", "8000"]
ARG BASE_IMAGE
ARG VERSION=unreleased
ARG REVISION=unknown
ENV SENTRY_RELEASE=${VERSION}
LABEL org.opencontainers.image.title="cartwheel-${SERVICE}" \
      org.opencontainers.image.description="The ${SERVICE} service of Cartwheel, the shopping-cart platform" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="${BASE_IMAGE}"
