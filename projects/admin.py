"""Reference data in the admin: units, people with their posts, areas, categories, documents with their articles."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from erqi.common.admin import ReadOnlyInline, ReferenceAdmin, SeenVersionForm, site
from erqi.common.forms import LinesField
from erqi.common.models import User
from projects.models import Area, Article, Category, Document, Person, Post, Unit
from projects.services.document import change_document, register_document
from projects.services.unit import delete_reference, save_person, save_post, save_reference, save_unit


class RecordAdmin(ReferenceAdmin):
    """Base of this app's pages: what was made by mistake is deleted through the service."""

    def remove(self, record: Model, by: User) -> None:
        delete_reference(record=record, by=by)


class UnitForm(SeenVersionForm):
    """A unit with its other names."""

    aliases = LinesField(label="别名", longest=60, required=False, help_text="文件中出现过的其他写法，每行一个；搜索时同样有效")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["aliases"].initial = [alias.name for alias in self.instance.aliases.all()]

    def clean_aliases(self) -> list[str]:
        kept = self.cleaned_data["aliases"]
        removed = self.instance.aliases.exclude(name__in=kept) if self.instance.pk else []
        for alias in removed:
            if alias.citations.exists():
                raise forms.ValidationError(f"别名“{alias.name}”有文件出处，不能删除。")
        return kept


@admin.register(Unit, site=site)
class UnitAdmin(RecordAdmin):
    """单位, with their aliases one a line."""

    form = UnitForm
    fields = ("name", "short_name", "kind", "parent", "is_active", "aliases")
    list_display = ("name", "short_name", "kind", "parent", "is_active")
    list_filter = ("kind", "is_active")
    list_select_related = ("parent",)
    search_fields = ("search_key",)
    autocomplete_fields = ("parent",)

    def write(self, record: Unit, form: UnitForm, by: User, change: bool) -> None:
        save_unit(unit=record, by=by, aliases=form.cleaned_data["aliases"])


class PostInline(admin.StackedInline):
    """Posts are ended by their last day, not deleted: who held what then must remain known."""

    model = Post
    fields = ("unit", "title", "since", "until")
    autocomplete_fields = ("unit",)
    extra = 1
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.can("reference.edit")

    has_add_permission = has_change_permission = has_view_permission


@admin.register(Person, site=site)
class PersonAdmin(RecordAdmin):
    """人员, with their posts."""

    fields = ("name", "note")
    list_display = ("name", "note", "titles")
    search_fields = ("search_key",)
    inlines = (PostInline,)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("posts")

    @admin.display(description="职务（原文）")
    def titles(self, person: Person) -> str:
        return "；".join(post.title for post in person.posts.all())

    def write(self, record: Person, form: SeenVersionForm, by: User, change: bool) -> None:
        save_person(person=record, by=by)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        # The admin's change message reads these three.
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        for row in formset.forms:
            if row.has_changed():
                is_new, post = row.instance.pk is None, row.instance
                post.person = form.instance
                save_post(post=post, by=request.user)
                if is_new:
                    formset.new_objects.append(post)
                else:
                    formset.changed_objects.append((post, row.changed_data))


@admin.register(Area, Category, site=site)
class PlaceAdmin(RecordAdmin):
    """Areas and categories: a short tree each."""

    fields = ("code", "name", "parent", "seq")
    list_display = ("name", "parent", "code", "seq")
    list_select_related = ("parent",)
    search_fields = ("name", "code")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # Saved views and imports name records by their code.
        return ("code",) if obj else ()

    def write(self, record: Area | Category, form: SeenVersionForm, by: User, change: bool) -> None:
        save_reference(record=record, by=by)


class ArticleInline(ReadOnlyInline):
    """Articles are given once, with the document: citations count their paragraphs."""

    model = Article
    fields = ("seq", "heading", "byline", "paragraphs")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else 3


@admin.register(Document, site=site)
class DocumentAdmin(RecordAdmin):
    """文件: what is known of a document, and the rank by which claims are adopted."""

    fields = ("code", "title", "kind", "published_on", "dated_after", "date_note", "rank", "rank_note")
    list_display = ("code", "title", "kind", "published_on", "rank")
    search_fields = ("code", "title")
    inlines = (ArticleInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code",) if obj else ()

    def write(self, record: Document, form: SeenVersionForm, by: User, change: bool) -> None:
        if change:
            values = {name: form.cleaned_data[name] for name in self.fields if name in form.cleaned_data}
            change_document(document=record, version=form.cleaned_data["seen_version"], by=by, **values)
        # A new document is registered with its articles, in save_related.

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        for formset in formsets:
            # Nothing is saved by the formsets themselves; the admin's change message reads these.
            formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        if change:
            return
        names = ArticleInline.fields
        articles = [{name: row.cleaned_data[name] for name in names} for formset in formsets for row in formset.forms if row.has_changed()]
        values = {name: form.cleaned_data[name] for name in self.fields}
        form.instance.pk = register_document(articles=articles, by=request.user, **values).pk
