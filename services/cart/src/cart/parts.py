"""The use cases of the service, wired once per process and reached by its routes and jobs."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Depends
from servicekit.messaging.erasing import sealer_of_customers
from servicekit.process.kit import Kit, kit_of
from servicekit.sealing import Sealer
from servicekit.upstream.client import InternalClient
from starlette.requests import Request

from cart.archive.clients import store_of
from cart.archive.use_cases.archive_carts import CartArchiver
from cart.archive.use_cases.read_archived_cart import ArchiveReader
from cart.carts.use_cases.add_bundle import BundleAdder
from cart.carts.use_cases.add_item import ItemAdder
from cart.carts.use_cases.apply_code import CodeApplier
from cart.carts.use_cases.change import CartChanger
from cart.carts.use_cases.change_lines import LinesChanger
from cart.carts.use_cases.convert_cart import CartConverter
from cart.carts.use_cases.freeze_cart import CartFreezer
from cart.carts.use_cases.merge_carts import CartMerger
from cart.carts.use_cases.open_cart import CartOpener
from cart.carts.use_cases.read_cart import CartReader
from cart.carts.use_cases.record_views import ViewRecorder
from cart.carts.use_cases.restore_cart import CartRestorer
from cart.carts.use_cases.seal_contact import ContactSealer
from cart.catalogue.service import CatalogueReplica
from cart.clients import Addresses, Catalogue, Codes, StockHolds
from cart.codes.service import ResolvedCodes
from cart.delivery.use_cases.set_address import AddressSetter
from cart.erasures.service import ErasureKeys
from cart.holds.use_cases.change_hold import HoldChanger
from cart.holds.use_cases.read_hold import HoldReader
from cart.rules.service import CompiledRulesCache
from cart.settings import CartSettings
from cart.sharing.use_cases.copy_cart import CartCopier
from cart.streams.clients import HintReceiver, HintSender
from cart.streams.use_cases.announce_changes import ChangeAnnouncer
from cart.streams.use_cases.follow_carts import CartFollower, StreamLimits
from cart.streams.use_cases.look_at_carts import CartLooker
from cart.wishlists.use_cases.move_wishes import WishMover


@dataclass(frozen=True, slots=True)
class Parts:
    """Every use case, with what it works through."""

    changer: CartChanger
    catalogue: CatalogueReplica
    adder: ItemAdder
    bundle_adder: BundleAdder
    lines_changer: LinesChanger
    codes: CodeApplier
    opener: CartOpener
    reader: CartReader
    merger: CartMerger
    converter: CartConverter
    freezer: CartFreezer
    restorer: CartRestorer
    copier: CartCopier
    view_recorder: ViewRecorder
    contacts: ContactSealer
    hold_changer: HoldChanger
    hold_reader: HoldReader
    addresses: Addresses
    address_setter: AddressSetter
    wish_mover: WishMover
    rules: CompiledRulesCache
    erasure_keys: ErasureKeys
    archiver: CartArchiver
    archive_reader: ArchiveReader
    follower: CartFollower
    announcer: ChangeAnnouncer
    settings: CartSettings


@asynccontextmanager
async def open_parts(kit: Kit[CartSettings, None]) -> AsyncGenerator[Parts]:
    """Make the parts of a process, and close what they opened when it ends."""
    settings = kit.settings
    timeout = settings.internal_timeout_seconds
    rules = CompiledRulesCache()
    reader = CartReader(rules)
    async with (
        _client(InternalClient(settings.pricing_url, "cart", settings, timeout)) as pricing,
        _client(InternalClient(settings.inventory_url, "cart", settings, timeout)) as inventory,
        ViewRecorder(kit.database) as view_recorder,
        _streams(kit, reader) as follower,
        _announcer(kit) as announcer,
    ):
        holds, addresses = StockHolds(inventory), Addresses(pricing)
        store = store_of(settings)
        hold_changer = HoldChanger(kit.database, holds)
        changer = CartChanger(rules, hold_changer)
        lifetime = timedelta(hours=settings.code_lifetime_hours)
        catalogue = CatalogueReplica(Catalogue(inventory))
        adder = ItemAdder(changer, catalogue)
        yield Parts(
            changer=changer,
            catalogue=catalogue,
            adder=adder,
            lines_changer=LinesChanger(changer, catalogue),
            wish_mover=WishMover(adder, changer),
            bundle_adder=BundleAdder(changer),
            codes=CodeApplier(changer, Codes(pricing), ResolvedCodes(kit.clock), lifetime),
            opener=CartOpener(rules),
            reader=reader,
            merger=CartMerger(changer),
            converter=CartConverter(changer),
            freezer=CartFreezer(changer),
            restorer=CartRestorer(changer),
            copier=CartCopier(changer),
            rules=rules,
            erasure_keys=ErasureKeys(kit.sealer, sealer_of_customers(settings.service_token_secret)),
            archiver=CartArchiver(kit.database, store),
            archive_reader=ArchiveReader(store),
            follower=follower,
            announcer=announcer,
            view_recorder=view_recorder,
            contacts=ContactSealer(Sealer(settings.contact_seal_key)),
            hold_changer=hold_changer,
            hold_reader=HoldReader(kit.database, holds),
            addresses=addresses,
            address_setter=AddressSetter(changer, addresses, timedelta(hours=settings.address_lifetime_hours)),
            settings=settings,
        )


@asynccontextmanager
async def _client(client: InternalClient) -> AsyncGenerator[InternalClient]:
    try:
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def _streams(kit: Kit[CartSettings, None], reader: CartReader) -> AsyncGenerator[CartFollower]:
    limits = StreamLimits(kit.settings.cart_streams, kit.settings.cart_streams_of_shopper)
    looker, hints = CartLooker(kit.database, reader), HintReceiver(kit.redis)
    follower = CartFollower(looker, hints, kit.flags, kit.clock, kit.draining, limits)
    try:
        yield follower
    finally:
        await follower.close()


@asynccontextmanager
async def _announcer(kit: Kit[CartSettings, None]) -> AsyncGenerator[ChangeAnnouncer]:
    sender = HintSender(kit.redis)
    try:
        yield ChangeAnnouncer(sender)
    finally:
        await sender.close()


CartKit = Kit[CartSettings, Parts]
"""The kit of a process of this service."""


async def parts_of(request: Request) -> Parts:
    """The parts of the process that serves this request."""
    kit: CartKit = kit_of(request)
    return kit.parts


PartsDep = Annotated[Parts, Depends(parts_of)]
