"""Forms of findings."""

from erqi.common.forms import EditForm
from erqi.common.upload_field import UploadsField
from supervision.forms.acting import words


class ExplainForm(EditForm):
    """What was put right, and how the untrue report came about."""

    corrected = words("更正了什么", "如：已填更正单，将8月累计完成投资改为 1200 万元；已撤销节点完成", rows=3, most=500)
    explanation = words("原因说明", "为什么上报与实际不符，今后怎么避免", rows=3, most=500)
    uploads = UploadsField(label="照片或文件")

    wide = {"corrected", "explanation", "uploads"}
