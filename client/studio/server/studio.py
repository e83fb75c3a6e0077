"""One studio: its films, its services, and what a person does with both.

Whatever costs money goes through ``register``, whatever is decided goes into the registry: the command
line, a batch and another studio find it there, and find the same here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from screentest.client.batch.driver.lending import OpenRegistries
from screentest.client.batch.engine.engine import Engine
from screentest.client.batch.outcome import Reason
from screentest.client.batch.sources.expand import PassedOver, files_in
from screentest.client.batch.sources.items import names_in_batch
from screentest.client.characters.choosing.decided import decided
from screentest.client.characters.order import Order
from screentest.client.characters.way import way_before_a_look, way_in
from screentest.client.config import Settings, private_folder
from screentest.client.fetching.elsewhere import is_elsewhere
from screentest.client.fetching.fetch import Fetching, FetchPlan
from screentest.client.registry.registry import Registry
from screentest.client.remote.character_models import DEFAULT_MODEL
from screentest.client.remote.models.inline import Registrable
from screentest.client.remote.models.reference import Way
from screentest.client.remote.video_models import registrable_model_of
from screentest.client.studio.server.pressing import Press, pressed
from screentest.client.studio.server.templates import environment
from screentest.client.studio.shelf.aim import ClipAim, aim_of
from screentest.client.studio.shelf.film import Film, Registering, newest_of
from screentest.client.studio.shelf.given import footage_given, path_of
from screentest.client.studio.shelf.looker import Looker
from screentest.client.studio.shelf.shelf import Shelf
from screentest.prep.core.errors import Cancelled, ConfigError, NotFound, ScreentestError
from screentest.prep.core.spec import ClipSpec
from screentest.prep.core.text import shown
from screentest.prep.core.values import Source
from screentest.prep.pipeline import probed

AT_ONCE = 4
"""Registrations that one studio has under way at once; others wait their turn."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the user said when the studio was started. ``asks_above_usd``: one press registers what
    costs no more; None: whatever it costs. ``max_cost_usd``: what costs more is refused.
    """

    model: str = DEFAULT_MODEL
    asks_above_usd: float | None = None
    max_cost_usd: float | None = None


class Studio:
    """``settings``: None where nothing can be registered, and ``why_not`` says why. ``fetching``: for
    footage that lies elsewhere, None for one as by default. It works in a block: at its end, what is
    being submitted is recorded first.
    """

    def __init__(
        self,
        home: Path,
        *,
        settings: Settings | None,
        opened: Callable[[], AbstractContextManager[Engine]],
        why_not: ScreentestError | None = None,
        terms: Terms | None = None,
        fetching: Fetching | None = None,
    ) -> None:
        self.home = private_folder(home)
        self.settings, self.why_not = settings, why_not
        self.terms = terms or Terms()
        self.shelf = Shelf()
        self._registries = OpenRegistries(home)
        self.templates = environment()
        self.fetching = fetching or Fetching(FetchPlan(home))
        self.looker = Looker(
            self.shelf,
            home,
            opened=opened,
            aim_of=self.aim_of,
            known=self._known,
            fetching=self.fetching,
        )
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="register")
        self._beside = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="video")

    def __enter__(self) -> Self:
        self.looker.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def stop(self) -> None:
        """Begin nothing more; a registration ends at its next step, and pages hear no more."""
        self._stopping.set()

    def close(self) -> None:
        self.stop()
        self.looker.close()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._beside.shutdown(wait=True, cancel_futures=True)
        self.fetching.close()
        self._registries.close()

    def in_background(self, work: Callable[[], None]) -> None:
        """Has something done that a page does not wait for: a video, a look at the service."""
        self._beside.submit(work)

    @property
    def is_closing(self) -> bool:
        return self._stopping.is_set()

    def registry(self) -> AbstractContextManager[Registry]:
        """The home's registry, for a block."""
        return self._registries.lent()

    def spent_usd(self) -> float:
        """What registrations and videos at real services cost so far."""
        with self.registry() as registry:
            return registry.spent_usd

    def practised_usd(self) -> float:
        """What the sandbox's would have cost at real services so far."""
        with self.registry() as registry:
            return registry.practised_usd

    # Footage

    def add(self, sources: Iterable[str]) -> tuple[Film, ...]:
        """The films of files, folders and addresses that were not on the shelf. Raises what
        ``footage_given`` does.
        """
        found = list(footage_given(sources, self.fetching))
        added = self.shelf.add(found, model=self.terms.model)
        if added:
            # By another name the same footage would be another character, and paid for again.
            self.shelf.call(names_in_batch(film.given for film in self.shelf.films()))
        for film in added:
            self.looker.look(film.key)
        return added

    def add_typed(self, source: str) -> tuple[Film, ...]:
        """The same of what a person typed. Raises NotFound for a folder without films, and what probing
        a file raises.
        """
        if is_elsewhere(source):
            return self.add([source])
        path = path_of(source)
        if Path(path).is_file():
            probed(path)
        elif next(iter(files_in([path], PassedOver())), None) is None:
            raise NotFound(f"There are no films in {shown(path)}.", "Name a folder with video files.")
        return self.add([path])

    def film(self, key: str) -> Film:
        """Raises NotFound for a key that names none."""
        film = self.shelf.film(key)
        if film is None:
            raise NotFound("There is no such film in this studio.", "Go back to the footage.")
        return film

    def film_as_it_is(self, key: str) -> Film:
        """The film; without its clip where that is gone, as it is deleted with a character, by any
        command. It waits to be looked at again then. Raises NotFound.
        """
        film = self.film(key)
        if film.made is None or film.is_looking or Path(film.made.clip.path).exists():
            return film
        return self.shelf.change(key, made=None, aim=None)

    def look_again(self, key: str) -> Film:
        """The film that failed, looked at anew from its file on."""
        if self.film(key).fault is not None:
            self.shelf.change(key, source=None, fault=None, is_looking=True)
            self.looker.look(key, first=True)
        return self.film(key)

    def remove(self, key: str) -> None:
        """Takes a film that failed off the shelf. Raises ConfigError for any other."""
        if not self.shelf.remove(self.film(key).key):
            raise ConfigError("Only a film that failed can be removed.", "Skip it instead.")

    def known(self, film: Film) -> Film:
        """The film with what is recorded of it by now."""
        return self._known(film, film.source) if film.source else film

    def _known(self, film: Film, source: Source) -> Film:
        with self.registry() as registry:
            decision = registry.decisions.of(source.fingerprint)
            rows = registry.registrations.list_of_footage(source.fingerprint)
        row = newest_of(rows, service=self._service, account=self._account, model=film.model)
        return replace(film, decision=decision, row=row)

    @property
    def _service(self) -> str:
        return self.settings.service if self.settings else ""

    @property
    def _account(self) -> str:
        return self.settings.account if self.settings else ""

    # What is made of a film

    def model_of(self, film: Film) -> Registrable:
        return registrable_model_of(film.model)

    def spec_for(self, film: Film) -> ClipSpec:
        """The rules for its clip. Raises ConfigError for a model that takes stills alone."""
        return self.model_of(film).clip

    def order_for(self, film: Film) -> Order:
        """What would be registered of it now, with all that was decided."""
        return decided(self.plain_order(film), film.decision)

    def plain_order(self, film: Film) -> Order:
        """The order in which nothing is said, so that whatever is decided counts, the name too."""
        return Order(footage=film.address, name=film.called, model=film.model, said=frozenset())

    def aim_of(self, film: Film) -> ClipAim:
        return aim_of(self.order_for(film), self.model_of(film))

    def price_usd(self, film: Film) -> float:
        """The list price of registering it at its model, as a clip or as stills."""
        return self.model_of(film).price_usd_by(self.way_of(film))

    def way_of(self, film: Film) -> Way:
        """Whether its model gets a clip or stills of it."""
        model = self.model_of(film)
        way = way_before_a_look(model, asked="auto", subject=None)
        if way is None and film.segment is not None:
            shows_face = film.segment.shows_face
            way = way_in(model, asked="auto", subject=None, shows_face=shows_face).way
        return way or "video"

    # Decisions

    def decide(self, film: Film, **changes: Any) -> Film:
        """The film with something decided, which is kept; and its clip made anew where it must."""
        if film.source is None:
            raise NotFound("The film has not been looked at yet.", "Wait for its first picture.")
        with self.registry() as registry:
            registry.decisions.decide(film.source.fingerprint, footage=film.address, **changes)
        return self._decided(film)

    def undo(self, film: Film) -> Film:
        """The film as it was decided before the last change."""
        if film.source is not None:
            with self.registry() as registry:
                registry.decisions.undo(film.source.fingerprint)
        return self._decided(film)

    def approve(self, keys: Iterable[str], *, approved: bool = True) -> None:
        for key in keys:
            self.decide(self.film(key), approved=approved or None)

    def choose_model(self, film: Film, model: str) -> Film:
        """The film for another model, whose clip may have to be another one. Raises ConfigError."""
        registrable_model_of(model)
        if film.is_approved and model != film.model:  # its clip is another one
            film = self.decide(film, approved=False)
        changed = replace(film, model=model)
        row = self._known(changed, film.source).row if film.source else None
        changed = self.shelf.change(film.key, model=model, row=row, refusal=None, is_looking=True)
        self.looker.look(film.key, first=True)
        return changed

    def _decided(self, film: Film) -> Film:
        """Every film of this footage as it is decided now: the same bytes may lie in two places."""
        if film.source is None:
            return film
        for double in self.shelf.of_footage(film.source.fingerprint):
            known = self._known(double, film.source)
            after = self.shelf.change(double.key, decision=known.decision, row=known.row)
            # What is being made may be of another decision than the clip that is there.
            if after.made is None or after.is_looking or self.aim_of(after) != after.aim:
                self.shelf.change(double.key, is_looking=True)
                self.looker.look(double.key, first=True)
        return self.film(film.key)

    # Registering

    def register(
        self,
        film: Film,
        *,
        again_of: str = "",
        shares_name: bool = False,
        agreed_usd: float | None = None,
        approved_only: bool = False,
    ) -> bool:
        """Whether a registration was begun; False where one of this footage is under way.

        ``again_of``: the row of the registration that is to be ordered once more. ``agreed_usd``: the
        price that was agreed to, above which nothing is ordered. ``approved_only``: nothing is ordered
        that is not approved any more when its turn comes. Raises what forbids any.
        """
        settings = self.require_services()
        if film.source and any(
            double.registering for double in self.shelf.of_footage(film.source.fingerprint)
        ):
            return False
        begun = self.shelf.begin(film.key, registering=Registering("starting"), refusal=None)
        if begun:
            press = Press(
                film.key,
                film.model,
                again_of,
                shares_name,
                max_cost_usd=self.terms.max_cost_usd,
                agreed_usd=agreed_usd,
                approved_only=approved_only,
            )
            self._pool.submit(pressed, self, press, settings)
        return begun

    def require_services(self) -> Settings:
        """Raises why there are no services."""
        if self.settings is None:
            raise self.why_not or NotFound("There is no service to register at.")
        return self.settings

    def ended(self, key: str, refusal: Reason | None) -> None:
        """The film with what is recorded now and why it ended, in one change: nothing is under way."""
        film = self.film(key)
        row = film.row
        with suppress(Exception):  # a registry that cannot be read must not leave it under way
            row = self.known(film).row
        self.shelf.change(key, registering=None, refusal=refusal, row=row)

    def pause(self, pause_s: float) -> None:
        """A sleep. Raises Cancelled where the studio closes meanwhile."""
        if self._stopping.wait(pause_s):
            raise Cancelled("The studio was closed.", "It goes on when it is registered again.")
