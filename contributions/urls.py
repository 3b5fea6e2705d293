from django.urls import path, register_converter

from contributions import following, views, writing
from contributions.models.contribution import Kind

app_name = "contributions"


class KindConverter:
    regex = "|".join(Kind.values)

    def to_python(self, value):
        return Kind(value)

    def to_url(self, value):
        return str(value)


class ActionConverter(KindConverter):
    regex = "answer|appeal|withdraw"
    to_python = to_url = str


register_converter(KindConverter, "record_kind")
register_converter(ActionConverter, "contributor_action")

urlpatterns = [
    path("resources/", views.resource_list, name="resources"),
    path("resources/<slug:slug>/", views.resource_detail, name="resource"),
    path("files/<int:pk>/<str:name>", views.file, name="file"),
    path("contribute/", views.guidelines, name="guidelines"),
    path("contribute/how-we-moderate/", views.how_we_moderate, name="how_we_moderate"),
    path("contribute/resource/", writing.contribute, {"kind": Kind.RESOURCE}, name="contribute"),
    path("contribute/network/", writing.contribute, {"kind": Kind.NETWORK}, name="contribute_network"),
    path("contribute/correction/<record_kind:kind>/<slug:slug>/", writing.correct, name="correct"),
    path("contribute/problem/<record_kind:kind>/<slug:slug>/", writing.report_problem, name="report_problem"),
    path("contribute/draft/<str:token>/", writing.draft, name="draft"),
    path("contribute/lost-link/", following.lost_link, name="lost_link"),
    path("contributions/<str:token>/", following.status, name="status"),
    path("contributions/<str:token>/preview/", following.preview, name="preview"),
    path("contributions/<str:token>/files/<int:file_pk>/", following.download, name="own_file"),
    path("contributions/<str:token>/revise/", following.revise, name="revise"),
    path("contributions/<str:token>/delete-my-data/", following.erase, name="erase"),
    path("contributions/<str:token>/my-address/", following.prove_address, name="prove_address"),
    path("contributions/<str:token>/<contributor_action:action>/", following.act, name="act"),
]
