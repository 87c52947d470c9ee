"""Addresses of requests that await a decision: new dates and holds, and their list."""

from django.urls import path

from projects.views import date_request, hold
from projects.views.request import RequestList

urlpatterns = [
    path("requests/", RequestList.as_view(), name="request_list"),
    path("requests/dates/<int:pk>/", date_request.DateRequestDetail.as_view(), name="date_request"),
    path("requests/dates/<int:pk>/decide/", date_request.DateRequestDecide.as_view(), name="date_request_decide"),
    path("requests/dates/<int:pk>/withdraw/", date_request.DateRequestWithdraw.as_view(), name="date_request_withdraw"),
    path("projects/<str:code>/hold/", hold.HoldNew.as_view(), name="hold_new"),
    path("holds/<int:pk>/", hold.HoldDetail.as_view(), name="hold_detail"),
    path("holds/<int:pk>/decide/", hold.HoldDecide.as_view(), name="hold_decide"),
    path("holds/<int:pk>/withdraw/", hold.HoldWithdraw.as_view(), name="hold_withdraw"),
    path("holds/<int:pk>/resume/", hold.HoldResume.as_view(), name="hold_resume"),
]
