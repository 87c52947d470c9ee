"""Password rules beyond Django's own (domain.md §7.1: three of four kinds of characters)."""

from django.core.exceptions import ValidationError

_KINDS = (str.islower, str.isupper, str.isdigit, lambda c: not c.isalnum())


class ThreeKindsValidator:
    """Ask for three of: small letters, capital letters, digits, other characters."""

    def validate(self, password: str, user: object = None) -> None:
        """Raise ValidationError when fewer than three kinds of characters occur."""
        if sum(any(kind(char) for char in password) for kind in _KINDS) < 3:
            raise ValidationError(self.get_help_text(), code="password_kinds")

    def get_help_text(self) -> str:
        return "密码须包含大写字母、小写字母、数字、符号四类中的至少三类。"
