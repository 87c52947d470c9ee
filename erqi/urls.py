"""All addresses. The paths are those of design.md §6."""

from django.contrib.auth.views import LogoutView
from django.urls import include, path

from erqi import home
from erqi.accounts import login, roles, views
from erqi.common.admin import site
from erqi.common.attachment_views import AttachmentView
from erqi.history.views import Audit, History

urlpatterns = [
    path("", home.home, name="home"),
    path("favicon.ico", home.favicon, name="favicon"),
    path("healthz", home.healthz, name="healthz"),
    path("accounts/login/", login.SignIn.as_view(), name="login"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
    path("accounts/password/", login.ChangePassword.as_view(), name="password_change"),
    path("accounts/", views.AccountList.as_view(), name="account_list"),
    path("accounts/new/", views.AccountNew.as_view(), name="account_new"),
    path("accounts/roles/", roles.RoleList.as_view(), name="role_list"),
    path("accounts/<int:pk>/", views.AccountDetail.as_view(), name="account_detail"),
    path("history/", History.as_view(), name="history"),
    path("history/audit/", Audit.as_view(), name="audit"),
    path("attachments/<int:pk>/", AttachmentView.as_view(), name="attachment"),
    path("admin/", site.urls),
    path("", include("projects.urls")),
    path("supervision/", include("supervision.urls")),
]
