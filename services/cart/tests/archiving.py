"""Stores of archived carts for tests: a bucket of moto's, and stores that fail in a way of their own."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import boto3
from cart.archive.clients import ObjectStore

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Action = Callable[[str, bytes], Awaitable[bytes]]


async def _as_it_is(_: str, content: bytes) -> bytes:
    return content


class InterferingStore:
    """A store in front of another: what is written or read goes through a function, which may change it or raise."""

    def __init__(self, store: ObjectStore, *, putting: Action = _as_it_is, getting: Action = _as_it_is) -> None:
        self._store, self._putting, self._getting = store, putting, getting

    async def put(self, key: str, content: bytes) -> None:
        """Put what the function makes of it."""
        await self._store.put(key, await self._putting(key, content))

    async def get(self, key: str) -> bytes:
        """What the function makes of what is there."""
        return await self._getting(key, await self._store.get(key))


class Bucket:
    """The bucket of the tests, as somebody sees it who looks into it from outside."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.s3: S3Client = boto3.client("s3", region_name="us-east-1")
        self.s3.create_bucket(Bucket=name)

    def objects(self, prefix: str = "") -> dict[str, bytes]:
        """Every object under a prefix."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix)
        keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
        return {key: self.s3.get_object(Bucket=self.name, Key=key)["Body"].read() for key in keys}

    def head(self, key: str) -> Any:
        """What S3 says of an object."""
        return self.s3.head_object(Bucket=self.name, Key=key, ChecksumMode="ENABLED")
