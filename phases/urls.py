from django.urls import path
from django.views.generic import RedirectView

from phases import views

app_name = "phases"
to_page = RedirectView.as_view(pattern_name="phases:page")

urlpatterns = [
    path("what-is-a-learning-network/", views.overview, name="overview"),
    path("which-form-fits/", views.which_form, name="which_form"),
    path("phases/", views.phase_list, name="phases"),
    path("glossary/", views.glossary, name="glossary"),
    path("about/<slug:slug>/", views.page, name="page"),
    # Where people look for it.
    path(
        "accessibility/", RedirectView.as_view(pattern_name="phases:page"), {"slug": "accessibility"}, "accessibility"
    ),
]
