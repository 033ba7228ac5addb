"""What the attempt page's script says, in the interface language."""

from __future__ import annotations

from django.utils.translation import gettext as _


def strings() -> dict[str, str]:
    return {
        "saved": _("Saved"),
        "sending": _("Saving"),
        "kept": _("{n} kept on this device"),
        "blank": _("blank"),
        "partial": _("too few chosen"),
        "answered": _("answered"),
        "flagged": _("come back"),
        "picked": _("{n} chosen."),
        "count": _("{done} of {all} answered"),
        "question": _("Question {n}"),
        "next": _("Next"),
        "review": _("Review"),
        "tooMany": _("You can choose {n} at most. Take one away first."),
        "elsewhere": _("Changed on another device: question {numbers}. The newest state is shown."),
        "overwritten": _(
            "Question {numbers} was changed on another device as well. Your last answer counts."
        ),
        "offline": _("No connection. Go on: your answers are kept on this device."),
        "signedOut": _("You are signed out. Your answers are kept on this device."),
        "signIn": _("Sign in in a new tab"),
        "late": _("Too late, not counted: question {numbers}."),
        "closed": _("This attempt is closed."),
        "toResult": _("To the result"),
        "refused": _("The server did not take a change."),
        "soon": _("left, soon over"),
        "last": _("left, last minute"),
        "clockHidden": _("Show clock"),
        "minutesLeft": _("{n} minutes left"),
        "timeLeft": _("{time} left"),
        "noLimit": _("No time limit"),
        "timeUp": _("Time is up. Your answers are being sent."),
        "submitting": _("Submitting"),
        "submitWaits": _("Waiting to submit. Your answers are safe on this device."),
        "revealFailed": _("The answer could not be loaded. Try again."),
        "sure": _("Sure"),
        "unsure": _("Unsure"),
        "unsaid": _("No statement"),
        "goto": _("Type a number, then Enter"),
    }
