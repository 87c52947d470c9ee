"""The one kind of error an operator may see while the product starts."""


class OperatorError(Exception):
    """A start that cannot go on: one Chinese sentence that names the place and the remedy.

    Whoever runs the product from a terminal catches it, prints the sentence and exits with 1; a traceback would help nobody.
    """
