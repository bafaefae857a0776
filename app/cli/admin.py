"""`kneewall admin`: the first account, a way back in, and what is kept of somebody."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.output import give_up
from app.cli.settings import settings_for

if TYPE_CHECKING:
    from app.usecases.services import Services

admin = typer.Typer(help="Accounts, where nobody can sign in yet or any more.", no_args_is_help=True)
DataDirOption = Annotated[Path | None, typer.Option(help="Data folder of the service.")]
EmailArgument = Annotated[str, typer.Argument(help="E-mail address of the account.")]


@admin.command()
def create(
    email: EmailArgument,
    *,
    data_dir: DataDirOption = None,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input instead of asking.")] = False,
) -> None:
    """Make an admin; the password is asked for, never an argument."""
    from app.usecases.accounts import create_account  # noqa: PLC0415
    from app.usecases.errors import UsecaseError  # noqa: PLC0415

    services = _open_services(data_dir)
    password = sys.stdin.readline().rstrip("\n") if password_stdin else typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    try:
        create_account(email, password, "admin", services)
    except UsecaseError as error:
        give_up(f"{error.message} {error.advice}")
    typer.echo("The admin is made. Start the service with KNEEWALL_AUTH=on and sign in.")


@admin.command()
def reset(email: EmailArgument, *, data_dir: DataDirOption = None) -> None:
    """Print a link over which a new password can be chosen, once, within two hours."""
    from app.usecases.accounts import offer_reset  # noqa: PLC0415

    services = _open_services(data_dir)
    with services.open_records() as records:
        account = records.accounts.find_by_email(email)
    if account is None:
        give_up(f"there is no account with the address {email}.")
    _, secret = offer_reset(account.account_id, services)
    typer.echo(f"/reset/{secret}")


@admin.command()
def export(
    athlete_id: Annotated[str, typer.Argument(help="Id of the athlete, as in the address of their page.")],
    *,
    out: Annotated[Path, typer.Option("--out", dir_okay=False, help="Name of the zip file to write.")],
    data_dir: DataDirOption = None,
) -> None:
    """Write everything that is kept of an athlete into a zip file of open formats."""
    from app.usecases.access import OWNER  # noqa: PLC0415
    from app.usecases.errors import UnknownAthleteError  # noqa: PLC0415
    from app.usecases.exporting import export_athlete  # noqa: PLC0415

    try:
        pieces = export_athlete(OWNER, athlete_id, _open_services(data_dir))
        with out.open("wb") as file:
            file.writelines(pieces)
    except UnknownAthleteError as error:
        give_up(f"{error.message} {error.advice}")
    typer.echo(f"Written: {out}.")


def _open_services(data_dir: Path | None) -> Services:
    from app.wiring import build_web, prepare_data  # noqa: PLC0415

    settings = settings_for(data_dir)
    prepare_data(settings)
    return build_web(settings)
