from django.urls import path

from contributions import views
from contributions.models import Contribution

app_name = "contributions"

urlpatterns = [
    path("resources/", views.resource_list, name="resources"),
    path("resources/<slug:slug>/", views.resource_detail, name="resource"),
    path("files/<int:pk>/<str:name>", views.file, name="file"),
    path("contribute/", views.guidelines, name="guidelines"),
    path("contribute/resource/", views.contribute, {"kind": Contribution.Kind.RESOURCE}, name="contribute"),
    path("contributions/<str:token>/", views.status, name="status"),
    path("contributions/<str:token>/revise/", views.revise, name="revise"),
    path("contributions/<str:token>/withdraw/", views.withdraw, name="withdraw"),
]
