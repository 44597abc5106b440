"""Bundles of the database made into the cart's model, and back."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from cart.carts.domain.bundles import BundleGroup, CatalogueBundle, Component


def bundle_of(fields: list[Any]) -> CatalogueBundle:
    """A bundle of the replica from the columns of `statements._BUNDLE`, as JSON wrote them."""
    bundle_id, title, image_url, active, prices, discount_basis_points, items = fields
    return CatalogueBundle(
        bundle_id=UUID(bundle_id),
        title=title,
        image_url=image_url,
        active=active,
        prices=prices,
        discount_basis_points=discount_basis_points,
        components=tuple(
            Component(UUID(item["itemId"]), item["quantity"], tuple(UUID(variant) for variant in item["variantIds"]))
            for item in items
        ),
    )


def groups_of(stored: Sequence[dict[str, Any]], catalogue: Sequence[list[Any]]) -> list[BundleGroup]:
    """A cart's bundles, as they are kept on its row, with what the replica has of each."""
    known = {bundle.bundle_id: bundle for bundle in map(bundle_of, catalogue)}
    return [
        BundleGroup(
            id=UUID(group["groupId"]),
            bundle_id=UUID(group["bundleId"]),
            title=group["title"],
            image_url=group["imageUrl"],
            quantity=group["quantity"],
            price=group["price"],
            discount_basis_points=group["discountBasisPoints"],
            choices={UUID(item): UUID(variant) for item, variant in group["choices"].items()},
            pieces={UUID(variant): pieces for variant, pieces in group["pieces"].items()},
            catalogue=known.get(UUID(group["bundleId"])),
        )
        for group in stored
    ]


def stored(bundles: Sequence[BundleGroup]) -> list[dict[str, Any]] | None:
    """The form in which a cart's bundles are kept on its row; None where it has none."""
    return [
        {
            "groupId": str(bundle.id),
            "bundleId": str(bundle.bundle_id),
            "title": bundle.title,
            "imageUrl": bundle.image_url,
            "quantity": bundle.quantity,
            "price": bundle.price,
            "discountBasisPoints": bundle.discount_basis_points,
            "choices": _texts(bundle.choices),
            "pieces": {str(variant): pieces for variant, pieces in bundle.pieces.items()},
        }
        for bundle in bundles
    ] or None


def _texts(ids: Mapping[UUID, UUID]) -> dict[str, str]:
    return {str(key): str(found) for key, found in ids.items()}
