"""Which selectors of a layout an element matches, by what stands around it while a page is gone over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from newsarchive.extract.scanner.plan import BODY, Node

if TYPE_CHECKING:
    from newsarchive.extract.scanner.plan import Plan, Role
    from newsarchive.sites.selectors import Step

#: The elements before one, from the last to the first.
Before = tuple[Node, Any] | None

# How far up the open elements are looked at: hostile pages nest without end.
_FARTHEST = 100


class Around(NamedTuple):
    """The open elements (the page itself first), and what is closed already at the level of each."""

    stack: list[Node]
    last: list[Before]


def give_roles(plan: Plan, node: Node, around: Around) -> None:
    """Find the roles of an element that is met for the first time at the top of the stack."""
    tag, above = node.tag, len(around.stack) - 1
    sure: list[Role] = []
    doubtful: list[Role] = []
    for role in plan.roles_of(tag.name):
        chains = role.selector.alternatives
        if not any(chain[-1].fits(tag.name, tag.attributes) for chain in chains):
            continue
        if any(step.joint == "+" for chain in chains for step in chain):
            doubtful.append(role)
        elif any(_hangs(node, above, None, chain, around) for chain in chains):
            sure.append(role)
    node.body = next((role for role in sure if role.field == BODY), None)
    node.roles = tuple(role for role in sure if role.field != BODY)
    node.doubtful = tuple(role for role in doubtful if role.field != BODY)
    node.titled = any(role.field == "title" for role in (*sure, *doubtful))


def roles_here(node: Node, above: int, before: Before, around: Around) -> tuple[Role, ...]:
    """Return an element's roles with those of the doubtful ones that hang on the elements before it.

    `above` is its parent's place on the stack, `before` are the elements before it.
    """
    return node.roles + tuple(
        role
        for role in node.doubtful
        if any(_hangs(node, above, before, chain, around) for chain in role.selector.alternatives)
    )


def _hangs(node: Node, above: int, before: Before, chain: tuple[Step, ...], around: Around) -> bool:
    """Return whether an element fits a chain of steps with what stands around it."""
    step = chain[-1]
    if not step.fits(node.tag.name, node.tag.attributes):
        return False
    rest = chain[:-1]
    if not rest:
        return True
    if step.joint == "+":
        return before is not None and _hangs(before[0], above, before[1], rest, around)
    places = (above,) if step.joint == ">" else range(above, max(above - _FARTHEST, 0), -1)
    stack, last = around
    return any(place > 0 and _hangs(stack[place], place - 1, last[place], rest, around) for place in places)
