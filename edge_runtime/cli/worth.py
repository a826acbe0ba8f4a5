"""Commands about whether the order helps: worth, order."""

from __future__ import annotations

from dataclasses import asdict

from edge_runtime.cli.call import Call, Commands
from edge_runtime.model.json_lines import Json
from edge_runtime.pages.worth import EXPLAINED, worth_explanation, worth_line
from edge_runtime.personal.order_worth import OrderWorth
from edge_runtime.types import OrderChoice

_DONE = {
    OrderChoice.RANKED: "ranked from now on; nothing is compared",
    OrderChoice.NEWEST: "newest first from now on; nothing is compared",
    OrderChoice.AUTO: "ranked for as long as that helps you; `edge-news worth` says whether it does",
}


def add_commands(commands: Commands) -> None:
    commands.add(
        "worth",
        _worth,
        "whether the order helps you more than newest first",
        "worth",
        EXPLAINED + " Nothing of it leaves this device.",
    )
    order = commands.add(
        "order",
        _order,
        "let the feed be ranked, newest first, or whichever helps you",
        "order newest",
        "auto compares the two with what you open, and shows what helps. By hand nothing is compared or counted.",
    )
    order.add_argument("order", choices=[choice.value for choice in OrderChoice], nargs="?", help="without it, say it")


def worth_facts(worth: OrderWorth) -> Json:
    """What is known, as JSON."""
    facts = asdict(worth)
    del facts["is_news"]
    return {
        **facts,
        "order": worth.order.value,
        "stage": worth.stage and worth.stage.value,
        "why": worth.why.value if worth.stage else None,
        "since": worth.since and worth.since.isoformat(),
        "sentence": worth_line(worth),
    }


def _worth(call: Call) -> None:
    with call.open() as reader:
        worth = reader.worth(call.now)
        explained = worth_explanation(worth, is_private=reader.private)
    lines = call.screen.paragraph(worth_line(worth))
    if explained:
        lines += ["", *call.screen.paragraph(explained)]
    call.screen.show(worth_facts(worth), lines)


def _order(call: Call) -> None:
    with call.open() as reader:
        if call.options.order is None:
            choice = reader.order
            said = choice.value
        else:
            choice = OrderChoice(call.options.order)
            reader.set_order(choice, call.now)
            said = _DONE[choice]
    call.screen.show({"order": choice.value}, call.screen.paragraph(said))
