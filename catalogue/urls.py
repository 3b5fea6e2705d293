from django.urls import path

from catalogue import views

app_name = "catalogue"

urlpatterns = [
    path("networks/", views.network_list, name="networks"),
    path("organizations/", views.organization_list, name="organizations"),
    path("organizations/<slug:slug>/", views.organization_detail, name="organization"),
]
