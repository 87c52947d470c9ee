"""Addresses of colours on a project, of liftings, and of levels set by hand."""

from django.urls import path

from projects.views import lifting, override
from projects.views.colour_explained import ProjectColour

urlpatterns = [
    path("projects/<str:code>/colour/", ProjectColour.as_view(), name="project_colour"),
    path("projects/<str:code>/level/", override.LevelSet.as_view(), name="level_set"),
    path("warnings/levels/<int:pk>/end/", override.OverrideEnd.as_view(), name="override_end"),
    path("warnings/liftings/", lifting.LiftingList.as_view(), name="lifting_list"),
    path("warnings/liftings/<int:pk>/", lifting.LiftingDetail.as_view(), name="lifting_detail"),
    path("warnings/liftings/<int:pk>/verify/", lifting.LiftingVerify.as_view(), name="lifting_verify"),
    path("warnings/liftings/<int:pk>/confirm/", lifting.LiftingConfirm.as_view(), name="lifting_confirm"),
    path("warnings/liftings/<int:pk>/reject/", lifting.LiftingReject.as_view(), name="lifting_reject"),
    path("warnings/liftings/<int:pk>/again/", lifting.LiftingAgain.as_view(), name="lifting_again"),
]
