"""All addresses. The paths are those of design.md §6."""

from django.contrib.auth.views import LogoutView
from django.urls import include, path

from erqi import home
from erqi.accounts import login

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", home.healthz, name="healthz"),
    path("accounts/login/", login.SignIn.as_view(), name="login"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
    path("accounts/password/", login.ChangePassword.as_view(), name="password_change"),
    path("", include("projects.urls")),
    path("supervision/", include("supervision.urls")),
]
