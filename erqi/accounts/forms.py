"""Forms of accounts and roles. The services decide; forms only give fields their words."""

from typing import Any

from django import forms

from erqi.common.accounts import linkable_people, shortest_password
from erqi.common.errors import InvalidInput
from erqi.common.models import User
from erqi.common.roles import Role

EMAIL_HELP = "可不填。填写后，每个工作日把未读提醒合成一封邮件发到这里；不填的只在收件箱中看到。"


class PasswordForm(forms.Form):
    """A change of one's own password; the service knows the rules."""

    old = forms.CharField(
        label="原密码", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True})
    )
    new = forms.CharField(label="新密码", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))
    again = forms.CharField(label="再输一次新密码", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields[
            "new"
        ].help_text = (
            f"至少 {shortest_password()} 个字符；大写字母、小写字母、数字、符号四类中至少有三类；不能与用户名相近，也不能是常见密码。"
        )

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if "new" in values and "again" in values and values["new"] != values["again"]:
            self.add_error("again", "两次输入的新密码不一致。")
        return values


class AccountForm(forms.ModelForm):
    """A new account."""

    class Meta:
        model = User
        fields = ["username", "name", "email"]
        labels = {"username": "用户名", "email": "邮箱"}
        help_texts = {"username": "登录用，建议用姓名全拼加单位缩写；字母、数字和 @/./+/-/_。建立后不能修改。"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs.update(autocomplete="off", autocapitalize="none", spellcheck="false")
        self.fields["name"].help_text = "真实姓名；修改痕迹中显示的就是它。"
        self.fields["email"].help_text = EMAIL_HELP
        self.fields["email"].widget.attrs.update(autocomplete="off")

    def validate_unique(self) -> None:
        """Leave it to the service, which compares without regard to case and says it in our words."""


class NameForm(forms.Form):
    """The name shown for an account."""

    name = forms.CharField(label="姓名", max_length=40)


class EmailForm(forms.Form):
    """The address that the daily mail goes to; none ends the mails."""

    email = forms.EmailField(label="邮箱", required=False, max_length=254, help_text=EMAIL_HELP)


class PersonForm(forms.Form):
    """The person behind an account; nobody means that the link ends."""

    person = forms.ModelChoiceField(queryset=None, required=False, label="人员", empty_label="（不关联）")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = linkable_people()
        self.fields["person"].label_from_instance = lambda person: f"{person.name}（{person.note}）" if person.note else person.name


class AccountSearch(forms.Form):
    """The filters of the account and role lists."""

    STATES = [("", "全部状态"), ("open", "在用"), ("closed", "已停用"), ("locked", "登录被锁定")]
    NO_ROLE = "none"

    q = forms.CharField(
        label="查找", required=False, max_length=60, widget=forms.TextInput(attrs={"type": "search", "placeholder": "姓名或用户名"})
    )
    role = forms.ChoiceField(label="角色", required=False, choices=[("", "全部角色"), *Role.choices, (NO_ROLE, "没有角色")])
    state = forms.ChoiceField(label="状态", required=False, choices=STATES)


def show_errors(form: forms.Form, error: InvalidInput) -> None:
    """Put a service's messages beside the fields that the form has, and the others above it."""
    for field, texts in error.fields.items():
        form.add_error(field if field in form.fields else None, texts)
