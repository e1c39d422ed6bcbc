"""The one exception a person is meant to read."""


class UserError(Exception):
    """A mistake that its maker can mend: printed as one sentence, exit code 2, no traceback.

    The message names the thing, the value it has and what is allowed.
    """
