"""Errors about home programmes; their tree is in `app.usecases.errors`."""

from __future__ import annotations

from app.usecases.errors import UsecaseError


class UnknownProgrammeError(UsecaseError):
    """The athlete has no programme."""

    code = "unknown_programme"

    def __init__(self) -> None:
        super().__init__("There is no home programme for this athlete yet.", advice="Answer the questions first; the plan is made from them.")


class PlanChangedError(UsecaseError):
    """A plan was to be changed that is not the one that holds now."""

    code = "plan_changed"

    def __init__(self) -> None:
        super().__init__(
            "Found another plan than the one that was looked at; expected the one that holds now.", advice="Open the plan again and look at it, then go on."
        )


class UnknownTemplateError(UsecaseError):
    """The squad has no such template."""

    code = "unknown_template"

    def __init__(self) -> None:
        super().__init__("There is no template of this id in this squad.", advice="Look at the squad's plans; it may have been erased.")
