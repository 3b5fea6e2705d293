from django.urls import path

from catalogue import views
from catalogue.seen import views as seen

app_name = "catalogue"

urlpatterns = [
    path("networks/", views.network_list, name="networks"),
    # Network.reserved_slugs has the names of these, so that no network takes one.
    path("networks/table/", seen.network_table, name="network_table"),
    path("networks/table.xlsx", seen.network_xlsx, name="network_xlsx"),
    path("networks/timeline/", seen.network_timeline, name="network_timeline"),
    path("networks/map/", seen.network_map, name="network_map"),
    path("networks/members/", seen.network_members, name="network_members"),
    path("organizations/", views.organization_list, name="organizations"),
    path("organizations/<slug:slug>/", views.organization_detail, name="organization"),
]
