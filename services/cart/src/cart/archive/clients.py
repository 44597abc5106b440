"""The object store of the archive; S3 today, behind a protocol that others can implement."""

import asyncio
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from cart.settings import CartSettings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import PutObjectRequestTypeDef

_CONTENT_TYPE = "application/vnd.apache.parquet"
_CONNECT_TIMEOUT_SECONDS = 5
_ATTEMPTS = 3


class StoreAway(Exception):
    """The object store did not answer, or refused; what it said is the text."""


class ObjectStore(Protocol):
    """Keeps objects under keys. Safe for concurrent use."""

    async def put(self, key: str, content: bytes) -> None:
        """Keep this under the key, in place of what was there; raises StoreAway."""
        ...

    async def get(self, key: str) -> bytes:
        """What is kept under the key; raises StoreAway, also when nothing is."""
        ...


class S3Store:
    """A bucket in S3, which encrypts what is in it and checks what arrives by its SHA-256.

    Its client is made by the first call, off the event loop. Credentials and AWS_ENDPOINT_URL_S3 are read by the AWS
    library itself, which also tries again: to put the same object twice is harmless.
    """

    def __init__(self, settings: CartSettings, bucket: str) -> None:
        self._settings, self._bucket = settings, bucket
        self._making = Lock()
        self._made: S3Client | None = None

    async def put(self, key: str, content: bytes) -> None:
        """Write the object, in a thread."""
        await asyncio.to_thread(self._put, key, content)

    async def get(self, key: str) -> bytes:
        """Read the object, in a thread."""
        return await asyncio.to_thread(self._get, key)

    def _put(self, key: str, content: bytes) -> None:
        request: PutObjectRequestTypeDef = {
            "Bucket": self._bucket,
            "Key": key,
            "Body": content,
            "ContentType": _CONTENT_TYPE,
            "ChecksumAlgorithm": "SHA256",
            "ServerSideEncryption": "AES256",
        }
        if self._settings.archive_kms_key is not None:
            request |= {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self._settings.archive_kms_key}
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  # with the client

        try:
            self._client().put_object(**request)
        except (BotoCoreError, ClientError) as fault:
            raise StoreAway(f"{key} not written: {fault}") from fault

    def _get(self, key: str) -> bytes:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  # with the client

        try:
            return self._client().get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except (BotoCoreError, ClientError) as fault:
            raise StoreAway(f"{key} not read: {fault}") from fault

    def _client(self) -> "S3Client":
        import boto3  # noqa: PLC0415  # 30 MB of memory that only who archives needs
        from botocore.config import Config  # noqa: PLC0415  # likewise

        with self._making:
            if self._made is None:
                config = Config(
                    retries={"total_max_attempts": _ATTEMPTS, "mode": "standard"},
                    connect_timeout=_CONNECT_TIMEOUT_SECONDS,
                    read_timeout=self._settings.archive_timeout_seconds,
                )
                self._made = boto3.Session().client("s3", region_name=self._settings.aws_region, config=config)
            return self._made


def store_of(settings: CartSettings) -> ObjectStore | None:
    """The store that the settings name, if they name one."""
    return None if settings.archive_bucket is None else S3Store(settings, settings.archive_bucket)
