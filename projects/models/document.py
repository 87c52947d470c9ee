"""Documents, their articles and text, and the citations by which every documented fact names its source."""

import pgtrigger
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from erqi.common.history import appended, tracked
from erqi.common.models import Record, append_only
from projects.choices import DocumentKind
from projects.querysets.document import CitationQuerySet, DocumentQuerySet


@tracked()
class Document(Record):
    """A source document. Its text is not part of the product; an office can upload it (DocumentText)."""

    code = models.SlugField("文件编号", max_length=20, unique=True)
    title = models.CharField("标题", max_length=200)
    kind = models.CharField("类型", max_length=20, choices=DocumentKind)
    published_on = models.DateField("成文日期", null=True, blank=True)
    dated_after = models.DateField("不早于", null=True, blank=True, help_text="文件未载成文日期时，由内容可知的最早日期")
    date_note = models.CharField("日期说明", max_length=300, blank=True)
    rank = models.PositiveSmallIntegerField("层级", default=1, help_text="数字来源不一致时，层级高者优先，同级取较近者")
    rank_note = models.CharField("层级说明", max_length=200, blank=True)
    note = models.CharField("编者说明", max_length=500, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "文件"
        verbose_name_plural = "文件"
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("projects:document_detail", args=[self.code])

    @property
    def known_date(self):
        """The date by which claims are put in order: printed, or the earliest that the content allows."""
        return self.published_on or self.dated_after


@tracked()
class Article(models.Model):
    """A part of a document with its own heading and speaker. Paragraph numbers run through the whole document."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="articles", verbose_name="文件")
    seq = models.PositiveSmallIntegerField("序号")
    heading = models.CharField("标题", max_length=200)
    byline = models.CharField("署名", max_length=200, blank=True)
    paragraphs = models.CharField("段落", max_length=200, help_text="如 1-8,33")
    note = models.CharField("编者说明", max_length=500, blank=True)

    class Meta:
        verbose_name = "篇目"
        verbose_name_plural = "篇目"
        ordering = ["document", "seq"]
        constraints = [models.UniqueConstraint(fields=["document", "seq"], name="article_seq_in_document")]

    def __str__(self) -> str:
        return self.heading


# The text itself is not copied into the history: the row keeps it for good, and its checksum names it.
@appended(exclude=("text",))
class DocumentText(models.Model):
    """A document's text as an office uploaded it; the last one counts."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="texts", verbose_name="文件")
    text = models.TextField("原文")
    file_name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("校验值", max_length=64)
    uploaded_by = models.CharField("上传人", max_length=40)
    uploaded_at = models.DateTimeField("上传时间", default=timezone.now)

    class Meta:
        verbose_name = "文件原文"
        verbose_name_plural = "文件原文"
        ordering = ["-uploaded_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["document", "sha256"], name="text_once_per_document")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.document_id} {self.file_name}"


@appended(updates=True)
class Citation(models.Model):
    """A fact's source: the paragraph of an article and the figure or words as printed there.

    `fact` is any record; `field` names the fact's column that the phrase proves, empty for the record as a whole.
    A citation is a fact itself: it is never changed or removed. `value` is what the column held when it was cited; once
    people change the column, the citation no longer `stands` for what is shown, and the pages say so.
    """

    fact_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", verbose_name="事实类别")
    fact_id = models.PositiveBigIntegerField("事实")
    fact = GenericForeignKey("fact_type", "fact_id")
    field = models.CharField("字段", max_length=40, blank=True)
    article = models.ForeignKey(Article, models.PROTECT, related_name="citations", verbose_name="篇目")
    document = models.ForeignKey(Document, models.PROTECT, related_name="citations", verbose_name="文件")
    paragraph = models.PositiveSmallIntegerField("段落")
    as_printed = models.CharField("原文表述", max_length=120)
    value = models.TextField("登记时的值", blank=True, editable=False)
    stands = models.BooleanField("与现值相符", default=True, editable=False)
    created_at = models.DateTimeField("登记时间", default=timezone.now, editable=False)

    objects = CitationQuerySet.as_manager()

    class Meta:
        verbose_name = "出处"
        verbose_name_plural = "出处"
        ordering = ["document", "paragraph", "pk"]
        indexes = [models.Index(fields=["fact_type", "fact_id"], name="citation_fact")]
        constraints = [
            models.UniqueConstraint(fields=["fact_type", "fact_id", "field", "document", "paragraph", "as_printed"], name="citation_once"),
            models.CheckConstraint(condition=Q(paragraph__gte=1), name="citation_paragraph_from_1"),
        ]
        triggers = [
            pgtrigger.Protect(name="keep_citation", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="keep_phrase", exclude=["stands"]),
        ]

    def __str__(self) -> str:
        return f"{self.as_printed}（第{self.paragraph}段）"

    def get_absolute_url(self) -> str:
        """The paragraph on the document's page."""
        return f"{self.document.get_absolute_url()}#p-{self.paragraph}"
